"""The noise of a system that samples: what whole passes over a test set differ by.

A system that draws its outputs has another score each time. Its passes are a two-way layout of
units (segments or documents) by passes. What unit i is worth in pass r is

    y[i, r] = score of pass r + the unit's jackknife contribution to it (`jackknife.contributions`),

so that the mean of a pass is its score, whatever the metric. Two things move the score of a pass:
draws that are made for each unit, independently, and what a whole pass shares, such as the state of
a server. The first kind is in every interval already, since intervals rest on how units vary. The
second kind is not: it moves all units together. Its variance, by the method of moments (Searle,
Casella and McCulloch, 1992, "Variance Components", chapter 4), is

    max(0, Var(pass scores) - MS_error / n), where
    MS_error = sum of (y[i, r] - y[i, .] - y[., r] + y[., .])^2 / ((n - 1) (R - 1)),

with n units and R passes: MS_error / n is what draws for each unit alone make passes differ by. The
score is the mean of R passes, and so the variance of the score grows by that over R.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, product
from typing import NamedTuple

import numpy as np

from evalharness.stats.aggregates import MOST_PASSES, Aggregate, PassesAggregate
from evalharness.stats.bootstrap import Array, Interval
from evalharness.stats.jackknife import PairedDifference, contributions
from evalharness.stats.noninferiority import non_inferiority
from evalharness.stats.student import student_quantile


class PassNoise(NamedTuple):
    """How the passes of one system vary; both variances are those of the mean of all passes.

    Attributes:
        between: Var(pass scores) / R, in the unit of the score, squared.
        residual: MS_error / n / R: as much of it as draws for each unit alone explain.
        units: n.
        passes: R.
    """

    between: float
    residual: float
    units: int
    passes: int

    @property
    def variance(self) -> float:
        """What is to be added to the variance of the score."""
        return max(0.0, self.between - self.residual)

    def on(self, units: int) -> PassNoise:
        """Returns what is to be expected on another number of units, in as many passes.

        Draws for each unit alone weigh less on more units; what a whole pass shares does not.
        """
        residual = self.residual * self.units / units
        return PassNoise(self.variance + residual, residual, units, self.passes)


def pass_noise(statistics: Array, aggregate: Aggregate) -> PassNoise | None:
    """Returns how the passes of a system vary; `None` where it was run once.

    Args:
        statistics: Additive statistics of the units, of shape (n_units, aggregate.width).
        aggregate: How their sum becomes the score.
    """
    if not isinstance(aggregate, PassesAggregate):
        return None
    units, passes = len(statistics), aggregate.passes
    tables = np.moveaxis(aggregate.split(statistics), 1, 0)
    scores = aggregate.each.corpus(tables.sum(axis=1))
    between = float(scores.var(ddof=1)) / passes
    if units < 2:
        return PassNoise(between, 0.0, units, passes)
    parts = np.stack([contributions(table, aggregate.each.corpus) for table in tables])
    squares = float(((parts - parts.mean(axis=0)) ** 2).sum())
    error = squares / ((units - 1) * (passes - 1))
    return PassNoise(between, error / units / passes, units, passes)


def aligned(
    tables: Sequence[Array], aggregates: Sequence[Aggregate]
) -> tuple[list[Array], Aggregate]:
    """Gives systems that were run in different numbers of passes statistics of one shape.

    The passes of each are repeated until all have as many, which leaves every score as it is: a
    system that was run once is the same in every pass. So whoever exchanges units of two systems
    exchanges them in all passes.

    Args:
        tables: Statistics of the systems, each of shape (n_units, width of its aggregate).
        aggregates: How each system's become its score; they differ in their passes alone.

    Returns:
        The statistics, of one shape, and the aggregate of all of them.

    Raises:
        ValueError: The systems have no common number of passes up to `MOST_PASSES`; any two have.
    """
    each = [passes_of(aggregate) for aggregate in aggregates]
    passes = math.lcm(*each)
    if passes == 1:
        return list(tables), aggregates[0]
    if passes > MOST_PASSES:
        raise ValueError(f"{passes} passes, more than {MOST_PASSES}")
    repeated = [np.tile(table, (1, passes // own)) for table, own in zip(tables, each, strict=True)]
    return repeated, PassesAggregate(passes, of_one_pass(aggregates[0]))


class Aligned(NamedTuple):
    """Systems whose statistics have one shape, and the pairs of them that are compared so.

    Attributes:
        positions: Which of all systems they are.
        tables: Their statistics, of shape (n_systems, n_units, aggregate.width).
        aggregate: How these become the score.
    """

    positions: tuple[int, ...]
    tables: Array
    aggregate: Aggregate

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The pairs of all systems' positions, in the order of `all_pairs` of the tables."""
        return list(combinations(self.positions, 2))


