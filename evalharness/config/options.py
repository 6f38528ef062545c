"""Which options there are: those of a command's schema, and those of the classes in its groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from evalharness import resources
from evalharness.config.building import target_class
from evalharness.config.hints import fields, within
from evalharness.config.schema import SCHEMAS
from evalharness.errors import EvalHarnessError
from evalharness.reading import MOST_YAML_BYTES, open_file

GROUPS = ("model", "testset", "metric", "check")
"""The groups of choices in `conf/`, in the order in which they are shown."""

_LEVELS = {"model": 1, "testset": 1, "metric": 2, "check": 2}
"""How many keys stand before the field of a class: `model.name`, `metric.bleu.name`."""

_TARGET = re.compile(r"^\s*_target_:\s*([\w.]+)", re.MULTILINE)


def option_hints(command: str, key: str, own: Path | None) -> Sequence[Any]:
    """Returns what an option takes, of every class that has one of this name.

    Args:
        command: The command.
        key: The option, such as `model.version`.
        own: A folder with choices of the user's own, as `--config-dir` names it.

    Returns:
        Type hints; none of an option that is unknown, which is another's to refuse.
    """
    keys = key.split(".")
    before = _LEVELS.get(keys[0])
    if before is None or keys[0] not in fields(SCHEMAS[command]):
        return list(within(SCHEMAS[command], keys))
    if len(keys) <= before:
        return []
    classes = [*_classes(resources.folder("conf"), keys[0])]
    if own is not None:
        classes += _classes(own, keys[0])
    return [hint for declaring in classes for hint in within(declaring, keys[before:])]


def check_choices(own: Path) -> None:
    """Refuses what would keep Hydra waiting in a folder of the user's own, or fill the memory.

    Raises:
        EvalHarnessError: A file there is no regular file, or is too large.
    """
    for path in sorted(own.rglob("*.yaml")):
        try:
            open_file(path, MOST_YAML_BYTES).close()
        except OSError as error:
            raise EvalHarnessError(f"cannot be read: {error.strerror}", where=path) from error


@cache
def _classes(folder: Path, group: str) -> Sequence[Any]:
    """The classes that a group's files name."""
    return list(dict.fromkeys(_targets(folder / group, group)))


def _targets(folder: Path, group: str) -> Iterator[Any]:
    for path in sorted(folder.rglob("*.yaml")):
        for name in _TARGET.findall(path.read_text(encoding="utf-8", errors="replace")):
            try:
                yield target_class(name, group)
            except EvalHarnessError:  # whoever chooses it is told by `build`
                continue
