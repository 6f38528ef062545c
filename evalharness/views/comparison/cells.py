"""A comparison in words."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.comparison import POWER, ByMetric, Comparison, Difference, Section
from evalharness.config import PairedTest
from evalharness.views.cells import places, signed

WON_LOST_TIED = "won–lost–tied"


def verdict(of: Difference, decimals: int) -> str:
    """Says what was shown about two systems.

    Args:
        of: The two.
        decimals: Those of the metric's scores.
    """
    if of.significant:
        return f"{of.first} is better than {of.second}"
    if of.standard_error == 0:
        return f"{of.first} and {of.second}: no difference"
    return (
        f"{of.first} and {of.second}: no difference shown; at this size one of"
        f" {of.detectable:.{decimals}f} would have been found in {100 * POWER:.0f} % of cases"
    )


def title(section: Section) -> str:
    """Returns what was translated, and how many units the tests rest on."""
    record = next(iter(section.runs.values())).record
    units = record.resampling
    of = f" of {record.segments} segments" if units.unit != "segment" else ""
    return f"{record.testset} {record.pair}: {units.units} {units.unit}s{of}"


def heading(metric: ByMetric) -> str:
    """Returns a metric's name with the direction in which it gets better."""
    return f"{metric.column} {'↑' if metric.higher_is_better else '↓'}"


def decimals_of(metric: ByMetric) -> int:
    """Returns the decimals of a metric's scores."""
    return places(metric.column, (of.score for of in metric.scores.values()))


def difference_cell(of: Difference, decimals: int) -> tuple[str, str]:
    """Returns a difference and its range."""
    between = f"{signed(of.low, decimals)} … {signed(of.high, decimals)}"
    return signed(of.difference, decimals), between


def p_cell(p_value: float) -> str:
    """Returns a p-value with four decimals."""
    return "<0.0001" if p_value < 0.00005 else f"{p_value:.4f}"


def segments_cell(of: Difference) -> str:
    """Returns on how many segments the first system won, lost and tied."""
    return f"{of.won}–{of.lost}–{of.tied}"


def explanations(comparison: Comparison) -> Iterator[str]:
    """Says how the differences were tested, and what was left out, a line each."""
    family = comparison.family
    if family.test is PairedTest.randomization:
        how = f"paired approximate randomization, {family.trials} trials"
    else:
        how = f"sacreBLEU's paired bootstrap, {family.resamples} resamples"
    tests = "1 test" if family.tests == 1 else f"the {family.tests} tests"
    yield (
        f"p: {how}, seed {family.seed}; corrected: Holm's correction of {tests} of this"
        f" comparison, significant at {family.alpha:g}"
    )
    if family.test is PairedTest.bootstrap:
        yield (
            "sacreBLEU's bootstrap calls equal systems different about twice as often as alpha"
            " says; compare.test=randomization does not"
        )
    yield (
        f"range: {100 * (1 - family.alpha):.4g} % interval of the difference, for that pair"
        f" alone: {family.resamples} bootstrap resamples"
    )
    yield f"{WON_LOST_TIED}: segments on which the first system scores better, worse, the same"
    yield from comparison.notes
