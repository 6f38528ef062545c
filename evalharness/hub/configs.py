"""What the small files of a checkpoint say, read within bounds: a stranger wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from evalharness import reading
from evalharness.errors import EvalHarnessError


def read_json(path: Path) -> Any:
    """Reads a JSON file.

    Args:
        path: A regular file, or a link to one.

    Raises:
        EvalHarnessError: It is not one, is too large, or cannot be read.
        ValueError: It is no JSON, or its values lie too deep in each other.
    """
    try:
        return reading.read_json(path, finite=False)
    except OSError as error:
        raise EvalHarnessError(f"cannot be read: {error.strerror}", where=path) from error
    except ValueError as error:
        raise ValueError(f"{path.name} is no JSON: {error}") from error


def read_yaml(path: Path) -> Any:
    """Reads a YAML file of plain values: no tag makes objects.

    Args:
        path: A regular file, or a link to one.

    Raises:
        EvalHarnessError: It is not one, is too large or too deep, or is no such YAML.
    """
    try:
        return reading.read_yaml(path)
    except OSError as error:
        raise EvalHarnessError(f"cannot be read: {error.strerror}", where=path) from error
    except yaml.YAMLError as error:
        raise EvalHarnessError(f"cannot be read: {error}", where=path) from error


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
