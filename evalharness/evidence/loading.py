"""Everything that a finished run's numbers rest on, read again and checked.

What a run folder says is data. A score is computed from statistics by a formula of ours that the
folder names; nothing that stands there is imported, resolved, or taken for a path or an option.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evalharness.errors import EvalHarnessError
from evalharness.evidence.finding import FoundRun
from evalharness.evidence.rescoring import find_rescorer, usual_metrics
from evalharness.evidence.signatures import aggregate_of
from evalharness.metrics.aggregates import Aggregate
from evalharness.metrics.base import Array
from evalharness.scoring import Score, Translated, sum_by_unit
from evalharness.store import RunRecord, read_statistics, read_translated
from evalharness.testsets.base import Segment

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Evidence:
    """A finished run, with what its numbers rest on.

    Attributes:
        found: The run.
        translated: The segments and the hypotheses.
        aggregates: How the scores that were asked for are computed, by metric.
        statistics: Their additive statistics, each (n_segments, k).
    """

    found: FoundRun
    translated: Translated
    aggregates: Mapping[str, Aggregate]
    statistics: Mapping[str, Array]

    @property
    def segments(self) -> tuple[Segment, ...]:
        """What was translated; positions count from 0 among them."""
        return self.translated.bitext.segments

    def units(self, metric: str) -> Array:
        """The statistics of the units of resampling (documents, or segments): (n_units, k)."""
        return sum_by_unit(self.statistics[metric], self.segments)

    def segment_scores(self, metric: str) -> Array:
        """The scores of the segments, of shape (n_segments,)."""
        return self.aggregates[metric].segment_scores(self.statistics[metric])


def load_evidence(found: FoundRun, metrics: Sequence[str]) -> Evidence:
    """Reads what the scores of a run rest on.

    Statistics that are damaged, or that do not give the score that stands in the run folder, are
    computed again from the hypotheses, with a warning, by sacreBLEU's metrics with their usual
    options.

    Args:
        found: The run.
        metrics: Which of its metrics.

    Raises:
        EvalHarnessError: The run lacks a metric or is damaged, and that cannot be mended here.
    """
    translated = read_translated(found.root, found.record)
    scores = {name: score_of(found.record, name) for name in metrics}
    aggregates = {name: aggregate_in(found, score) for name, score in scores.items()}
    statistics = {}
    for name, score in scores.items():
        try:
            statistics[name] = read_checked(found, score)
        except EvalHarnessError as error:
            statistics[name] = _computed_again(score, translated, error)
    return Evidence(found, translated, aggregates, statistics)


def aggregate_in(found: FoundRun, score: Score) -> Aggregate:
    """Returns how a run's score is computed from summed statistics.

    Raises:
        EvalHarnessError: No formula of ours is known to do it.
    """
    aggregate = aggregate_of(score)
    if aggregate is None:
        raise EvalHarnessError(
            f"does not say how {score.metric} is computed from its statistics",
            where=found.path,
            mend="run it again; a metric of your own needs an `aggregate`",
        )
    return aggregate


def read_checked(found: FoundRun, score: Score) -> Array:
    """Reads the statistics of a score, (n_segments, k), which must give that score.

    Raises:
        EvalHarnessError: They are damaged, or give another score, or no formula of ours does it.
    """
    aggregate = aggregate_in(found, score)
    table = read_statistics(found.root, found.record, score.metric)
    if table.shape[1] != aggregate.width:
        raise EvalHarnessError(f"no statistics of {score.metric}: {table.shape}", where=found.path)
    total = corpus_score(aggregate, table)
    if not agrees(total, score.score):
        raise EvalHarnessError(
            f"the statistics of {score.metric} give {total:.4f}, scores.json says"
            f" {score.score:.4f}",
            where=found.path,
        )
    return table


def corpus_score(aggregate: Aggregate, table: Array) -> float:
    """Returns the score of statistics of shape (n_segments, k); NaN where they give none."""
    with np.errstate(all="ignore"):
        return float(aggregate.corpus(table.sum(axis=0)))


def agrees(given: float, recorded: float) -> bool:
    """Whether a score that was computed again is the one that is written down."""
    return math.isclose(given, recorded, rel_tol=1e-6, abs_tol=1e-9)


def score_of(record: RunRecord, metric: str) -> Score:
    """Returns what a run says about itself under a metric.

    Raises:
        EvalHarnessError: It has no such score.
    """
    for scored in record.scores:
        if scored.metric == metric:
            return scored
    had = ", ".join(scored.metric for scored in record.scores)
    raise EvalHarnessError(
        f"no score of {metric}", where=record.folder, mend=f"metrics: {had or 'none'}"
    )


def _computed_again(score: Score, translated: Translated, damage: EvalHarnessError) -> Array:
    segments, texts = translated.bitext.segments, translated.hypotheses
    metrics = usual_metrics(translated.bitext.target_lang)
    found = find_rescorer(metrics, score.metric, score.signature, segments)
    hypotheses = [text for text in texts if text is not None]
    if isinstance(found, str) or len(hypotheses) < len(texts):
        why = found if isinstance(found, str) else "segments failed"
        raise EvalHarnessError(
            f"{damage.what}; {score.metric} cannot be computed again here: {why}",
            where=damage.where,
            mend="run it again",
        ) from damage
    table = found.metric.statistics(segments, hypotheses)
    total = float(found.metric.corpus(table.sum(axis=0)))
    if not agrees(total, score.score):
        raise EvalHarnessError(
            f"{damage.what}; computed again, {score.metric} is {total:.4f}, not {score.score:.4f}",
            where=damage.where,
            mend="run it again",
        ) from damage
    log.warning("%s: %s; %s computed again", damage.where, damage.what, score.metric)
    return table
