"""How often the tests err where the truth is known; benchmarks/significance.py makes them larger.

Each function makes up many test sets, asks `evalharness.stats` about each, and returns the share of
test sets in which each answer was a certain one. The level is always 0.05.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import binom

from evalharness.stats import (
    compare_pairs,
    holm,
    minimum_detectable_difference,
    non_inferiority,
    paired_difference,
    sum_by_document,
    units_to_detect,
)

ALPHA = 0.05
Array = np.ndarray
Corpus = Callable[[Array], Array]


def bound(experiments: int, rate: float = ALPHA) -> float:
    """What a rate of `rate` exceeds by chance in one of 10,000 simulations of this size."""
    return float(binom.ppf(0.9999, experiments, rate)) / experiments


def mean(totals: Array) -> Array:
    return totals[..., 0] / totals[..., 1]


def table(values: Array) -> Array:
    """The statistics of a metric that is a mean: (value, 1)."""
    return np.stack([values, np.ones_like(values)], axis=-1)


def shares(answers: list[dict[str, bool]]) -> dict[str, float]:
    return {name: float(np.mean([one[name] for one in answers])) for name in answers[0]}


def equal_systems(
    statistics: Array, corpus: Corpus, units: int, experiments: int, seed: int
) -> dict[str, float]:
    """False differences among systems that are equal, since each unit's outputs are shuffled.

    Args:
        statistics: Those of real systems, (n_systems, n_units, k), to draw units from.
        corpus: Their metric.
        units: The size of each test set.
        experiments: How many.
        seed: Seeds all.
    """
    generator = np.random.default_rng(seed)
    answers = []
    for experiment in range(experiments):
        drawn = statistics[:, generator.integers(0, statistics.shape[1], units)]
        order = generator.permuted(np.tile(np.arange(len(drawn)), (units, 1)), axis=1)
        shuffled = np.take_along_axis(drawn, order.T[..., None], axis=0)
        found = compare_pairs(shuffled, corpus, resamples=199, trials=199, seed=experiment)
        first = found[0]
        answers.append(
            {
                "randomization": first.p_value <= ALPHA,
                "interval": not first.interval.low <= 0 <= first.interval.high,
                "sacreBLEU's bootstrap": first.bootstrap_p_value <= ALPHA,
                "any pair, not corrected": min(one.p_value for one in found) <= ALPHA,
                "any pair, Holm": holm([one.p_value for one in found]).min() <= ALPHA,
            }
        )
    return shares(answers)


def correlated_documents(
    documents: int, correlation: float, experiments: int, seed: int
) -> dict[str, float]:
    """Errors where the segments of a document are alike, by what is resampled.

    Two systems are equal on average, but one is better on some documents: the differences of two
    segments of a document correlate. Documents have 2 to 20 segments, and the margin is 0.
    """
    generator = np.random.default_rng(seed)
    answers = []
    for experiment in range(experiments):
        sizes = generator.integers(2, 21, documents)
        names = np.repeat(np.arange(documents), sizes)
        shared = np.sqrt(correlation) * generator.normal(0, 1, documents)[names]
        own = np.sqrt(1 - correlation) * generator.normal(0, 1, len(names))
        common = generator.normal(0, 1, len(names))
        segments = table(np.stack([common + shared + own, common]))
        by_document = np.stack([sum_by_document(rows, names.tolist()) for rows in segments])
        answer = {}
        for unit, tables in (("segments", segments), ("documents", by_document)):
            (found,) = compare_pairs(tables, mean, resamples=199, trials=199, seed=experiment)
            gate = non_inferiority(found.paired, 0.0)
            answer[f"{unit}: randomization"] = found.p_value <= ALPHA
            answer[f"{unit}: interval"] = not found.interval.low <= 0 <= found.interval.high
            answer[f"{unit}: not worse"] = gate.p_not_worse <= ALPHA
            answer[f"{unit}: worse"] = gate.p_worse <= ALPHA
        answers.append(answer)
    return shares(answers)


def gate_at_its_margin(
    candidate: Array, baseline: Array, corpus: Corpus, units: int, experiments: int, seed: int
) -> dict[str, float]:
    """Wrong verdicts where the candidate is worse by exactly the margin, both of which are errors.

    Args:
        candidate: The statistics of a real system, (n_units, k), to draw units from.
        baseline: Those of another, better on all of them.
        corpus: Their metric.
        units: The size of each test set.
        experiments: How many.
        seed: Seeds all.
    """
    margin = float(corpus(baseline.sum(axis=0)) - corpus(candidate.sum(axis=0)))
    generator = np.random.default_rng(seed)
    answers = []
    for _ in range(experiments):
        drawn = generator.integers(0, len(candidate), units)
        gain = paired_difference(candidate[drawn], baseline[drawn], corpus)
        found = non_inferiority(gain, margin)
        answers.append({"not worse": found.p_not_worse <= ALPHA, "worse": found.p_worse <= ALPHA})
    return shares(answers)


def power(units: int, experiments: int, seed: int) -> dict[str, float]:
    """How often a true difference is found that should be found in 80 of 100 test sets.

    The smallest detectable difference is taken from a first test set, as in practice: its estimate
    varies, and the power with it.
    """
    generator = np.random.default_rng(seed)

    def two_systems(count: int, better: float) -> Array:
        common = generator.normal(0, 1, count)
        return table(common + generator.normal([[better], [0.0]], 1, (2, count)))

    answers = []
    for experiment in range(experiments):
        pilot = paired_difference(*two_systems(units, 0.0), mean)
        for_two = minimum_detectable_difference(pilot.standard_error, units - 1)
        for_one = minimum_detectable_difference(pilot.standard_error, units - 1, sides=1)
        half = int(units_to_detect(for_two / 2, pilot.standard_error, units))
        answer = {}
        for name, tables in (
            ("found at the smallest detectable difference", two_systems(units, for_two)),
            ("found at half of it, with the units that it takes", two_systems(half, for_two / 2)),
        ):
            (found,) = compare_pairs(tables, mean, resamples=40, trials=399, seed=experiment)
            answer[name] = found.p_value <= ALPHA
        equal = paired_difference(*two_systems(units, 0.0), mean)
        answer["not worse at that margin"] = non_inferiority(equal, for_one).p_not_worse <= ALPHA
        answers.append(answer)
    return shares(answers)
