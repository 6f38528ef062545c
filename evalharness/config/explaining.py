"""What went wrong, in one line: what, where, how to mend it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import yaml
from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from evalharness import resources
from evalharness.config.building import first_line, near_options, shape_hint
from evalharness.errors import EvalHarnessError

_UNCLOSED = (
    "cannot be read; brackets and quotes have to close: text that has such is quoted twice,"
    """ "key='[text'\""""
)
_SEE_HELP = "see python -m evalharness --help"
_LAUNCHERS = {
    "joblib": "hydra-joblib-launcher",
    "ray": "hydra-ray-launcher",
    "submitit_local": "hydra-submitit-launcher",
    "submitit_slurm": "hydra-submitit-launcher",
}
"""The packages that bring launchers."""


def explained(error: BaseException) -> str | None:
    """Says in one line what a user can mend; `None` of what is a defect of evalharness."""
    match error:
        case EvalHarnessError():
            line = str(error)
        case MissingConfigException() if "/" in str(error.missing_cfg_file):
            group, _, wanted = str(error.missing_cfg_file).rpartition("/")
            line = _explain_choice(group, wanted, error.options)
        case HydraException():
            line = _explain_override(error)
        case OmegaConfBaseException():
            line = f"{error.full_key}: {first_line(error)}"
        case yaml.YAMLError():
            line = f"a configuration file is not YAML: {error}"
        case OSError():
            line = _explain_system(error)
        case RecursionError():
            line = "something given is nested too deeply to be read"
        case MemoryError():
            line = f"the memory is not enough: {error}".removesuffix(": ")
        case _:
            return None
    return " ".join(line.split())


def _explain_system(error: OSError) -> str:
    """The file and the system's words; errors of libraries that are of this kind have their own."""
    words = error.strerror or str(error) or type(error).__name__
    return f"{error.filename}: {words}" if error.filename else words


def _explain_choice(group: str, wanted: str, known: Sequence[str] | None) -> str:
    if group == "hydra/launcher" and wanted in _LAUNCHERS:
        return f"{group}={wanted}: not installed; pip install {_LAUNCHERS[wanted]}"
    folder = resources.folder("conf") / group
    choices = sorted(known or (path.stem for path in folder.glob("*.yaml")))
    near = difflib.get_close_matches(wanted, choices, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    more = ""
    if group == "hydra/launcher":
        more = f"; packages bring others: {', '.join(sorted(set(_LAUNCHERS.values())))}"
    return f"{group}={wanted}: no such choice; {hint}choices: {', '.join(choices)}{more}"


def _explain_override(error: HydraException) -> str:
    what, hint = first_line(error), _SEE_HELP
    if isinstance(error, OverrideParseException):
        if "=" not in error.override:
            return f"{error.override}: options look like key=value; {_SEE_HELP}"
        return f"{error.override}: {_UNCLOSED}"
    if ambiguous := re.match(r"Ambiguous value for argument '(.+?)=(.+)'$", what):
        key, values = ambiguous.groups()
        return (
            f"{key}={values}: several values; -m {key}={values} is a sweep,"
            f" '{key}=[{values}]' a list"
        )
    if unknown := re.match(r"Could not override '(.+)'", what):
        parent = getattr(error.__cause__, "parent_node", None)
        if isinstance(parent, DictConfig) and not parent:
            added = str(error).partition("use ")[2] or f"+{unknown[1]}=..."
            return f"{unknown[1]}: its entries are added, with a plus sign: '{added}'"
        what = f"{unknown[1]}: no such option"
        hint = f"{near_options(error.__cause__)}python -m evalharness --cfg job lists them"
    elif isinstance(error.__cause__, OmegaConfBaseException):
        merged = re.match(r"Error merging override (.+?)=", what)
        what = f"{what}: {first_line(error.__cause__)}"
        hint = shape_hint(what, merged[1] if merged else "key") or hint
    return f"{what}; {hint}"
