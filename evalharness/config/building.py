"""How parts of the configuration become objects."""

from __future__ import annotations

import dataclasses
import importlib
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException

from evalharness.config.checking import checked
from evalharness.errors import EvalHarnessError


def build(node: DictConfig | None, key: str) -> Any:
    """Makes the object that a part of the configuration describes.

    Args:
        node: The part: `_target_`, and values for fields of that dataclass.
        key: Where it stands in the configuration, for errors: `model`, `metric.bleu`.

    Returns:
        An instance of the target.

    Raises:
        EvalHarnessError: A field is unknown, missing or of the wrong type, or the target is none.
    """
    if not node:
        raise EvalHarnessError("nothing chosen", where=key, mend="python -m evalharness list")
    try:
        values = OmegaConf.to_container(node, resolve=True, throw_on_missing=True)
        assert isinstance(values, dict)
        target = target_class(str(values.pop("_target_", None)), key)
        typed = OmegaConf.merge(OmegaConf.structured(target), checked(values, target, key))
        options = OmegaConf.to_container(typed, throw_on_missing=True)
    except MissingMandatoryValue as error:
        option = f"{key}.{str(error.full_key).removeprefix(key + '.')}"
        raise EvalHarnessError("not given", where=option, mend=f"give {option}=...") from error
    except OmegaConfBaseException as error:
        option = f"{key}.{str(error.full_key).removeprefix(key + '.')}"
        mend = f"give a list: '{option}=[...]'" if "ListConfig" in str(error) else None
        raise EvalHarnessError(first_line(error), where=option, mend=mend) from error
    except (ValueError, TypeError) as error:
        raise EvalHarnessError(f"cannot be built: {first_line(error)}", where=key) from error
    assert isinstance(options, dict)
    try:
        return target(**{str(name): value for name, value in options.items()})
    except EvalHarnessError as error:
        where = key if error.where is None else f"{key}.{error.where}"
        raise EvalHarnessError(error.what, where=where, mend=error.mend) from error


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
    return target


def first_line(error: BaseException) -> str:
    """Returns what an error of OmegaConf says, without the lines that say where."""
    return str(error).strip().splitlines()[0].rstrip(".")
