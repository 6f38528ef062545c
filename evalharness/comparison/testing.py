"""Testing all pairs of runs by all metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from evalharness.comparison.planning import Plan
from evalharness.comparison.values import POWER, ByMetric, Difference, Family
from evalharness.config import PairedTest
from evalharness.errors import EvalHarnessError
from evalharness.evidence import Evidence
from evalharness.stats import Comparison as Paired
from evalharness.stats import compare_pairs, holm, minimum_detectable_difference

Loaded = Mapping[str, Evidence]
"""The runs of a section by label."""


def run_tests(
    plans: Sequence[Plan], loaded: Sequence[Loaded], family: Family
) -> list[tuple[ByMetric, ...]]:
    """Tests every pair of runs of each section by every metric, and corrects for all these tests.

    Args:
        plans: What is compared.
        loaded: The runs of each plan.
        family: How they are tested.

    Returns:
        For each plan, what each metric says.

    Raises:
        EvalHarnessError: There is only one segment or document.
    """
    paired = [
        [_compare(plan, column, runs, family) for column in plan.columns]
        for plan, runs in zip(plans, loaded, strict=True)
    ]
    p_values = [_p_value(pair, family) for section in paired for of in section for pair in of]
    corrected = holm(p_values)
    # What Holm's procedure would have asked of one more p-value.
    level = family.alpha / max(1, np.count_nonzero(corrected > family.alpha))
    verdicts = iter(corrected)
    return [
        tuple(
            _by_metric(plan, column, runs, pairs, verdicts, family, float(level))
            for column, pairs in zip(plan.columns, section, strict=True)
        )
        for plan, runs, section in zip(plans, loaded, paired, strict=True)
    ]


def _compare(plan: Plan, column: str, runs: Loaded, family: Family) -> list[Paired]:
    metric, labels = plan.metric(column), list(plan.columns[column])
    tables = np.stack([runs[label].units(metric) for label in labels])
    if tables.shape[1] < 2:
        raise EvalHarnessError(
            f"{plan.test} has one segment: nothing tells how scores vary", where="runs"
        )
    return compare_pairs(
        tables,
        runs[labels[0]].aggregates[metric].corpus,
        resamples=family.resamples,
        seed=family.seed,
        trials=family.trials,
        level=1 - family.alpha,
    )


def _p_value(pair: Paired, family: Family) -> float:
    return pair.bootstrap_p_value if family.test is PairedTest.bootstrap else pair.p_value


def _by_metric(
    plan: Plan,
    column: str,
    runs: Loaded,
    pairs: Sequence[Paired],
    corrected: Iterator[float],
    family: Family,
    level: float,
) -> ByMetric:
    scores = plan.columns[column]
    labels, metric = list(scores), plan.metric(column)
    sign = 1 if scores[labels[0]].higher_is_better else -1
    by_segment = [sign * runs[label].segment_scores(metric) for label in labels]
    differences = []
    for pair in pairs:
        ours, theirs = by_segment[pair.first], by_segment[pair.second]
        p_value = float(next(corrected))
        differences.append(
            Difference(
                first=labels[pair.first],
                second=labels[pair.second],
                difference=pair.paired.difference,
                low=pair.interval.low,
                high=pair.interval.high,
                standard_error=pair.paired.standard_error,
                p_value=_p_value(pair, family),
                corrected=p_value,
                significant=p_value <= family.alpha,
                detectable=minimum_detectable_difference(
                    pair.paired.standard_error, pair.paired.units, alpha=level, power=POWER
                ),
                won=int(np.count_nonzero(ours > theirs)),
                lost=int(np.count_nonzero(ours < theirs)),
                tied=int(np.count_nonzero(ours == theirs)),
            )
        )
    return ByMetric(column, sign > 0, scores, tuple(differences))
