"""What can be compared: which runs have which metric, and how many tests that makes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from evalharness.comparison.compared_checks import ComparedRates, plan_rates
from evalharness.comparison.outcomes import Family
from evalharness.config import CompareOptions, FamilyScope, PairedTest
from evalharness.errors import EvalHarnessError
from evalharness.results import Run, aggregate_of, column_order, columns_of, names_of
from evalharness.stats import (
    FEWEST_RESAMPLES,
    MOST_RESAMPLES,
    Units,
    fewest_trials,
    find_units,
    of_one_pass,
)
from evalharness.values.scores import Score

_RESAMPLES = 1000


@dataclass(frozen=True)
class Plan:
    """The runs of one language pair of one test set, and what they can be compared by.

    Attributes:
        runs: The runs by label.
        columns: The scores by column, by label, the best first; at least two in each.
        rates: What checks tell them apart by, by column.
    """

    runs: Mapping[str, Run]
    columns: Mapping[str, Mapping[str, Score]]
    rates: Mapping[str, ComparedRates] = field(default_factory=dict)

    @property
    def test(self) -> str:
        """The test set, the language pair and the slice, in words."""
        return next(iter(self.runs.values())).test_name

    @property
    def is_slice(self) -> bool:
        """Whether it is about some of the segments of a test set only."""
        return next(iter(self.runs.values())).slice is not None

    @property
    def family(self) -> tuple[str, str, str]:
        """What is corrected together where a metric is a family: a test set with its slices."""
        return next(iter(self.runs.values())).family

    @property
    def tests(self) -> int:
        """How many pairs of runs are tested, over all metrics."""
        return sum(map(self.tests_by, self.columns))

    def tests_by(self, column: str) -> int:
        """Returns how many pairs of runs are tested by a metric; 0 where units are too few."""
        return 0 if self.units.are_too_few else math.comb(len(self.columns[column]), 2)

    @property
    def most_pairs(self) -> int:
        """How many pairs of runs the metric or the check has that most runs have."""
        several = [*self.columns.values(), *(rates.scores for rates in self.rates.values())]
        return max((math.comb(len(scores), 2) for scores in several), default=0)

    @cached_property
    def documents(self) -> Sequence[str | None]:
        """The document of each segment.

        Raises:
            EvalHarnessError: The first run is damaged.
        """
        return next(iter(self.runs.values())).documents

    @property
    def units(self) -> Units:
        """What is resampled and swapped; see `documents`."""
        return find_units(self.documents, len(self.documents))

    def metric(self, column: str) -> str:
        """The name of a column's metric."""
        return next(iter(self.columns[column].values())).metric


def plan_sections(
    groups: Sequence[Sequence[Run]], metrics: Sequence[str] | None
) -> tuple[list[Plan], list[str]]:
    """Finds out which runs can be compared by which metrics.

    Args:
        groups: Runs on the same segments each.
        metrics: Only metrics and checks of these names; `None` for all metrics, and the checks
            that fired unequally often.

    Returns:
        A plan for each group, and what is left out and why.

    Raises:
        EvalHarnessError: No run has one of the metrics, or no two runs have any.
    """
    if metrics is not None:
        _check_known(metrics, [run for group in groups for run in group])
    arranged = iter(columns_of([_chosen(run, metrics) for group in groups for run in group]))
    plans, notes = [], []
    for group in groups:
        names = names_of(group)
        by_label = {names[run.key]: run for run in group}
        scores = {label: next(arranged) for label in by_label}
        columns = {column for several in scores.values() for column in several}
        having = {
            column: {
                label: several[column] for label, several in scores.items() if column in several
            }
            for column in sorted(columns, key=column_order)
        }
        obstacles = {column: why for column, held in having.items() if (why := _obstacle(held))}
        shared = {
            column: _sorted(held)
            for column, held in having.items()
            if len(held) > 1 and column not in obstacles
        }
        rates, unlike = plan_rates(by_label, metrics)
        plan = Plan(by_label, shared, rates)
        notes += [f"{plan.test}: {note}" for note in unlike]
        notes += [f"{plan.test}: {column} not compared: {why}" for column, why in obstacles.items()]
        plans.append(plan)
        notes += [
            f"{plan.test}: {column} only of {', '.join(held)}"
            for column, held in having.items()
            if len(held) < len(group)
        ]
    if not any(plan.columns or (metrics and plan.rates) for plan in plans):
        raise EvalHarnessError(
            f"no two runs have the same metric ({'; '.join(notes) or 'they have none'})",
            where="runs",
            hint="run them again with the same metrics and options",
        )
    return plans, notes


