"""How well a system's outputs from two source languages agree: chrF2 between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from evalharness.errors import EvalHarnessError
from evalharness.languages import language
from evalharness.metrics import CHRF
from evalharness.results.run import Run
from evalharness.stats import find_units, sum_by_unit
from evalharness.stats.bootstrap import Array, Interval
from evalharness.stats.intervals import score_interval
from evalharness.values import Bitext, Outputs, Segment

MOST_SEGMENTS = 5_000
"""So many pairs of outputs are compared for one table: a few seconds."""

_RESAMPLES, _SEED = 1000, 12345


@dataclass(frozen=True)
class Agreement:
    """chrF2 between a system's outputs from two source languages, 0 to 100, higher is more alike.

    Neither is a reference of the other, and chrF2 takes recall for twice as important as precision:
    the number is the mean of both directions.

    Attributes:
        system: The system's name.
        testset: The test set's name.
        sources: The two source languages.
        target_lang: The language of the outputs.
        segments: How many segments both runs have.
        score: The mean of the two corpus scores.
        interval: Its 95 % bootstrap interval; documents are resampled where they are known.
    """

    system: str
    testset: str
    sources: tuple[str, str]
    target_lang: str
    segments: int
    score: float
    interval: Interval


def agreement(first: Run, second: Run) -> Agreement | None:
    """Returns how well two runs agree; `None` where they do not have two segments in common.

    A segment is the same where its id and its references are: line 4 of two statements that say
    other things is not.

    Raises:
        EvalHarnessError: The segments of a run are damaged.
    """
    pairs = list(_common(first.rows, second.rows))
    if len(pairs) < 2:
        return None
    segments = tuple(
        Segment(one["id"], at, one["document"], "", (other["hypothesis"],))
        for at, (one, other) in enumerate(pairs)
    )
    bitext = Bitext("", first.source_lang, first.target_lang, segments, "", len(segments), ())
    judged = CHRF().judge(
        Outputs(first.system, bitext, tuple(one["hypothesis"] for one, _ in pairs))
    )
    table, corpus = judged.statistics, judged.aggregate.corpus

    def both(totals: Array) -> Array:
        mean: Array = (corpus(totals) + corpus(_turned(totals))) / 2
        return mean

    documents = [one["document"] for one, _ in pairs]
    rows, units = sum_by_unit(table, documents), find_units(documents, len(table))
    return Agreement(
        first.system,
        first.testset,
        (first.source_lang, second.source_lang),
        first.target_lang,
        len(pairs),
        float(both(table.sum(axis=0))),
        score_interval(rows, both, units, _RESAMPLES, _SEED),
    )


def agreement_notes(runs: Sequence[Run]) -> Iterator[str]:
    """Yields how well each system agrees with itself, where two source languages are shown.

    A system with several runs on one pair is left out: it is not known which belong together.
    """
    left = MOST_SEGMENTS
    for several in _by_system(runs).values():
        for first, second in combinations(several, 2):
            if left < min(first.segments, second.segments):
                yield (
                    f"agreement: only of systems with {MOST_SEGMENTS:,} segments together; choose"
                    " with select.systems="
                )
                return
            with suppress(EvalHarnessError):
                if found := agreement(first, second):
                    left -= found.segments
                    yield _in_words(found)


def _by_system(runs: Sequence[Run]) -> Mapping[tuple[str, str, str], Sequence[Run]]:
    systems: dict[tuple[str, str, str], list[Run]] = {}
    for run in runs:
        if run.slice is None:
            systems.setdefault((run.system, run.testset, run.target_lang), []).append(run)
    return {
        key: several
        for key, several in systems.items()
        if len({run.source_lang for run in several}) == len(several)
    }


def _common(
    first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    others = {row["id"]: row for row in second}
    for row in first:
        other = others.get(row["id"])
        if other is None or not row["references"] or row["references"] != other["references"]:
            continue
        if row["hypothesis"] is not None and other["hypothesis"] is not None:
            yield row, other


def _turned(totals: Array) -> Array:
    """The n-grams of hypothesis, reference and both, with hypothesis and reference exchanged."""
    grams = totals.reshape(*totals.shape[:-1], -1, 3)
    return np.ascontiguousarray(grams[..., [1, 0, 2]]).reshape(totals.shape)


def _in_words(found: Agreement) -> str:
    first, second = (language(tag).name for tag in found.sources)
    return (
        f"agreement of {found.system} on {found.testset}: its outputs from {first} and {second}"
        f" have chrF2 {found.score:.2f} ({found.interval.low:.1f}–{found.interval.high:.1f}) with"
        f" each other, mean of both directions, {found.segments:,} segments"
    )
