"""A comparison in words, and how its numbers are written for people."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.comparison.outcomes import (
    POWER,
    ByMetric,
    Comparison,
    Difference,
    Section,
)
from evalharness.config import FamilyScope, PairedTest
from evalharness.results import decimals_of
from evalharness.stats import all_swaps, upper_figure
from evalharness.stats.units import FEWEST_RESAMPLED

DASH = "–"
WON_LOST_TIED = "won–lost–tied"


def verdict(pair: Difference, metric: ByMetric, places: int) -> str:
    """Says what was shown about two systems.

    Args:
        pair: The two.
        metric: The metric or check that they were compared by.
        places: The decimals of its scores.
    """
    if pair.significant:
        return f"{pair.first} is better than {pair.second}"
    if pair.standard_error == 0 and abs(pair.difference) < 1e-9:
        return f"{pair.first} and {pair.second}: no difference"
    if metric.obstacle:
        return f"{pair.first} and {pair.second}: {metric.obstacle}"
    if pair.obstacle:
        return f"{pair.first} and {pair.second}: {pair.obstacle}"
    words = f"{pair.first} and {pair.second}: no difference shown"
    if pair.detectable is None:
        return words
    return (
        f"{words}; at this size one of {pair.detectable:.{places}f} would have been found in"
        f" {100 * POWER:.0f} % of cases"
    )


def test_name(section: Section) -> str:
    """Returns the test set, the language pair and the slice."""
    return next(iter(section.runs.values())).test_name


def title(section: Section) -> str:
    """Returns what was translated, and how many units the tests rest on."""
    run = next(iter(section.runs.values()))
    units = section.units
    among = f" of {run.segments} segments" if units.unit != "segment" else ""
    return f"{test_name(section)}: {units.number} {units.unit}s{among}"


def decimals(comparison: Comparison, column: str) -> int:
    """Returns the decimals of a metric's scores, the same everywhere in a comparison."""
    scores = [
        score.score
        for section in comparison.sections
        for metric in (*section.metrics, *section.checks)
        if metric.column == column
        for score in metric.scores.values()
    ]
    return decimals_of(column, scores)


def segments_text(pair: Difference) -> str:
    """Returns on how many segments the first system won, lost and tied."""
    return f"{pair.won}–{pair.lost}–{pair.tied}"


def p_text(value: float | None, at_floor: bool) -> str | None:
    """Returns what people read for a p-value, where that is not the number with four decimals.

    Args:
        value: The p-value; `None` where there is none.
        at_floor: Whether it is an upper bound.
    """
    if value is None:
        return DASH
    if at_floor and value < 1:
        return "<" + f"{upper_figure(value):.9f}".rstrip("0")
    return "<0.0001" if value < 0.00005 else None


def explanations(comparison: Comparison) -> Iterator[str]:
    """Says how the differences were tested, and what was left out, a line each."""
    family = comparison.family
    correction = f"{_correction(comparison)}, significant at {family.alpha:g}"
    yield f"p: {_how(comparison)}; corrected: {correction}"
    if family.test is PairedTest.bootstrap:
        yield (
            "sacreBLEU's bootstrap calls equal systems different about twice as often as alpha"
            " says; compare.test=randomization does not"
        )
    yield (
        f"range: {100 * (1 - family.alpha):.4g} % interval of the difference, for that pair"
        f" alone: {_intervals(comparison)}"
    )
    columns = [check.column for section in comparison.sections for check in section.checks]
    if checks := ", ".join(dict.fromkeys(columns)):
        yield (
            f"{checks}: the share of hypotheses that the check flags, 0 to 1; Holm's correction of"
            " the pairs of systems by that check alone"
        )
    if any(run.passes > 1 for section in comparison.sections for run in section.runs.values()):
        yield (
            "systems that were run in several passes: a segment or document is exchanged and drawn"
            " with all its passes, and ranges hold what passes differ by"
        )
        if family.test is PairedTest.randomization:
            yield (
                "p of such systems: the larger one of that p and the p of a t test whose variance"
                " holds what passes differ by"
            )
    yield f"{WON_LOST_TIED}: segments on which the first system scores better, worse, the same"
    for section in comparison.sections:
        if section.examples and not section.examples.rows:
            first, second = section.examples.systems
            yield f"{test_name(section)}: {first} and {second} score the same on every segment"
    yield from comparison.notes


def _how(comparison: Comparison) -> str:
    family = comparison.family
    if family.test is PairedTest.bootstrap:
        return f"sacreBLEU's paired bootstrap, {family.resamples} resamples, seed {family.seed}"
    tested = [
        metric.trials
        for section in comparison.sections
        for metric in (*section.metrics, *section.checks)
    ]
    most = max(tested)
    swapped = [section.units for section in comparison.sections]
    whole = [all_swaps(units.number, most) is not None for units in swapped]
    if all(whole):
        return "paired randomization, exact: every way to swap the units is counted"
    least = min(tested)
    trials = f"{least}" if least == most else f"{least} to {most}"
    few = ", every way to swap units where these are fewer" if any(whole) else ""
    return f"paired approximate randomization, {trials} trials{few}, seed {family.seed}"


def _correction(comparison: Comparison) -> str:
    family = comparison.family
    runs = [run for section in comparison.sections for run in section.runs.values()]
    slices = " with its slices" if any(run.slice for run in runs) else ""
    if not any(section.metrics for section in comparison.sections):
        return "Holm's correction of the pairs of systems by one check"
    if family.tests == 0:
        return "none, since nothing could be tested"
    if family.tests == 1:
        return "the same, since there is 1 test by metrics"
    if family.scope is FamilyScope.all:
        return f"Holm's correction of all {family.tests} tests by metrics of this comparison"
    return (
        "Holm's correction of the pairs of systems by one metric on one test set and language pair"
        f"{slices}"
    )


def _intervals(comparison: Comparison) -> str:
    few = {section.units.need_jackknife for section in comparison.sections}
    resamples = f"{comparison.family.resamples} bootstrap resamples"
    jackknife = "Student's t on the jackknife"
    if few == {True, False}:
        return f"{resamples}; of fewer than {FEWEST_RESAMPLED} documents {jackknife}"
    return jackknife if True in few else resamples
