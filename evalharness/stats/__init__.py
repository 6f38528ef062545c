"""What a difference means."""

from evalharness.stats.bootstrap import (
    FEWEST_RESAMPLES,
    MOST_RESAMPLES,
    Interval,
    bootstrap_scores,
    percentile_interval,
    sum_by_document,
)

__all__ = [
    "FEWEST_RESAMPLES",
    "MOST_RESAMPLES",
    "Interval",
    "bootstrap_scores",
    "percentile_interval",
    "sum_by_document",
]
