"""The configuration: its schema, how a command line becomes one, and how parts become objects.

`schema` and `options` say which options there are; `spelling`, `grammar` and `prompts` keep texts
as they were typed; `composing` and `checking` make the configuration whole; `building` makes
objects of its parts; `environment` keeps secrets out of it; `explaining` and `hints` word errors.
"""

from evalharness.config.building import build, build_all, first_line
from evalharness.config.checking import absolute, check_letters, settle
from evalharness.config.environment import environment_values, redacted, redacted_yaml
from evalharness.config.explaining import explained
from evalharness.config.hints import FilePath, PromptText
from evalharness.config.options import GROUPS, check_choices, option_hints
from evalharness.config.renaming import refuse_renamed
from evalharness.config.schema import (
    SCHEMAS,
    CompareOptions,
    Dtype,
    FamilyScope,
    Format,
    OnInconclusive,
    PairedTest,
    RunConfig,
    Selection,
    register_schemas,
)
from evalharness.config.spelling import spelled

__all__ = [
    "GROUPS",
    "SCHEMAS",
    "CompareOptions",
    "Dtype",
    "FamilyScope",
    "FilePath",
    "Format",
    "OnInconclusive",
    "PairedTest",
    "PromptText",
    "RunConfig",
    "Selection",
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
    "refuse_renamed",
    "register_schemas",
    "settle",
    "spelled",
]
