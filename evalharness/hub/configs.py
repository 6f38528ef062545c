"""What the small files of a checkpoint say, read within bounds: a stranger wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from evalharness.errors import EvalHarnessError

_JSON_BYTES = 16_000_000  # a large model's index of shards has 8 MB
_YAML_BYTES = 1_000_000
_DEPTH = 64


def read_json(path: Path) -> Any:
    """Reads a JSON file.

    Args:
        path: A regular file, or a link to one.

    Raises:
        EvalHarnessError: It is not one, is too large or nested too deeply.
        ValueError: It is no JSON.
    """
    try:
        content = json.loads(content_of(path, _JSON_BYTES).decode())
    except ValueError as error:
        raise ValueError(f"{path.name} is no JSON: {error}") from error
    except RecursionError as error:
        raise _too_deep(path) from error
    return _shallow(path, content)


def read_yaml(path: Path) -> Any:
    """Reads a YAML file of plain values: no tag makes objects, and no alias repeats a part.

    Args:
        path: A regular file, or a link to one.

    Raises:
        EvalHarnessError: It is not one, is too large or nested too deeply, or is no such YAML.
    """
    text = content_of(path, _YAML_BYTES)
    depth = 0
    try:
        for event in yaml.parse(text):
            # Aliases of aliases, and merges of them, grow to any size while they are read.
            if isinstance(event, yaml.AliasEvent):
                raise EvalHarnessError("has aliases, which are refused", where=path)
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEPTH:
                raise _too_deep(path)
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise EvalHarnessError(f"cannot be read: {error}", where=path) from error


def content_of(path: Path, most: int) -> bytes:
    """Returns a regular file's content.

    Args:
        path: The file.
        most: How many bytes it may have.

    Raises:
        EvalHarnessError: It is no regular file, is larger, or cannot be read.
    """
    check_file(path, most)
    try:
        return path.read_bytes()
    except OSError as error:
        raise EvalHarnessError(f"cannot be read: {error.strerror}", where=path) from error


def check_file(path: Path, most: int) -> None:
    """Refuses what is no regular file, such as a pipe, and what is too large.

    Raises:
        EvalHarnessError: It is.
    """
    if not path.is_file():
        raise EvalHarnessError("not a regular file", where=path)
    if (size := path.stat().st_size) > most:
        raise EvalHarnessError(
            f"has {size} bytes; such a file may have {most}",
            where=path,
            mend="choose another checkpoint, or a copy without what is not needed",
        )


def entries(content: Any) -> Iterator[tuple[str, Any]]:
    """Yields every key with its value, at any depth."""
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value.items()
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _shallow(path: Path, content: Any) -> Any:
    level = [content]
    for _ in range(_DEPTH):
        nested = [value for value in level if isinstance(value, (dict, list))]
        if not nested:
            return content
        level = [
            inner
            for value in nested
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
    raise _too_deep(path)


def _too_deep(path: Path) -> EvalHarnessError:
    return EvalHarnessError(f"nested more than {_DEPTH} levels deep", where=path)
