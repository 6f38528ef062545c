"""What went wrong, in one line: what, where, how to mend it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import yaml
from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from omegaconf.errors import OmegaConfBaseException

from evalharness import resources
from evalharness.config.building import first_line
from evalharness.errors import EvalHarnessError

_UNCLOSED = (
    "cannot be read; brackets and quotes have to close: text that has such is quoted twice,"
    """ "key='[text'\""""
)
_SEE_HELP = "see python -m evalharness --help"


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
    folder = resources.folder("conf") / group
    choices = sorted(known or (path.stem for path in folder.glob("*.yaml")))
    near = difflib.get_close_matches(wanted, choices, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{group}={wanted}: no such choice; {hint}choices: {', '.join(choices)}"


def _explain_override(error: HydraException) -> str:
    what, mend = first_line(error), _SEE_HELP
    if isinstance(error, OverrideParseException):
        return f"{error.override}: {_UNCLOSED}"
    if unknown := re.match(r"Could not override '(.+)'", what):
        what = f"{unknown[1]}: no such option"
        mend = "python -m evalharness --cfg job lists them"
    elif isinstance(error.__cause__, OmegaConfBaseException):
        what = f"{what}: {first_line(error.__cause__)}"
        if "ListConfig" in what:
            mend = "give a list: 'key=[value,value]'"
    return f"{what}; {mend}"
