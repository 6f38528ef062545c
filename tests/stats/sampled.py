"""How often statements about systems that sample are wrong, where the truth is known.

The system is made up of real ones: for each segment of each pass it draws one of their outputs. A
pass may have a mood: a share of its segments that are all drawn from one of the systems. So passes
differ by more than the draws of single segments explain, as those of a server do that answers
differently at another hour.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from evalharness.stats import (
    aligned,
    bootstrap_scores,
    compare_pairs,
    non_inferiority,
    pass_noise,
    percentile_interval,
    widened_interval,
)
from evalharness.stats.aggregates import Aggregate, PassesAggregate

ALPHA = 0.05
Array = np.ndarray
Draw = Callable[[Array, int], Array]


def drawn(systems: Array, mood: float, generator: np.random.Generator) -> Array:
    """The statistics of one pass, (n_units, k), of systems' (n_systems, n_units, k)."""
    count, units = systems.shape[:2]
    chosen = generator.integers(0, count, units)
    swayed = generator.random(units) < mood
    chosen[swayed] = generator.integers(0, count)
    return systems[chosen, np.arange(units)]


def passes(
    systems: Array, mood: float, count: int, each: Aggregate, generator: np.random.Generator
) -> tuple[Array, Aggregate]:
    """The statistics of several passes over the same units, and how they become a score."""
    tables = [drawn(systems, mood, generator) for _ in range(count)]
    return np.hstack(tables), PassesAggregate(count, each) if count > 1 else each


def true_score(systems: Array, mood: float, each: Aggregate) -> float:
    """The mean score of many passes over all units: what an interval is to hold."""
    generator = np.random.default_rng(987)
    totals = [drawn(systems, mood, generator).sum(axis=0) for _ in range(3000)]
    return float(each.corpus(np.stack(totals)).mean())


def coverage(
    systems: Array,
    each: Aggregate,
    units: int,
    mood: float,
    count: int,
    experiments: int,
    seed: int,
) -> dict[str, float]:
    """How often intervals hold the true score, with what passes differ by and without.

    Args:
        systems: The statistics of real systems, (n_systems, n_units, k), to draw units from.
        each: Their metric.
        units: The size of each test set.
        mood: The share of a pass that is drawn from one system.
        count: In how many passes the system is run.
        experiments: How many test sets.
        seed: Seeds all.
    """
    truth = true_score(systems, mood, each)
    generator = np.random.default_rng(seed)
    held = {"units alone": 0, "passes too": 0}
    for experiment in range(experiments):
        chosen = systems[:, generator.integers(0, systems.shape[1], units)]
        table, aggregate = passes(chosen, mood, count, each, generator)
        resampled = bootstrap_scores(table, aggregate.corpus, 300, experiment)
        plain = percentile_interval(resampled, units=units)
        wider = widened_interval(
            plain,
            float(aggregate.corpus(table.sum(axis=0))),
            float(resampled.var(ddof=1)),
            [pass_noise(table, aggregate)],
        )
        held["units alone"] += plain.low <= truth <= plain.high
        held["passes too"] += wider.low <= truth <= wider.high
    return {name: times / experiments for name, times in held.items()}


def false_differences(
    systems: Array,
    each: Aggregate,
    units: int,
    mood: float,
    counts: tuple[int, int],
    experiments: int,
    seed: int,
) -> dict[str, float]:
    """How often two systems that are the same sampling system are said to differ.

    Args:
        systems: As for `coverage`; likewise the others.
        each: Their metric.
        units: The size of each test set.
        mood: The share of a pass that is drawn from one system.
        counts: In how many passes each of the two is run.
        experiments: How many test sets.
        seed: Seeds all.
    """
    generator = np.random.default_rng(seed)
    wrong = {"exchange alone": 0, "with passes": 0, "interval": 0, "gate": 0}
    for experiment in range(experiments):
        chosen = systems[:, generator.integers(0, systems.shape[1], units)]
        made = [passes(chosen, mood, count, each, generator) for count in counts]
        tables, aggregate = aligned(*zip(*made, strict=True))
        noise = [pass_noise(*one) for one in made]
        options = {"resamples": 199, "trials": 199, "seed": experiment}
        (alone,) = compare_pairs(np.stack(tables), aggregate.corpus, **options)
        (found,) = compare_pairs(np.stack(tables), aggregate.corpus, **options, noise=noise)
        wrong["exchange alone"] += alone.p_value <= ALPHA
        wrong["with passes"] += found.p_value <= ALPHA
        wrong["interval"] += not found.interval.low <= 0 <= found.interval.high
        wrong["gate"] += non_inferiority(found.paired, 0.0).p_not_worse <= ALPHA
    return {name: times / experiments for name, times in wrong.items()}
