"""Computing the scores of a finished run again from the texts that its folder holds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evalharness.metrics import Metric
from evalharness.rescoring import find_rescorer, release
from evalharness.results import Run
from evalharness.scoring import score as score_outputs
from evalharness.values import Cell, Column, Mark, Page, Row, Score, Table

_EQUAL = 1e-9  # relative and absolute: what another order of sums may change
_COUNTED = ("bleu", "chrf", "ter")
_EQUAL_NEURAL = 1e-5  # absolute: what another processor may change


@dataclass(frozen=True)
class Verified:
    """A score that was computed again.

    Attributes:
        run: The run.
        recorded: What its folder says.
        again: The score now; `None` where it could not be computed.
        segments: How many segments have another score of their own.
        why: Why it could not be computed.
    """

    run: Run
    recorded: Score
    again: float | None = None
    segments: int = 0
    why: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether corpus score and segments' scores are what they were."""
        return self.again is not None and not self.segments and _same(self.recorded, self.again)


def verify_run(run: Run, metrics: Mapping[str, Metric]) -> Sequence[Verified]:
    """Scores the texts of a run again, by each of its metrics.

    Args:
        run: The run.
        metrics: Those that the user has configured, by what `metric=` calls them.

    Raises:
        EvalHarnessError: The run is damaged, or a metric fails.
    """
    return list(_verified(run, metrics))


def _verified(run: Run, metrics: Mapping[str, Metric]) -> Iterator[Verified]:
    resampling = run.resampling
    for recorded in run.scores:
        found = find_rescorer(metrics, recorded.metric, recorded.signature, run.bitext)
        if isinstance(found, str):
            yield Verified(run, recorded, why=found)
            continue
        (scoring,) = score_outputs(
            [found.metric],
            [run.outputs],
            resamples=resampling.resamples,
            seed=resampling.seed,
            absent={},
        )
        release(metrics, recorded.metric)
        if not scoring.scores:
            yield Verified(run, recorded, why=scoring.unavailable[0].reason)
            continue
        (now,) = scoring.scores
        before = run.segment_scores(recorded.metric)
        after = scoring.judgements[recorded.metric].segment_scores
        same = np.isclose(before, after, rtol=_EQUAL, atol=_tolerance(recorded), equal_nan=True)
        yield Verified(run, recorded, now.score, int((~same).sum()))


def _tolerance(recorded: Score) -> float:
    is_counted = recorded.aggregate is not None and recorded.aggregate.formula in _COUNTED
    return _EQUAL if is_counted else _EQUAL_NEURAL


def _same(recorded: Score, again: float) -> bool:
    return math.isclose(recorded.score, again, rel_tol=_EQUAL, abs_tol=_tolerance(recorded))


_COLUMNS = (
    Column("testset", "test set"),
    Column("pair", "pair", once=True),
    Column("system", "system", wraps=True),
    Column("metric", "metric"),
    Column("recorded", "recorded", number=True, decimals=4),
    Column("again", "computed again", number=True, decimals=4),
    Column("verdict", "verdict", wraps=True),
    Column("run", "", people=False),
    Column("equal", "", people=False),
    Column("difference", "", people=False),
    Column("segments", "", people=False),
)


def verification_page(verified: Sequence[Verified]) -> Page:
    """Arranges what came of verifying: a row for each run and metric.

    Args:
        verified: The scores that were computed again.
    """
    rows = tuple(_row(one) for one in verified)
    return Page((Table("verified", "", _COLUMNS, rows),), title="evalharness: verification")


def _row(one: Verified) -> Row:
    again = one.again
    difference = None if again is None else again - one.recorded.score
    cells = {
        "testset": Cell(one.run.testset),
        "pair": Cell(one.run.pair),
        "system": Cell(one.run.system),
        "metric": Cell(one.recorded.metric),
        "recorded": Cell(one.recorded.score),
        "again": Cell(again),
        "verdict": Cell(_verdict(one), mark=Mark.good if one.is_equal else Mark.doubtful),
        "run": Cell(one.run.folder),
        "equal": Cell(None if again is None else one.is_equal),
        "difference": Cell(difference),
        "segments": Cell(one.segments),
    }
    return Row(cells, group=f"{one.run.testset}\n{one.run.pair}")


def _verdict(one: Verified) -> str:
    if one.again is None:
        return f"not computed: {one.why}"
    if one.is_equal:
        return "equal"
    words = [] if _same(one.recorded, one.again) else [f"{one.again - one.recorded.score:+.6g}"]
    if one.segments:
        several = f"{one.segments:,} segment{'s' if one.segments > 1 else ''}"
        words.append(f"{several} with another score")
    return ", ".join(words)
