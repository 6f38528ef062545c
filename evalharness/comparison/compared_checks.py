"""Which checks runs can be compared by, on the segments that a check could judge in all of them.

A check is compared as a metric is whose score is the mean of its flags, and lower is better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evalharness.checks import make_rate
from evalharness.results import Run, columns_of, rate_score
from evalharness.stats.aggregates import MeanAggregate
from evalharness.stats.bootstrap import Array
from evalharness.values import CheckRate, Score

AGGREGATE = MeanAggregate()


@dataclass(frozen=True)
class ComparedRates:
    """What a check says about several runs on the same segments.

    Attributes:
        scores: The rate of each run, the lowest first, by label.
        flags: Where it fired and where it could look, (n_segments, 2), by label: 0 where it could
            not look at all of them.
    """

    scores: Mapping[str, Score]
    flags: Mapping[str, Array]


def plan_rates(
    runs: Mapping[str, Run], wanted: Sequence[str] | None
) -> tuple[dict[str, ComparedRates], list[str]]:
    """Finds out which checks tell runs apart.

    Args:
        runs: Runs on the same segments, by label.
        wanted: The checks that are asked for; `None` for those that fired unequally often.

    Returns:
        What is compared, by column; and what is not, and why.

    Raises:
        EvalHarnessError: A run is damaged.
    """
    chosen = [
        [rate_score(rate) for rate in run.checks if wanted is None or rate.check in wanted]
        for run in runs.values()
    ]
    columns: dict[str, dict[str, CheckRate]] = {}
    for (label, run), named in zip(runs.items(), columns_of(chosen), strict=True):
        for column, score in named.items():
            columns.setdefault(column, {})[label] = _rate(run, score.metric)
    notes = list(_notes(columns, runs))
    compared = {}
    for column in sorted(columns):
        if len(columns[column]) < 2:
            continue
        if wanted is None and _are_alike(columns[column].values()):
            continue
        rates = _on_common_segments(columns[column], runs)
        counts = {int(table[:, 0].sum()) for table in rates.flags.values()}
        if wanted is None and len(counts) == 1:
            continue
        if next(iter(rates.flags.values()))[:, 1].sum() > 1:
            compared[column] = rates
            notes += _narrowed(column, rates, columns[column])
        else:
            notes.append(
                f"{column} not compared: fewer than two segments that it could judge in all runs"
            )
    return compared, notes


def _rate(run: Run, check: str) -> CheckRate:
    rate = run.check(check)
    assert rate is not None
    return rate


def _are_alike(rates: Collection[CheckRate]) -> bool:
    """Whether a check fired on nothing, or on as many of as many."""
    shares = {(rate.count, rate.applicable) for rate in rates}
    return len(shares) == 1 or not any(rate.count for rate in rates)


def _on_common_segments(rates: Mapping[str, CheckRate], runs: Mapping[str, Run]) -> ComparedRates:
    tables = {label: runs[label].flags(rate) for label, rate in rates.items()}
    common = np.stack([table[:, 1:] for table in tables.values()]).all(axis=0)
    flags = {label: table * common for label, table in tables.items()}
    scores = {
        label: rate_score(make_rate(rate.check, rate.signature, flags[label], {}, ()))
        for label, rate in rates.items()
    }
    order = sorted(scores, key=lambda label: scores[label].score)
    return ComparedRates({label: scores[label] for label in order}, flags)


def _narrowed(column: str, rates: ComparedRates, whole: Mapping[str, CheckRate]) -> Iterator[str]:
    common = int(next(iter(rates.flags.values()))[:, 1].sum())
    if any(rate.applicable > common for rate in whole.values()):
        yield f"{column}: only the {common} segments that it could judge in all runs"


def _notes(
    columns: Mapping[str, Mapping[str, CheckRate]], runs: Mapping[str, Run]
) -> Iterator[str]:
    several = Counter(
        check for held in columns.values() for check in {rate.check for rate in held.values()}
    )
    for check, count in several.items():
        if count > 1:
            yield f"{check}: {count} signatures, never compared with each other"
    for column, held in columns.items():
        if len(held) < len(runs) and any(rate.count for rate in held.values()):
            yield f"{column} only of {', '.join(held)}"
