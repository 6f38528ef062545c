"""Everything that a finished run's numbers rest on, read again and checked."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from omegaconf import OmegaConf

from evalharness.config import build
from evalharness.errors import EvalHarnessError
from evalharness.evidence.finding import FoundRun
from evalharness.metrics import Metric
from evalharness.metrics.base import Array
from evalharness.scoring import Score, Translated, score, sum_by_unit
from evalharness.store import RunRecord, read_statistics, read_translated
from evalharness.testsets.base import Segment

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Evidence:
    """A finished run, with what its numbers rest on.

    Attributes:
        found: The run.
        translated: The segments and the hypotheses.
        metrics: The metrics that were asked for, by name.
        statistics: Their additive statistics, each (n_segments, k).
    """

    found: FoundRun
    translated: Translated
    metrics: Mapping[str, Metric]
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
        return self.metrics[metric].segment_scores(self.statistics[metric])


def load_evidence(found: FoundRun, metrics: Sequence[str]) -> Evidence:
    """Reads what the scores of a run rest on.

    Statistics that are damaged, or that do not give the score that stands in the run folder, are
    computed again from the hypotheses, with a warning.

    Args:
        found: The run.
        metrics: Which of its metrics.

    Raises:
        EvalHarnessError: The run lacks a metric or is damaged, and that cannot be mended here.
    """
    translated = read_translated(found.root, found.record)
    built = {name: rebuild_metric(found.record, name, str(found.path)) for name in metrics}
    statistics = {}
    for name, metric in built.items():
        try:
            statistics[name] = read_checked(found, metric)
        except EvalHarnessError as error:
            statistics[name] = _computed_again(found, metric, translated, error)
    return Evidence(found, translated, built, statistics)


def rebuild_metric(record: RunRecord, name: str, where: str) -> Metric:
    """Makes a metric as the run had it.

    Args:
        record: The run.
        name: The metric's name in tables.
        where: The run's folder, for errors.

    Raises:
        EvalHarnessError: The run does not have it or say how it was configured, or it is not
            installed here.
    """
    score_of(record, name)
    if name not in record.metrics:
        raise EvalHarnessError(
            f"does not say how {name} was configured", where=where, mend="run it again"
        )
    metric: Metric = build(OmegaConf.create(dict(record.metrics[name])), f"{where}: {name}")
    if metric.name != name:
        raise EvalHarnessError(f"{name} is configured as {metric.name}", where=where)
    return metric


def read_checked(found: FoundRun, metric: Metric) -> Array:
    """Reads the statistics of a metric, (n_segments, k), which must give the score of the run.

    Raises:
        EvalHarnessError: They are damaged, or give another score.
    """
    table = read_statistics(found.root, found.record, metric.name)
    recorded = score_of(found.record, metric.name)
    try:
        total = float(metric.corpus(table.sum(axis=0)))
    except (ValueError, IndexError) as error:  # of another width than the metric's
        raise EvalHarnessError(
            f"no statistics of {metric.name}: {table.shape}", where=found.path
        ) from error
    if not math.isclose(total, recorded.score, rel_tol=1e-6, abs_tol=1e-9):
        raise EvalHarnessError(
            f"the statistics of {metric.name} give {total:.4f}, scores.json says"
            f" {recorded.score:.4f}",
            where=found.path,
        )
    return table


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


def _computed_again(
    found: FoundRun, metric: Metric, translated: Translated, damage: EvalHarnessError
) -> Array:
    if reason := metric.unavailable():
        raise EvalHarnessError(
            f"{damage.what}; {metric.name} cannot be computed again here: {reason}",
            where=damage.where,
            mend="run it again",
        ) from damage
    recorded, how = score_of(found.record, metric.name), found.record.resampling
    (scoring,) = score([metric], [translated], resamples=how.resamples, seed=how.seed, absent={})
    (again,) = scoring.scores
    same = math.isclose(again.score, recorded.score, rel_tol=1e-6, abs_tol=1e-9)
    if again.signature != recorded.signature or not same:
        raise EvalHarnessError(
            f"{damage.what}; computed again, {metric.name} is {again.score:.4f}"
            f" ({again.signature}), not {recorded.score:.4f} ({recorded.signature})",
            where=damage.where,
            mend="run it again",
        ) from damage
    log.warning("%s: %s; %s computed again", damage.where, damage.what, metric.name)
    return scoring.statistics[metric.name]
