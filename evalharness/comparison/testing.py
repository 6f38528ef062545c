"""Testing all pairs of runs by all metrics, and by checks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evalharness.comparison.compared_checks import AGGREGATE
from evalharness.comparison.kept import KeptTests
from evalharness.comparison.outcomes import POWER, ByMetric, Difference, Family
from evalharness.comparison.planning import Plan
from evalharness.config import FamilyScope, PairedTest
from evalharness.errors import EvalHarnessError
from evalharness.stats import Comparison as Paired
from evalharness.stats import (
    Units,
    alignments,
    all_pairs,
    all_swaps,
    compare_pairs,
    find_units,
    holm,
    is_at_floor,
    minimum_detectable_difference,
    pass_noise,
    smallest_p_value,
    sum_by_unit,
)
from evalharness.stats.aggregates import Aggregate
from evalharness.stats.bootstrap import Array
from evalharness.values.scores import Score

_MANY = 30
"""Differences of so many units, swapped, are about normal, and power is what the formula says."""


@dataclass(frozen=True)
class _Tested:
    """The pairs of runs by one metric or check, before the correction.

    Attributes:
        column: What it is called.
        scores: The scores by label, the best first.
        by_segment: The segments' scores, higher for better, by label.
        pairs: What is said of each pair.
        p_values: Theirs, NaN where units are too few.
        units: What was resampled and swapped.
        differing: On how many of these units each pair differs.
        tests: How many tests the correction is for.
        trials: How many trials, or resamples, the p-values come from.
    """

    column: str
    scores: Mapping[str, Score]
    by_segment: Mapping[str, Array]
    pairs: Sequence[Paired]
    p_values: Array
    units: Units
    differing: Sequence[int]
    tests: int
    trials: int


def run_tests(plans: Sequence[Plan], family: Family, kept: KeptTests) -> list[tuple[ByMetric, ...]]:
    """Tests every pair of runs of each section by every metric, and corrects.

    Args:
        plans: What is compared.
        family: How they are tested, and what is corrected together.
        kept: Tests that were made before.

    Returns:
        For each plan, what each metric says.

    Raises:
        EvalHarnessError: There is only one segment or document.
    """
    members = Counter[Hashable]()
    for plan in plans:
        for column in plan.columns:
            members[_family(plan, column, family)] += plan.tests_by(column)
    tested = {
        (at, column): _metric(plan, column, family, kept, members[_family(plan, column, family)])
        for at, plan in enumerate(plans)
        for column in plan.columns
    }
    found: dict[tuple[int, str], ByMetric] = {}
    for name in members:
        several = {
            key: metric
            for key, metric in tested.items()
            if _family(plans[key[0]], key[1], family) == name
        }
        corrected = holm(np.concatenate([metric.p_values for metric in several.values()]))
        level, rest = _level(corrected, family), iter(corrected)
        for key, metric in several.items():
            found[key] = _by_metric(metric, _next(rest, metric), level, family)
    return [tuple(found[at, column] for column in plan.columns) for at, plan in enumerate(plans)]


def _family(plan: Plan, column: str, family: Family) -> Hashable:
    """What tests by a metric are corrected with: those of the whole and its slices, or all."""
    return None if family.scope is FamilyScope.all else (plan.family, column)


def run_rate_tests(plan: Plan, family: Family, kept: KeptTests) -> tuple[ByMetric, ...]:
    """Tests every pair of runs by each check, and corrects for the pairs alone.

    Args:
        plan: What is compared.
        family: How pairs are tested: the test, alpha, the trials and the seed.
        kept: Tests that were made before.

    Returns:
        What each check says.

    Raises:
        EvalHarnessError: There is only one segment or document.
    """
    found = []
    for column, rates in plan.rates.items():
        judged = np.flatnonzero(next(iter(rates.flags.values()))[:, 1])
        flagged = {label: -rates.flags[label][judged, 0] for label in rates.scores}
        tables = [(rates.flags[label][judged], AGGREGATE) for label in rates.scores]
        documents = [plan.documents[row] for row in judged]
        pairs = len(all_pairs(len(tables)))
        tested = _test(documents, column, rates.scores, flagged, tables, family, kept, tests=pairs)
        found.append(_corrected(tested, family))
    return tuple(found)


def _metric(plan: Plan, column: str, family: Family, kept: KeptTests, tests: int) -> _Tested:
    scores, metric = plan.columns[column], plan.metric(column)
    runs = {label: plan.runs[label] for label in scores}
    sign = 1 if next(iter(scores.values())).higher_is_better else -1
    by_segment = {label: sign * run.segment_scores(metric) for label, run in runs.items()}
    tables = [(run.statistics(metric), run.aggregate(metric)) for run in runs.values()]
    if plan.units.number < 2:
        raise EvalHarnessError(
            f"{plan.test} has one segment: nothing tells how scores vary", where="runs"
        )
    size = family.size(tests)
    return _test(plan.documents, column, scores, by_segment, tables, family, kept, tests=size)


def _test(
    documents: Sequence[str | None],
    column: str,
    scores: Mapping[str, Score],
    by_segment: Mapping[str, Array],
    tables: Sequence[tuple[Array, Aggregate]],
    family: Family,
    kept: KeptTests,
    *,
    tests: int,
) -> _Tested:
    """Tests all pairs of runs, given their statistics by segment."""
    units = find_units(documents, len(documents))
    summed = [(sum_by_unit(table, documents), aggregate) for table, aggregate in tables]
    trials = family.trials_for(tests)
    randomized = family.test is PairedTest.randomization and not units.are_too_few
    noise = [pass_noise(*one) for one in summed]
    found_pairs: dict[tuple[int, int], tuple[Paired, int]] = {}
    for one in alignments(*zip(*summed, strict=True)):
        made = compare_pairs(
            one.tables,
            one.aggregate.corpus,
            resamples=family.resamples,
            seed=family.seed,
            level=1 - family.alpha,
            jackknife=units.need_jackknife,
            p_values=kept.p_values(one.tables, one.aggregate, trials, family.seed)
            if randomized
            else (),
            noise=[noise[at] for at in one.positions],
        )
        for (a, b), pair in zip(one.pairs, made, strict=True):
            unlike = (one.tables[pair.first] != one.tables[pair.second]).any(axis=1)
            found_pairs[a, b] = pair._replace(first=a, second=b), int(unlike.sum())
    pairs = [found_pairs[pair][0] for pair in all_pairs(len(tables))]
    p_values = [pair.p_value if randomized else pair.bootstrap_p_value for pair in pairs]
    if units.are_too_few:
        p_values = [np.nan] * len(pairs)
    found = np.array(p_values)
    if randomized:
        trials = all_swaps(units.number, trials) or trials
    differing = [found_pairs[pair][1] for pair in all_pairs(len(tables))]
    return _Tested(column, scores, by_segment, pairs, found, units, differing, tests, trials)


def _corrected(tested: _Tested, family: Family) -> ByMetric:
    corrected = holm(tested.p_values)
    return _by_metric(tested, corrected, _level(corrected, family), family)


def _next(corrected: Iterator[float], tested: _Tested) -> Array:
    return np.array([next(corrected) for _ in tested.pairs])


def _level(corrected: Array, family: Family) -> float:
    """What Holm's procedure would have asked of one more p-value."""
    return float(family.alpha / max(1, np.count_nonzero(corrected > family.alpha)))


