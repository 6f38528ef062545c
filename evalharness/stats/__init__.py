"""Statistics: intervals, tests and corrections."""

from evalharness.stats.bootstrap import (
    FEWEST_RESAMPLES,
    MOST_RESAMPLES,
    Interval,
    bootstrap_scores,
    percentile_interval,
    sacrebleu_p_value,
    sum_by_document,
)
from evalharness.stats.clusters import Standing, pair_matrix, rank_clusters
from evalharness.stats.holm import holm
from evalharness.stats.jackknife import (
    PairedDifference,
    contributions,
    paired_difference,
    summarize,
)
from evalharness.stats.noninferiority import (
    NonInferiority,
    gain_bounds,
    non_inferiority,
)
from evalharness.stats.pairs import Comparison, compare_pairs
from evalharness.stats.power import minimum_detectable_difference, units_to_detect
from evalharness.stats.randomization import (
    TRIALS,
    all_pairs,
    fewest_trials,
    randomization_p_values,
)

__all__ = [
    "FEWEST_RESAMPLES",
    "MOST_RESAMPLES",
    "TRIALS",
    "Comparison",
    "Interval",
    "NonInferiority",
    "PairedDifference",
    "Standing",
    "all_pairs",
    "bootstrap_scores",
    "compare_pairs",
    "contributions",
    "fewest_trials",
    "gain_bounds",
    "holm",
    "minimum_detectable_difference",
    "non_inferiority",
    "pair_matrix",
    "paired_difference",
    "percentile_interval",
    "randomization_p_values",
    "rank_clusters",
    "sacrebleu_p_value",
    "sum_by_document",
    "summarize",
    "units_to_detect",
]
