"""Rates of checks as numbers in columns, which tell signatures apart as those of scores do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evalharness.results.columns import columns_of
from evalharness.results.run import Run
from evalharness.stats.aggregates import MeanAggregate
from evalharness.values import CheckRate, Column, Score


def rate_score(rate: CheckRate) -> Score:
    """Returns a rate as a score."""
    return Score(
        metric=rate.check,
        score=rate.rate,
        low=rate.low,
        high=rate.high,
        signature=rate.signature,
        higher_is_better=False,
        aggregate=MeanAggregate(),
        unit="0 to 1",
    )


def check_columns(runs: Sequence[Run]) -> list[Mapping[str, float | None]]:
    """Returns the rates of each run by column: `check_<name>`, in the order of the names.

    Where a check looked in several ways there is a column for each, as for scores. A rate is `None`
    where the check could judge nothing.
    """
    arranged = columns_of([[rate_score(rate) for rate in run.checks] for run in runs])
    return [
        {
            f"check_{column}": score.score if rate.applicable else None
            for rate, (column, score) in zip(run.checks, named.items(), strict=True)
        }
        for run, named in zip(runs, arranged, strict=True)
    ]


def rate_columns(rates: Sequence[Mapping[str, float | None]]) -> tuple[Column, ...]:
    """Returns the columns of rates, which programs see; people read notes."""
    keys = sorted({key for several in rates for key in several})
    return tuple(Column(key, "", csv_decimals=6, number=True, people=False) for key in keys)
