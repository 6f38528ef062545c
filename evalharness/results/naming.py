"""What runs of one system are called beside each other: by the settings in which they differ."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evalharness.results.run import Run

_MOST = 32  # characters of a value
_MOST_SETTINGS = 4  # what differs in more has another story than its settings
_DIGEST = re.compile(r"[0-9a-f]{16,}")

Key = tuple[Path, str]


def names_of(runs: Sequence[Run]) -> Mapping[Key, str]:
    """Returns what to call each run among others on the same segments, by `Run.key`.

    A run that alone bears its system's name is called so. Others have in brackets the settings in
    which they differ, as their fingerprints have them: `nllb (beam_size=4)`. Where these do not
    tell them apart, they are called by the folder, `nllb.1a2b3c4d`, or by its path.
    """
    groups: dict[object, list[Run]] = {}
    for run in runs:
        groups.setdefault((run.test, run.system), []).append(run)
    return {key: name for group in groups.values() for key, name in _named(group)}


def _named(group: Sequence[Run]) -> Iterator[tuple[Key, str]]:
    if len(group) == 1:
        yield group[0].key, group[0].system
        return
    settings = [f"{run.system} ({words})" if words else "" for run, words in _differing(group)]
    bearers, folders = Counter(settings), Counter(run.label for run in group)
    for run, name in zip(group, settings, strict=True):
        folder = run.label if folders[run.label] == 1 else str(run.path)
        yield run.key, name if name and bearers[name] == 1 else folder


def _differing(group: Sequence[Run]) -> Iterator[tuple[Run, str]]:
    """Yields each run with the settings that not all of them have, in words."""
    flat = [dict(_flat(run.fingerprint)) for run in group]
    keys = dict.fromkeys(key for settings in flat for key in settings)
    differ = [key for key in keys if len({settings.get(key) for settings in flat}) > 1]
    told = [key for key in differ if not any(_is_digest(one.get(key)) for one in flat)]
    if len(told) > _MOST_SETTINGS:
        told = []
    short = _short_names(told)
    for run, settings in zip(group, flat, strict=True):
        words = [f"{short[key]}={_shown(settings[key])}" for key in told if key in settings]
        yield run, ", ".join(words)


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{key}.{number}")
    elif isinstance(value, str):
        yield key, value
    else:
        yield key, json.dumps(value, ensure_ascii=False)


def _short_names(keys: Sequence[str]) -> Mapping[str, str]:
    """The last part of each key, or the whole one where two would be called alike.

    What a chat system is sent is its prompt.
    """
    short = {key: key.rpartition(".")[2].replace("content", "prompt") for key in keys}
    bearers = Counter(short.values())
    return {key: name if bearers[name] == 1 else key for key, name in short.items()}


def _is_digest(value: str | None) -> bool:
    return value is not None and _DIGEST.fullmatch(value) is not None


def _shown(value: str) -> str:
    """A value on one line, shortened in the middle."""
    line = " ".join(value.split())
    half = (_MOST - 1) // 2
    return line if len(line) <= _MOST else f"{line[:half]}…{line[-half:]}"
