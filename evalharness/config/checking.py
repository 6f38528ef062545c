"""What a configuration holds, as its options take it: texts as they were written, whole paths."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from evalharness.config.hints import element, fields, is_path, is_prompt, is_text, within
from evalharness.config.prompts import prompt_text
from evalharness.errors import EvalHarnessError


def settle(config: DictConfig, schema: type, above: str = "") -> None:
    """Checks what the schema calls texts, and makes paths absolute, in place.

    What lies in groups is left to `build`.

    Raises:
        EvalHarnessError: YAML took a text for something else, or a text cannot be written down.
    """
    for name, hint in fields(schema).items():
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            settle(config[name], hint, f"{above}{name}.")
        elif (is_text(hint) or is_text(element(hint))) and not OmegaConf.is_missing(config, name):
            value = config[name]
            plain = OmegaConf.to_container(value) if OmegaConf.is_config(value) else value
            config[name] = checked(plain, hint, f"{above}{name}")


def checked(value: Any, hint: Any, where: str) -> Any:
    """Returns a value with absolute paths and whole prompts, or refuses what is written otherwise.

    Args:
        value: What the configuration holds.
        hint: What is wanted; `None` for anything.
        where: The option, for the error.

    Raises:
        EvalHarnessError: YAML took a text for something else, or a text cannot be written down, or
            a prompt's file cannot be read.
    """
    if isinstance(value, Mapping):
        for key in value:
            if element(hint) is not None and not isinstance(key, str):
                raise _misread(key, where)
        return {k: checked(item, _inner(hint, k), f"{where}.{k}") for k, item in value.items()}
    if isinstance(value, list):
        return [checked(item, _inner(hint, n), f"{where}[{n}]") for n, item in enumerate(value)]
    if isinstance(value, str):
        check_letters(value, where)
        if is_prompt(hint):
            return prompt_text(value, where)
        return absolute(value) if value and is_path(hint) else value
    if value is not None and is_text(hint):
        raise _misread(value, where)
    return value


def _inner(hint: Any, key: object) -> Any:
    return next(within(hint, [str(key)]), None)


def absolute(path: str) -> str:
    """Returns a path as one from the root, with `~` for what it stands for."""
    # Unlike Path's, this leaves a `~` that stands for nobody's home as part of a name.
    return str(Path(os.path.expanduser(path)).absolute())  # noqa: PTH111


def _misread(value: object, where: str) -> EvalHarnessError:
    read = str(value).lower() if isinstance(value, bool) else str(value)
    return EvalHarnessError(
        f"text is wanted, and this was read as {read}",
        where=where,
        hint="quote what you wrote, such as '1.10' or 'no'",
    )


def check_letters(text: str, where: str) -> None:
    """Refuses text that no file can hold: half a surrogate pair, which stands for a byte too.

    Raises:
        EvalHarnessError: It holds such a thing, or a NUL.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise EvalHarnessError(
            f"{text[error.start]!a} at position {error.start + 1} is no letter:"
            " the text is not UTF-8, or half of a surrogate pair is missing",
            where=where,
        ) from None
    if "\0" in text:
        raise EvalHarnessError("holds a NUL, which no text or path may", where=where)