def _by_metric(tested: _Tested, corrected: Array, level: float, family: Family) -> ByMetric:
    """What the tests say.

    Args:
        tested: The tests.
        corrected: Their p-values, after the correction.
        level: What the correction would have asked of one more p-value.
        family: How they were tested.
    """
    labels = list(tested.scores)
    differences = []
    for pair, differing, p_value, p_corrected in zip(
        tested.pairs, tested.differing, tested.p_values, corrected, strict=True
    ):
        ours, theirs = (tested.by_segment[labels[at]] for at in (pair.first, pair.second))
        is_tested = not math.isnan(p_value)
        differences.append(
            Difference(
                first=labels[pair.first],
                second=labels[pair.second],
                difference=pair.paired.difference,
                low=pair.interval.low,
                high=pair.interval.high,
                standard_error=pair.paired.standard_error,
                p=float(p_value) if is_tested else None,
                p_corrected=float(p_corrected) if is_tested else None,
                at_floor=is_tested and is_at_floor(float(p_value), tested.trials),
                significant=bool(p_corrected <= family.alpha),
                differing=differing,
                obstacle=_obstacle(tested, differing, level),
                detectable=minimum_detectable_difference(
                    pair.paired.standard_error, pair.paired.freedom, alpha=level, power=POWER
                )
                if differing >= _MANY
                else None,
                won=int(np.count_nonzero(ours > theirs)),
                lost=int(np.count_nonzero(ours < theirs)),
                tied=int(np.count_nonzero(ours == theirs)),
            )
        )
    return ByMetric(
        tested.column,
        next(iter(tested.scores.values())).higher_is_better,
        tested.scores,
        tuple(differences),
        tested.tests,
        tested.trials,
        obstacle(tested.units, tested.tests, level, tested.trials),
    )


def _obstacle(tested: _Tested, differing: int, level: float) -> str:
    """Why a pair that differs on so many units cannot be shown to differ; empty where it can."""
    if smallest_p_value(tested.trials, differing) <= level:
        return ""
    units = f"{differing} {tested.units.unit}{'' if differing == 1 else 's'}"
    return f"cannot be shown, since they differ on {units} only"


def obstacle(units: Units, tests: int, level: float, trials: int) -> str:
    """Says why no difference can be shown, whatever the scores; empty where one can.

    Args:
        units: What is swapped.
        tests: How many tests the correction is for.
        level: What the correction asks of the next p-value.
        trials: How many trials the p-values come from.
    """
    if not units.are_too_few and smallest_p_value(trials, units.number) <= level:
        return ""
    together = f" in {tests} tests" if tests > 1 and not units.are_too_few else ""
    return f"cannot be shown with {units.number} {units.unit}s{together}"
