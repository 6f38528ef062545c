"""How parts of the configuration become objects."""

from __future__ import annotations

import dataclasses
import difflib
import importlib
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import (
    InterpolationResolutionError,
    MissingMandatoryValue,
    OmegaConfBaseException,
)

from evalharness.config.checking import checked
from evalharness.errors import EvalHarnessError


def build(node: DictConfig | None, key: str) -> Any:
    """Makes the object that a part of the configuration describes.

    `model.repeats` is no option of a system: it says what is done with it.

    Args:
        node: The part: `_target_`, and values for fields of that dataclass.
        key: Where it stands in the configuration, for errors: `model`, `metric.bleu`.

    Returns:
        An instance of the target.

    Raises:
        EvalHarnessError: A field is unknown, missing or of the wrong type, or the target is none.
    """
    if not node:
        raise EvalHarnessError("nothing chosen", where=key, hint="python -m evalharness list")
    try:
        values = OmegaConf.to_container(node, resolve=True, throw_on_missing=True)
        assert isinstance(values, dict)
        target = target_class(str(values.pop("_target_", None)), key)
        if key == "model":
            values.pop("repeats", None)
        typed = OmegaConf.merge(OmegaConf.structured(target), checked(values, target, key))
        options = OmegaConf.to_container(typed, throw_on_missing=True)
    except MissingMandatoryValue as error:
        option = f"{key}.{str(error.full_key).removeprefix(key + '.')}"
        raise EvalHarnessError("not given", where=option, hint=f"give {option}=...") from error
    except OmegaConfBaseException as error:
        option = f"{key}.{str(error.full_key).removeprefix(key + '.')}"
        what = first_line(error)
        hint = shape_hint(what, option) or near_options(error, key).strip() or None
        if isinstance(error, InterpolationResolutionError):
            hint = "${...} stands for another option; the fields of a prompt have no $: {text}"
        raise EvalHarnessError(what, where=option, hint=hint) from error
    except (ValueError, TypeError) as error:
        raise EvalHarnessError(f"cannot be built: {first_line(error)}", where=key) from error
    assert isinstance(options, dict)
    try:
        return target(**{str(name): value for name, value in options.items()})
    except EvalHarnessError as error:
        where = key if error.where is None else f"{key}.{error.where}"
        raise EvalHarnessError(error.what, where=where, hint=error.hint) from error


def build_all(nodes: DictConfig, key: str) -> list[Any]:
    """Makes the objects that the entries of a part describe; see `build`."""
    return [build(nodes[name], f"{key}.{name}") for name in map(str, nodes)]


def target_class(path: str, key: str) -> Any:
    """Returns the dataclass that a `_target_` names.

    Raises:
        EvalHarnessError: It cannot be imported, or is no dataclass.
    """
    module, _, name = path.rpartition(".")
    try:
        target = getattr(importlib.import_module(module), name, None)
    except Exception as error:  # a module that somebody has written may raise anything
        why = str(error) if isinstance(error, ImportError) else f"{type(error).__name__}: {error}"
        raise EvalHarnessError(f"cannot import {path}: {why}", where=f"{key}._target_") from error
    if not (isinstance(target, type) and dataclasses.is_dataclass(target)):
        raise EvalHarnessError(f"{path} is no dataclass", where=f"{key}._target_")
    if lacking := ", ".join(sorted(getattr(target, "__abstractmethods__", ()))):
        raise EvalHarnessError(f"{path} does not say: {lacking}", where=f"{key}._target_")
    return target


def first_line(error: BaseException) -> str:
    """Returns what an error of OmegaConf says, without the lines that say where."""
    return str(error).strip().splitlines()[0].rstrip(".")


def shape_hint(message: str, option: str) -> str | None:
    """Returns how to mend one value where a list is wanted, or the other way round.

    Args:
        message: What OmegaConf says.
        option: The option, to be named in the hint.
    """
    if "is not a ListConfig" in message:
        return f"give a list: '{option}=[...]'"
    if "'ListConfig'" in message or "of type 'list'" in message:
        return f"give one value: {option}=...; several are a sweep: -m {option}=A,B"
    return None


def near_options(error: BaseException | None, key: str = "") -> str:
    """Returns a question that names the options that resemble one that is unknown, or nothing.

    Args:
        error: What OmegaConf raised.
        key: Where the part stands in the configuration that the error knows only from within.
    """
    parent = getattr(error, "parent_node", None)
    if not isinstance(error, OmegaConfBaseException) or not isinstance(parent, DictConfig):
        return ""
    wanted = str(error.key)
    above = str(error.full_key).removesuffix(wanted)
    if key and not above.startswith(f"{key}."):
        above = f"{key}.{above}"
    known = [str(name) for name in parent if name not in ("_target_", "hydra")]
    near = [f"{above}{name}" for name in difflib.get_close_matches(wanted, known, 1)]
    if not near:  # perhaps it stands one level below: `path` is `model.path`
        below = [name for name in known if OmegaConf.is_dict(parent._get_node(name))]
        near = [f"{above}{name}.{wanted}" for name in below if wanted in parent[name]]
    return f"did you mean {' or '.join(near)}? " if near else ""
