"""What can be compared: which runs have which metric, and how many tests that makes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evalharness.columns import column_order, columns_of
from evalharness.comparison.values import Family
from evalharness.config import CompareOptions, PairedTest
from evalharness.errors import EvalHarnessError
from evalharness.evidence import FoundRun, aggregate_of
from evalharness.scoring import Score
from evalharness.stats import FEWEST_RESAMPLES, MOST_RESAMPLES, TRIALS, fewest_trials

_RESAMPLES = 1000


@dataclass(frozen=True)
class Plan:
    """The runs of one language pair of one test set, and what they can be compared by.

    Attributes:
        runs: The runs by label.
        columns: The scores by column, by label, the best first; at least two in each.
    """

    runs: Mapping[str, FoundRun]
    columns: Mapping[str, Mapping[str, Score]]

    @property
    def test(self) -> str:
        """The test set and the language pair, in words."""
        record = next(iter(self.runs.values())).record
        return f"{record.testset} {record.pair}"

    @property
    def tests(self) -> int:
        """How many pairs of runs there are, over all metrics."""
        return sum(math.comb(len(scores), 2) for scores in self.columns.values())

    def metric(self, column: str) -> str:
        """The name of a column's metric."""
        return next(iter(self.columns[column].values())).metric

    def metrics_of(self, label: str) -> list[str]:
        """The metrics that a run is compared by."""
        return [of[label].metric for of in self.columns.values() if label in of]


def plan_sections(
    groups: Sequence[Sequence[FoundRun]], metrics: Sequence[str] | None
) -> tuple[list[Plan], list[str]]:
    """Finds out which runs can be compared by which metrics.

    Args:
        groups: Runs on the same segments each.
        metrics: Only metrics of these names; `None` for all.

    Returns:
        A plan for each group, and what is left out and why.

    Raises:
        EvalHarnessError: No run has one of the metrics, or no two runs have any.
    """
    runs = [[_only(run, metrics) for run in group] for group in groups]
    if metrics is not None:
        _check_known(metrics, [run for group in groups for run in group])
    arranged = iter(columns_of([run.record.scores for group in runs for run in group]))
    plans, notes = [], []
    for group in runs:
        by_label = dict(zip(_labels(group), group, strict=True))
        scores = {label: next(arranged) for label in by_label}
        columns = {column for of in scores.values() for column in of}
        having = {
            column: {label: of[column] for label, of in scores.items() if column in of}
            for column in sorted(columns, key=column_order)
        }
        obstacles = {column: why for column, held in having.items() if (why := _obstacle(held))}
        shared = {
            column: _sorted(held)
            for column, held in having.items()
            if len(held) > 1 and column not in obstacles
        }
        plan = Plan(by_label, shared)
        notes += [f"{plan.test}: {column} not compared: {why}" for column, why in obstacles.items()]
        plans.append(plan)
        notes += [
            f"{plan.test}: {column} only of {', '.join(of)}"
            for column, of in having.items()
            if len(of) < len(group)
        ]
    if not any(plan.columns for plan in plans):
        raise EvalHarnessError(
            f"no two runs have the same metric ({'; '.join(notes) or 'they have none'})",
            where="runs",
            mend="run them again with the same metrics and options",
        )
    return plans, notes


def _obstacle(scores: Mapping[str, Score]) -> str:
    """Why the scores of a column cannot be compared; empty where they can."""
    aggregates = {aggregate_of(score) for score in scores.values()}
    if None in aggregates:
        return "it is not known how it is computed from its statistics"
    if len(aggregates) > 1 or len({score.higher_is_better for score in scores.values()}) > 1:
        return "the runs differ in how it is computed from its statistics"
    return ""


def _only(run: FoundRun, metrics: Sequence[str] | None) -> FoundRun:
    """A run as if it had been scored by these metrics alone."""
    if metrics is None:
        return run
    record = replace(
        run.record,
        scores=tuple(score for score in run.record.scores if score.metric in metrics),
        unavailable=tuple(of for of in run.record.unavailable if of.metric in metrics),
    )
    return replace(run, record=record)


def _check_known(metrics: Sequence[str], runs: Sequence[FoundRun]) -> None:
    known = {score.metric for run in runs for score in run.record.scores}
    if not metrics:
        raise EvalHarnessError("none chosen", where="compare.metrics")
    for name in metrics:
        if name not in known:
            raise EvalHarnessError(
                f"no run has {name!r}",
                where="compare.metrics",
                mend=f"metrics: {', '.join(sorted(known, key=column_order)) or 'none'}",
            )


def _labels(group: Sequence[FoundRun]) -> Iterator[str]:
    """The shortest name that tells each run from the others."""
    systems = Counter(run.record.system for run in group)
    folders = Counter(run.label for run in group)
    for run in group:
        if systems[run.record.system] == 1:
            yield run.record.system
        else:
            yield run.label if folders[run.label] == 1 else str(run.path)


def _sorted(scores: Mapping[str, Score]) -> dict[str, Score]:
    def badness(label: str) -> float:
        score = scores[label]
        return -score.score if score.higher_is_better else score.score

    return {label: scores[label] for label in sorted(scores, key=badness)}


def plan_family(tests: int, options: CompareOptions, alpha: float, seed: int) -> Family:
    """Sees to it that every test of the family can come out significant.

    Raises:
        EvalHarnessError: An option is out of its range, or too small for alpha.
    """
    if not 0 < alpha < 1:
        raise EvalHarnessError(f"{alpha} is not between 0 and 1", where="alpha")
    needed = fewest_trials(tests, alpha)
    if needed > MOST_RESAMPLES:
        raise EvalHarnessError(
            f"{tests} tests at {alpha} take {needed} trials, more than {MOST_RESAMPLES}",
            where="alpha",
            mend="a larger alpha, fewer runs or compare.metrics=[...]",
        )
    tails = max(FEWEST_RESAMPLES, math.ceil(2 / alpha))
    trials, resamples = needed, tails
    if options.test is PairedTest.bootstrap:
        trials, resamples = 1, max(tails, needed)
    return Family(
        tests,
        options.test,
        alpha,
        _enough("compare.trials", options.trials, TRIALS, trials),
        _enough("compare.resamples", options.resamples, _RESAMPLES, resamples),
        seed,
    )


def _enough(option: str, given: int | None, usual: int, needed: int) -> int:
    if given is None:
        return max(usual, needed)
    if given < needed:
        raise EvalHarnessError(
            f"{given} is less than {needed}: no difference could come out significant", where=option
        )
    if given > MOST_RESAMPLES:
        raise EvalHarnessError(f"more than {MOST_RESAMPLES}", where=option)
    return given
