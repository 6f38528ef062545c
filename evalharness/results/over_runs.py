"""What is seen only over several runs on the same segments; it is written into no run's folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import combinations

import numpy as np
import numpy.typing as npt

from evalharness.errors import EvalHarnessError
from evalharness.results.run import Run
from evalharness.values import Finding

FEWEST_WORDS = 8
"""Shorter outputs are equal by chance."""

_FEWEST = 20  # long outputs, from which on shares mean something
_ALIKE = 0.5  # of all pairs of independent systems in FLORES and WMT23, the highest share is 0.11
_NEAR, _TIMES = 0.05, 3

_Flags = npt.NDArray[np.bool_]


def findings_over_runs(runs: Sequence[Run]) -> Iterator[tuple[Sequence[Run], Finding]]:
    """Yields what is seen over the runs on the same segments, with the runs that it is about.

    Args:
        runs: Runs on any segments. A run that is damaged is passed over.
    """
    tests: dict[object, list[Run]] = {}
    for run in runs:
        tests.setdefault(run.test, []).append(run)
    for group in tests.values():
        if len(group) < 2:
            continue
        readable = [run for run in group if _is_readable(run)]
        alike = list(_near_identical(readable))
        yield from alike
        yield from _near_reference(readable, [set(pair) for pair, _ in _labels(alike)])


def _labels(
    found: Sequence[tuple[Sequence[Run], Finding]],
) -> Iterator[tuple[list[str], Finding]]:
    for several, finding in found:
        yield [run.label for run in several], finding


def _is_readable(run: Run) -> bool:
    with suppress(EvalHarnessError):
        return len(run.rows) > 0
    return False


def _texts(run: Run) -> list[str]:
    return [row["hypothesis"] or "" for row in run.rows]


def _long(texts: Sequence[str]) -> _Flags:
    return np.array([max(len(one.split()), len(one) // 12) >= FEWEST_WORDS for one in texts])


def _near_identical(runs: Sequence[Run]) -> Iterator[tuple[Sequence[Run], Finding]]:
    """Two systems with a large share of equal outputs: they are not independent."""
    texts = {run.path: np.array(_texts(run), dtype=object) for run in runs}
    long = {path: _long(list(several)) for path, several in texts.items()}
    for first, second in combinations(runs, 2):
        both = long[first.path] | long[second.path]
        if first.system == second.system or both.sum() < _FEWEST:
            continue
        same = both & (texts[first.path] == texts[second.path])
        if same.sum() >= _ALIKE * both.sum():
            ids = [row["id"] for row, one in zip(first.rows, same, strict=True) if one]
            message = (
                f"{same.sum() / both.sum():.0%} of their outputs of {FEWEST_WORDS} words and more"
                " are equal: they are not independent systems"
            )
            yield (first, second), Finding("near_identical", message, ids, warn=True)


def _near_reference(
    runs: Sequence[Run], alike: Sequence[set[str]]
) -> Iterator[tuple[Sequence[Run], Finding]]:
    """A system that alone has many outputs that are a reference, word for word."""
    flags, shares = {}, {}
    for run in runs:
        long = _long(_texts(run))
        same = [text in row["references"] for text, row in zip(_texts(run), run.rows, strict=True)]
        flags[run.label] = np.array(same) & long
        shares[run.label] = flags[run.label].sum() / max(long.sum(), 1)
    for run in runs:
        kin = {run.label}.union(*(pair for pair in alike if run.label in pair))
        others = [share for label, share in shares.items() if label not in kin]
        share, following = shares[run.label], max(others, default=0.0)
        is_enough = flags[run.label].sum() >= _FEWEST / 2 and len(others) > 1
        if is_enough and share >= max(_NEAR, _TIMES * following):
            ids = [row["id"] for row, one in zip(run.rows, flags[run.label], strict=True) if one]
            message = (
                f"{share:.0%} of its outputs of {FEWEST_WORDS} words and more are a reference word"
                f" for word, of the next system {following:.0%}: the reference was probably made"
                " from its output"
            )
            yield (run,), Finding("near_reference", message, ids, warn=True)