def _obstacle(scores: Mapping[str, Score]) -> str:
    """Why the scores of a column cannot be compared; empty where they can."""
    found = {aggregate_of(score) for score in scores.values()}
    aggregates = {aggregate and of_one_pass(aggregate) for aggregate in found}
    if None in aggregates:
        return "it is not known how it is computed from its statistics"
    if len(aggregates) > 1 or len({score.higher_is_better for score in scores.values()}) > 1:
        return "the runs differ in how it is computed from its statistics"
    return ""


def _chosen(run: Run, metrics: Sequence[str] | None) -> Sequence[Score]:
    """The scores of a run by the metrics that were chosen."""
    return [score for score in run.scores if metrics is None or score.metric in metrics]


def _check_known(metrics: Sequence[str], runs: Sequence[Run]) -> None:
    known = {score.metric for run in runs for score in run.scores}
    known |= {check.check for run in runs for check in run.checks}
    if not metrics:
        raise EvalHarnessError("none chosen", where="compare.metrics")
    for name in metrics:
        if name not in known:
            raise EvalHarnessError(
                f"no run has {name!r}",
                where="compare.metrics",
                hint=f"metrics: {', '.join(sorted(known, key=column_order)) or 'none'}",
            )


def _sorted(scores: Mapping[str, Score]) -> dict[str, Score]:
    def badness(label: str) -> float:
        score = scores[label]
        return -score.score if score.higher_is_better else score.score

    return {label: scores[label] for label in sorted(scores, key=badness)}


def plan_family(plans: Sequence[Plan], options: CompareOptions, alpha: float, seed: int) -> Family:
    """Sees to it that every test can come out significant.

    The pairs by each metric on one language pair of a test set, with its slices, are a family, or
    all tests by metrics are one. Those by each check are a family of their own.

    Raises:
        EvalHarnessError: An option is out of its range, or too small for alpha.
    """
    if not 0 < alpha < 1:
        raise EvalHarnessError(f"{alpha} is not between 0 and 1", where="alpha")
    tests = sum(plan.tests for plan in plans)
    together = Counter[tuple[str, str, str]]()
    for plan in plans:
        together[plan.family] += plan.most_pairs
    most = max(together.values())
    if options.family is FamilyScope.all:
        most = max(most, tests)
    needed = fewest_trials(most, alpha)
    if needed > MOST_RESAMPLES:
        raise EvalHarnessError(
            f"{most} tests at {alpha} take {needed} trials, more than {MOST_RESAMPLES}",
            where="alpha",
            hint="a larger alpha, fewer runs or compare.metrics=[...]",
        )
    resamples = max(FEWEST_RESAMPLES, math.ceil(2 / alpha))
    is_bootstrap = options.test is PairedTest.bootstrap
    if is_bootstrap:
        resamples = max(resamples, needed)
    if options.trials is not None:
        _check_enough("compare.trials", options.trials, 1 if is_bootstrap else needed)
    if options.resamples is not None:
        _check_enough("compare.resamples", options.resamples, resamples)
    return Family(
        tests,
        options.test,
        options.family,
        alpha,
        options.trials,
        max(_RESAMPLES, resamples) if options.resamples is None else options.resamples,
        seed,
    )


def _check_enough(option: str, given: int, needed: int) -> None:
    if given < needed:
        raise EvalHarnessError(
            f"{given} is less than {needed}: no difference could come out significant", where=option
        )
    if given > MOST_RESAMPLES:
        raise EvalHarnessError(f"more than {MOST_RESAMPLES}", where=option)
