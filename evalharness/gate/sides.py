"""The statistics of both sides: of their hypotheses, not of what their files say about them.

Where the user has configured the metric and it can be computed here, the hypotheses of candidate
and baseline are scored again. Else what is recorded is believed, and the verdict says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from evalharness.errors import EvalHarnessError
from evalharness.evidence import (
    FoundRun,
    Rescorer,
    aggregate_of,
    agrees,
    find_rescorer,
    read_checked,
    score_of,
)
from evalharness.metrics import Metric
from evalharness.metrics.aggregates import MeanAggregate
from evalharness.metrics.base import Array
from evalharness.scoring import Score, Translated
from evalharness.store.baselines import BaselineRun, BaselineScore, damaged_baseline

_NEURAL = 1e-3
"""How far neural scores of the same texts lie apart: processors and batches add up differently."""


class Sides(NamedTuple):
    """What a metric says about baseline and candidate, segment by segment.

    Attributes:
        corpus: Scores sums of statistics (..., k) as (...).
        baseline: The baseline's statistics, (n_segments, k).
        candidate: The candidate's, likewise.
        choice: What `metric=` calls the metric that scored both again; `None` where none did.
        believed: Why they were not scored again; empty where they were.
    """

    corpus: Callable[[Array], Array]
    baseline: Array
    candidate: Array
    choice: str | None
    believed: str


def both_sides(
    baseline: BaselineRun,
    score: BaselineScore,
    found: FoundRun,
    translated: Translated,
    metrics: Mapping[str, Metric],
) -> Sides | str:
    """Returns the statistics that a verdict can rest on, or why the candidate has none.

    Args:
        baseline: The baseline's run.
        score: Which of its scores.
        found: The candidate's run, which has that score with the same signature.
        translated: What it translated, and what came out.
        metrics: What the user has configured, by what `metric=` calls it.

    Raises:
        EvalHarnessError: The baseline or the candidate is damaged.
    """
    recorded = score_of(found.record, score.metric)
    if recorded.higher_is_better is not score.higher_is_better:
        return "the baseline says the other direction is better"
    failed = sum(text is None for text in translated.hypotheses)
    if failed:
        return f"{failed} of {len(translated.hypotheses)} segments failed, and yet it has a score"
    segments = translated.bitext.segments
    rescorer = find_rescorer(metrics, score.metric, score.signature, segments)
    if isinstance(rescorer, Rescorer):
        return _scored_again(baseline, score, recorded, translated, rescorer)
    aggregate = aggregate_of(score)
    if aggregate is None or aggregate != aggregate_of(recorded):
        return f"not scored again: {rescorer}; and the two do not say that one formula computes it"
    held = _recorded(baseline, score, aggregate.corpus, (len(segments), aggregate.width))
    table = read_checked(found, recorded)
    # What differs of the same text is how two machines add up, which is no change.
    texts = zip(translated.hypotheses, baseline.hypotheses, strict=True)
    same = np.array([[now == then] for now, then in texts])
    return Sides(aggregate.corpus, held, np.where(same, held, table), None, rescorer)


def score_again(
    found: FoundRun, score: Score, translated: Translated, rescorer: Rescorer
) -> tuple[float, Array]:
    """Scores a run's hypotheses again.

    Returns:
        The score, and its statistics of shape (n_segments, k).

    Raises:
        EvalHarnessError: They give another score than stands in the run folder.
    """
    hypotheses = [text for text in translated.hypotheses if text is not None]
    table = rescorer.metric.statistics(translated.bitext.segments, hypotheses)
    given = _total(rescorer.metric.corpus, table)
    if not _is_same(rescorer.metric, given, score.score):
        raise EvalHarnessError(
            f"its hypotheses give {score.metric} {given:.4f}, scores.json says {score.score:.4f}",
            where=found.path,
            mend="run it again",
        )
    return given, table


def _scored_again(
    baseline: BaselineRun,
    score: BaselineScore,
    recorded: Score,
    translated: Translated,
    rescorer: Rescorer,
) -> Sides | str:
    metric, segments = rescorer.metric, translated.bitext.segments
    now = [text for text in translated.hypotheses if text is not None]
    table = metric.statistics([*segments, *segments], [*now, *baseline.hypotheses])
    candidate, held = table[: len(now)], table[len(now) :]
    if metric.higher_is_better is not score.higher_is_better:
        raise damaged_baseline(baseline.file, f"another direction of {score.metric}")
    _recorded(baseline, score, metric.corpus, held.shape)
    given = _total(metric.corpus, held)
    if not _is_same(metric, given, score.score):
        what = f"its hypotheses give {score.metric} {given:.4f}, not {score.score:.4f}"
        raise damaged_baseline(baseline.file, what)
    given = _total(metric.corpus, candidate)
    if not _is_same(metric, given, recorded.score):
        return f"its run folder says {recorded.score:.4f}, its hypotheses give {given:.4f}"
    return Sides(metric.corpus, held, candidate, rescorer.choice, "")


def _recorded(
    baseline: BaselineRun,
    score: BaselineScore,
    corpus: Callable[[Array], Array],
    shape: tuple[int, ...],
) -> Array:
    """The baseline's own statistics, which must give its score."""
    table = baseline.statistics[score.metric]
    if table.shape != shape:
        raise damaged_baseline(baseline.file, f"statistics of {score.metric} are {table.shape}")
    given = _total(corpus, table)
    if not agrees(given, score.score):
        what = f"its statistics give {score.metric} {given:.4f}, not {score.score:.4f}"
        raise damaged_baseline(baseline.file, what)
    return table


def _total(corpus: Callable[[Array], Array], table: Array) -> float:
    with np.errstate(all="ignore"):
        return float(corpus(table.sum(axis=0)))


def _is_same(metric: Metric, given: float, recorded: float) -> bool:
    if isinstance(metric.aggregate, MeanAggregate):
        return math.isclose(given, recorded, rel_tol=_NEURAL, abs_tol=_NEURAL)
    return agrees(given, recorded)
