"""Slices of runs: the segments that have a fact in common, such as their domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from evalharness.errors import EvalHarnessError
from evalharness.results.content import Content
from evalharness.results.run import Run, Slice
from evalharness.results.signatures import aggregate_of
from evalharness.stats import find_units, interval_method, scored
from evalharness.stats.bootstrap import Array
from evalharness.values import Score, Segment

LENGTH = "length"
"""The slices of a source's length in characters: the shortest, middle and longest thirds."""

_PARTS = 3
_MOST = 50
_FEWEST = 2


class Slices(NamedTuple):
    """Slices of runs, as runs of their own.

    Attributes:
        runs: Each slice of each run, with scores and intervals of its segments; without checks.
        notes: What is in no slice.
    """

    runs: list[Run]
    notes: list[str]


def slice_names(given: object) -> list[str]:
    """Returns the names that an option holds: a name, or a list of them.

    Raises:
        EvalHarnessError: It holds something else.
    """
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise EvalHarnessError(
            f"{given!r} is no name",
            where="slice",
            hint="write slice=domain or slice=[domain,length]",
        )
    return list(names)


def slice_runs(runs: Sequence[Run], names: Sequence[str]) -> Slices:
    """Cuts runs into slices.

    Args:
        runs: Finished runs.
        names: By which facts of the segments: `domain`, `origlang`, any other that the test set
            has, or `length`.

    Raises:
        EvalHarnessError: No run has segments with a fact of that name, or it has no single value or
            too many; a run is damaged.
    """
    found = Slices([], [])
    tests: dict[tuple[str, str, str], list[Run]] = {}
    for run in runs:
        tests.setdefault(run.family, []).append(run)
    for name in dict.fromkeys(names):
        if sum(_slice(group, name, found) for group in tests.values()) == 0:
            raise _unknown(name, [group[0] for group in tests.values()])
    return found


def _slice(group: Sequence[Run], name: str, found: Slices) -> bool:
    """Adds the slices of runs on the same segments; says whether there are any."""
    first = group[0]
    segments = first.bitext.segments
    parts = _lengths(segments) if name == LENGTH else _values(segments, name, first.test_name)
    if not parts:
        found.notes.append(f"{first.test_name}: no segment has the fact {name!r}")
        return False
    if lacking := len(segments) - sum(map(len, parts.values())):
        found.notes.append(
            f"{first.test_name}: {lacking} segments in no slice: they have no {name}"
        )
    for value, rows in parts.items():
        part = Slice(name, value, 1 + len({run.slice for run in found.runs}))
        if len(rows) < _FEWEST:
            found.notes.append(f"{first.test_name} {part.label}: left out, it is one segment")
            continue
        found.runs.extend(_view(run, part, rows) for run in group)
    return True


def _values(segments: Sequence[Segment], name: str, where: str) -> dict[str, list[int]]:
    parts: dict[str, list[int]] = {}
    for row, segment in enumerate(segments):
        fact = segment.facts.get(name)
        if isinstance(fact, Mapping | list):
            raise EvalHarnessError(
                f"{where}: {name!r} of segment {segment.id} is no single value", where="slice"
            )
        if fact not in (None, ""):
            parts.setdefault(str(fact), []).append(row)
    if len(parts) > _MOST:
        raise EvalHarnessError(
            f"{where}: {name!r} has {len(parts)} values, more than {_MOST}", where="slice"
        )
    return dict(sorted(parts.items()))


def _lengths(segments: Sequence[Segment]) -> dict[str, list[int]]:
    """Thirds by the length of the source; the bounds depend on the test set alone."""
    lengths = np.array([len(segment.source) for segment in segments])
    if not lengths.any():
        return {}
    inner = np.quantile(lengths, [at / _PARTS for at in range(1, _PARTS)], method="inverted_cdf")
    parts = {}
    for above, most in pairwise([-1, *inner, lengths.max()]):
        rows = np.flatnonzero((lengths > above) & (lengths <= most))
        if len(rows):
            parts[f"{lengths[rows].min()}-{lengths[rows].max()}"] = rows.tolist()
    return parts


def _view(run: Run, part: Slice, rows: Sequence[int]) -> Run:
    """The run of some of its segments."""
    documents = [run.documents[row] for row in rows]
    units = find_units(documents, len(rows))
    how = replace(
        run.resampling,
        unit=units.unit,
        units=units.number,
        method=interval_method(units),
        effective=float(units.effective),
        one_document=units.one_document,
    )
    tables = {
        score.metric: run.statistics(score.metric)[rows]
        for score in run.scores
        if aggregate_of(score) is not None
    }
    scores = tuple(_scores(run, tables, documents))
    content = Content(
        run.path,
        run.content.run,
        {**run.content.scores, "segments": len(rows)},
        [run.rows[row] for row in rows],
        tables,
    )
    return replace(
        run,
        segments=len(rows),
        scores=scores,
        checks=(),
        findings=(),
        resampling=how,
        content=content,
        slice=part,
    )


def _scores(
    run: Run, tables: Mapping[str, Array], documents: Sequence[str | None]
) -> Iterator[Score]:
    """The scores of a slice; none by a metric whose statistics give no finite number there."""
    how = run.resampling
    for score in run.scores:
        if score.metric not in tables:
            continue
        aggregate, table = run.aggregate(score.metric), tables[score.metric]
        with np.errstate(all="ignore"):
            total, interval = scored(table, aggregate, documents, how.resamples, how.seed)
        if np.isfinite([total, *interval]).all():
            yield replace(score, score=total, low=interval.low, high=interval.high)


def _unknown(name: str, runs: Sequence[Run]) -> EvalHarnessError:
    known = {key for run in runs for one in run.bitext.segments for key in one.facts}
    return EvalHarnessError(
        f"no segment has {name!r}",
        where="slice",
        hint=f"choices: {', '.join(sorted({*known, LENGTH}))}",
    )
