"""Statistics: arrays in, numbers out.

`aggregates` and `formulas` turn summed statistics into scores; `bootstrap` gives intervals;
`randomization`, `pairs` and `holm` test differences; `jackknife`, `student` and `noninferiority`
decide the gate's questions; `power` says what a test could have found; `units` sums by document;
`intervals` gives the interval that fits them; `ranges` ranks; `trials` says how many it takes;
`passes` is the noise of systems that sample.
"""

from evalharness.stats.bootstrap import (
    FEWEST_RESAMPLES,
    MOST_RESAMPLES,
    Interval,
    bootstrap_scores,
    percentile_interval,
    sacrebleu_p_value,
    sum_by_document,
)
from evalharness.stats.holm import holm
from evalharness.stats.intervals import (
    interval_method,
    jackknife_interval,
    score_interval,
    scored,
)
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
from evalharness.stats.passes import (
    PassNoise,
    aligned,
    alignments,
    noisy_p_value,
    of_one_pass,
    pass_noise,
    passes_of,
    widened_difference,
    widened_interval,
)
from evalharness.stats.power import minimum_detectable_difference, units_to_detect
from evalharness.stats.randomization import (
    all_pairs,
    exceeding_trials,
    randomization_p_values,
)
from evalharness.stats.ranges import Standing, pair_matrix, rank_ranges
from evalharness.stats.trials import (
    MOST_TRIALS,
    TRIALS,
    all_swaps,
    fewest_trials,
    is_at_floor,
    smallest_p_value,
    upper_figure,
    usual_trials,
)
from evalharness.stats.units import ROUGH, Units, find_units, sum_by_unit

__all__ = [
    "FEWEST_RESAMPLES",
    "MOST_RESAMPLES",
    "MOST_TRIALS",
    "ROUGH",
    "TRIALS",
    "Comparison",
    "Interval",
    "NonInferiority",
    "PairedDifference",
    "PassNoise",
    "Standing",
    "Units",
    "aligned",
    "alignments",
    "all_pairs",
    "all_swaps",
    "bootstrap_scores",
    "compare_pairs",
    "contributions",
    "exceeding_trials",
    "fewest_trials",
    "find_units",
    "gain_bounds",
    "holm",
    "interval_method",
    "is_at_floor",
    "jackknife_interval",
    "minimum_detectable_difference",
    "noisy_p_value",
    "non_inferiority",
    "of_one_pass",
    "pair_matrix",
    "paired_difference",
    "pass_noise",
    "passes_of",
    "percentile_interval",
    "randomization_p_values",
    "rank_ranges",
    "sacrebleu_p_value",
    "score_interval",
    "scored",
    "smallest_p_value",
    "sum_by_document",
    "sum_by_unit",
    "summarize",
    "units_to_detect",
    "upper_figure",
    "usual_trials",
    "widened_difference",
    "widened_interval",
]
