"""How often intervals, families of tests and ranges of ranks err on test sets of real outputs.

A population of 3,000 lines is made of real outputs, so that the truth is known: its own scores.
Each experiment draws a test set from it and asks what the commands ask. The level is 0.05.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from evalharness.stats import (
    Units,
    all_pairs,
    fewest_trials,
    holm,
    pair_matrix,
    randomization_p_values,
    rank_ranges,
    score_interval,
    sum_by_document,
)

ALPHA = 0.05
POPULATION = 3000
Array = np.ndarray
Corpus = Callable[[Array], Array]


def population(tables: Array, documents: Sequence[str] | None, seed: int) -> Array:
    """Draws real units until there are 3,000 lines.

    Args:
        tables: Statistics of real systems on the same lines, (n_systems, n_lines, k).
        documents: The document of each line; `None` where lines are the units.
        seed: Seeds the draw.

    Returns:
        The statistics of the population's units, (n_systems, n_units, k).
    """
    lines = tables.shape[1]
    units = tables
    if documents is not None:
        units = np.stack([sum_by_document(table, documents) for table in tables])
    count = round(POPULATION * units.shape[1] / lines)
    drawn = np.random.default_rng(seed).integers(0, units.shape[1], count)
    return units[:, drawn]


def coverage(units: Array, corpus: Corpus, unit: str, size: int, experiments: int) -> float:
    """Returns how often a score's interval holds the population's score.

    Args:
        units: The statistics of one system on the population's units, (n_units, k).
        corpus: The metric.
        unit: `segment` or `document`.
        size: How many units each test set has.
        experiments: How many test sets.
    """
    generator = np.random.default_rng(size)
    truth = float(corpus(units.sum(axis=0)))
    held = 0
    for experiment in range(experiments):
        drawn = units[generator.integers(0, len(units), size)]
        low, high = score_interval(drawn, corpus, Units(unit, size, size), 1000, experiment)
        held += low <= truth <= high
    return held / experiments


def family_errors(units: Array, corpus: Corpus, size: int, experiments: int) -> float:
    """Returns how often any of several equal systems is called better than another.

    They are equal, since the outputs of each unit are shuffled among them.

    Args:
        units: The statistics of real systems, (n_systems, n_units, k).
        corpus: The metric.
        size: How many units each test set has.
        experiments: How many test sets.
    """
    generator = np.random.default_rng(size)
    systems = len(units)
    trials = _trials(systems)
    wrong = 0
    for experiment in range(experiments):
        drawn = units[:, generator.integers(0, units.shape[1], size)]
        order = generator.permuted(np.tile(np.arange(systems), (size, 1)), axis=1)
        shuffled = np.take_along_axis(drawn, order.T[..., None], axis=0)
        p_values = randomization_p_values(shuffled, corpus, trials, experiment)
        wrong += holm(p_values).min() <= ALPHA
    return wrong / experiments


def _trials(systems: int) -> int:
    """Twice as many as it takes: the level holds whatever their number, and more take longer."""
    return 2 * fewest_trials(len(all_pairs(systems)), ALPHA)


def ranges_hold(units: Array, corpus: Corpus, size: int, experiments: int) -> float:
    """Returns how often all systems' true ranks lie in their ranges.

    Args:
        units: The statistics of real systems on the population's units, (n_systems, n_units, k).
        corpus: A metric where higher is better.
        size: How many units each test set has.
        experiments: How many test sets.
    """
    generator = np.random.default_rng(size)
    systems = len(units)
    pairs = all_pairs(systems)
    trials = _trials(systems)
    true = np.argsort(np.argsort(-corpus(units.sum(axis=1)))) + 1
    held = 0
    for experiment in range(experiments):
        drawn = units[:, generator.integers(0, units.shape[1], size)]
        p_values = holm(randomization_p_values(drawn, corpus, trials, experiment))
        scores = corpus(drawn.sum(axis=1))
        ranges = rank_ranges(
            scores, pair_matrix(p_values, pairs, systems), higher_is_better=True, alpha=ALPHA
        )
        held += all(one.low <= rank <= one.high for one, rank in zip(ranges, true, strict=True))
    return held / experiments