def alignments(tables: Sequence[Array], aggregates: Sequence[Aggregate]) -> list[Aligned]:
    """Gives systems one shape that were run in as many passes, and each other pair its own.

    So what a pair's test rests on does not depend on which other systems there are.

    Args:
        tables: As for `aligned`.
        aggregates: Likewise.

    Returns:
        What every pair is part of once.
    """
    groups: dict[int, list[int]] = {}
    for at, aggregate in enumerate(aggregates):
        groups.setdefault(passes_of(aggregate), []).append(at)
    found = [
        Aligned(tuple(group), np.stack([tables[at] for at in group]), aggregates[group[0]])
        for group in groups.values()
        if len(group) > 1
    ]
    for one, other in combinations(groups.values(), 2):
        for pair in product(one, other):
            first, second = sorted(pair)
            shaped, aggregate = aligned(
                [tables[first], tables[second]], [aggregates[first], aggregates[second]]
            )
            found.append(Aligned((first, second), np.stack(shaped), aggregate))
    return found


def passes_of(aggregate: Aggregate) -> int:
    """In how many passes a system was run."""
    return aggregate.passes if isinstance(aggregate, PassesAggregate) else 1


def of_one_pass(aggregate: Aggregate) -> Aggregate:
    """How one pass is scored: equal for scores that can be compared."""
    return aggregate.each if isinstance(aggregate, PassesAggregate) else aggregate


def widened_interval(
    interval: Interval,
    score: float,
    variance: float,
    noise: Sequence[PassNoise | None],
    level: float = 0.95,
) -> Interval:
    """Widens an interval of units by what passes vary by.

    Each side grows as the standard error does, and by the ratio of Student's quantiles, because a
    variance between R passes has R - 1 degrees of freedom only.

    Args:
        interval: An interval of a score or a difference that rests on how units vary.
        score: The score or the difference.
        variance: The variance that the interval rests on.
        noise: How the passes of the systems vary; `None` for one that was run once.
        level: How often the interval is to hold the true value.

    Returns:
        The interval; as it was where passes vary no more than draws for each unit explain.
    """
    found = [one for one in noise if one is not None and one.variance > 0]
    if not found:
        return interval
    units = max(2, found[0].units)
    below = (1 + level) / 2
    plain = student_quantile(below, units - 1)
    freedom = _freedom(variance, units - 1, found)
    wider = max(1.0, student_quantile(below, freedom) / plain)
    added = plain**2 * sum(one.variance for one in found)

    def side(length: float) -> float:
        return wider * math.sqrt(max(0.0, length) ** 2 + added)

    return Interval(score - side(score - interval.low), score + side(interval.high - score))


def widened_difference(
    paired: PairedDifference, noise: Sequence[PassNoise | None]
) -> PairedDifference:
    """Adds to the variance of a difference what the passes of both systems vary by.

    The standard error grows; the degrees of freedom are Satterthwaite's (1946); the skewness is
    that of the units' contributions alone, in a larger variance.

    Args:
        paired: The difference, as the units vary.
        noise: How the passes of the systems vary; `None` for one that was run once.
    """
    found = [one for one in noise if one is not None and one.variance > 0]
    if not found:
        return paired
    variance = paired.standard_error**2
    total = math.sqrt(variance + sum(one.variance for one in found))
    return paired._replace(
        standard_error=total,
        skewness=paired.skewness * (paired.standard_error / total) ** 3,
        freedom=_freedom(variance, paired.freedom, found),
    )


def noisy_p_value(
    p_value: float, paired: PairedDifference, noise: Sequence[PassNoise | None]
) -> float:
    """Returns the p-value of "they do not differ" of systems of which some sample.

    Exchanging units tells what these passes show. That other passes would show it, too, is told by
    the t test whose variance holds what passes vary by. A difference has to pass both.

    Args:
        p_value: That of a test that exchanges units, in all passes at once; two-sided.
        paired: The difference, as the units vary.
        noise: How the passes of the two systems vary; `None` for one that was run once.
    """
    wider = widened_difference(paired, noise)
    if wider is paired:
        return p_value
    test = non_inferiority(wider, 0.0)
    return max(p_value, min(1.0, 2 * min(test.p_better, test.p_worse)))


def _freedom(variance: float, freedom: float, noise: Sequence[PassNoise]) -> float:
    """Satterthwaite's degrees of freedom of a variance with what passes vary by added to it."""
    total = variance + sum(one.variance for one in noise)
    parts = variance**2 / freedom
    for one in noise:
        parts += one.between**2 / (one.passes - 1)
        parts += one.residual**2 / ((one.passes - 1) * max(1, one.units - 1))
    return max(1.0, total**2 / parts)
