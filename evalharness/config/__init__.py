"""The configuration: its schema, and what becomes of it."""

from evalharness.config.building import build, build_all, first_line
from evalharness.config.checking import absolute, check_letters, settle
from evalharness.config.environment import environment_values, redacted, redacted_yaml
from evalharness.config.explaining import explained
from evalharness.config.hints import FilePath, PromptText
from evalharness.config.options import check_choices, option_hints
from evalharness.config.schema import (
    SCHEMAS,
    CompareFormat,
    CompareOptions,
    Dtype,
    Format,
    GateFormat,
    OnInconclusive,
    PairedTest,
    RunConfig,
    register_schemas,
)
from evalharness.config.spelling import spelled

__all__ = [
    "SCHEMAS",
    "CompareFormat",
    "CompareOptions",
    "Dtype",
    "FilePath",
    "Format",
    "GateFormat",
    "OnInconclusive",
    "PairedTest",
    "PromptText",
    "RunConfig",
    "absolute",
    "build",
    "build_all",
    "check_choices",
    "check_letters",
    "environment_values",
    "explained",
    "first_line",
    "option_hints",
    "redacted",
    "redacted_yaml",
    "register_schemas",
    "settle",
    "spelled",
]
