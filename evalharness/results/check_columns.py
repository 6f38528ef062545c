"""Rates of checks as numbers in columns, which tell signatures apart as those of scores do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from evalharness.results.columns import columns_of
from evalharness.results.run import SYSTEM, Run
from evalharness.stats.aggregates import MeanAggregate
from evalharness.values import CheckRate, Column, Score

_MOST_RUNS = 6  # that a note lists


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


def rate_notes(runs: Sequence[Run]) -> Iterator[str]:
    """Says what checks fired on, a line for each check, the highest rates first; and findings.

    A run whose system says the same about its own outputs has a note of that already.
    """
    fired: dict[str, list[tuple[Run, CheckRate]]] = {}
    for run in runs:
        for rate in run.checks:
            if rate.count and rate.check not in run.observed.get(SYSTEM, {}):
                fired.setdefault(rate.check, []).append((run, rate))
    for check in sorted(fired):
        several = sorted(fired[check], key=lambda found: -found[1].rate)
        meaning = next((rate.meaning for _, rate in several if rate.meaning), "")
        words = f"{check} ({meaning})" if meaning else check
        shown = "; ".join(_in_words(*found) for found in several[:_MOST_RUNS])
        more = len(several) - _MOST_RUNS
        yield f"{words}: {shown}{f'; and {more} more runs' if more > 0 else ''}"
    for run in runs:
        for finding in run.findings:
            yield f"{run.system} {run.testset} {run.pair}: {finding.finding}: {finding.message}"


def _in_words(run: Run, rate: CheckRate) -> str:
    where = f"{run.system} {run.testset} {run.pair}"
    counts = ", ".join(f"{name} {count:,}" for name, count in rate.reference_counts.items())
    references = f" (references: {counts})" if counts else ""
    return f"{where} {rate.count:,} of {rate.applicable:,}{references}"
