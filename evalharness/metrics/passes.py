"""Judging a system that samples and was run in several passes: the score is the mean over them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evalharness.errors import EvalHarnessError
from evalharness.metrics.judging import judge
from evalharness.metrics.metric import Metric
from evalharness.stats.aggregates import PassesAggregate
from evalharness.values import Judgement, Outputs


def judge_passes(metric: Metric, outputs: Outputs) -> Judgement:
    """Has a metric judge each pass, and puts what it says side by side.

    Args:
        metric: The metric, which knows of one pass at a time.
        outputs: What the system made, in one pass or several.

    Returns:
        Of one pass, what the metric says. Of several, statistics of shape (n_segments, passes * k),
        one pass after the other; as segment scores the means over the passes; and the observations
        of the first pass.

    Raises:
        EvalHarnessError: See `judge`; or two passes are judged by two formulas.
    """
    first, *others = [judge(metric, one) for one in outputs.passes]
    if not others:
        return first
    every = [first, *others]
    if any(one.aggregate != first.aggregate for one in others):
        raise EvalHarnessError("another formula for another pass", where=metric.name)
    return replace(
        first,
        statistics=np.hstack([one.statistics for one in every]),
        segment_scores=np.mean([one.segment_scores for one in every], axis=0),
        aggregate=PassesAggregate(len(every), first.aggregate),
    )
