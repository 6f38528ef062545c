"""The configuration: its schema, and what becomes of it."""

from evalharness.config.building import build, build_all, first_line
from evalharness.config.environment import environment_values, redacted, redacted_yaml
from evalharness.config.schema import (
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

__all__ = [
    "CompareFormat",
    "CompareOptions",
    "Dtype",
    "Format",
    "GateFormat",
    "OnInconclusive",
    "PairedTest",
    "RunConfig",
    "build",
    "build_all",
    "environment_values",
    "first_line",
    "redacted",
    "redacted_yaml",
    "register_schemas",
]
