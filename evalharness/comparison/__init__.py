"""Comparisons: tests of which runs differ."""

from evalharness.comparison.compare import compare_runs
from evalharness.comparison.values import (
    POWER,
    ByMetric,
    Comparison,
    Difference,
    Example,
    Examples,
    Family,
    Section,
)

__all__ = [
    "POWER",
    "ByMetric",
    "Comparison",
    "Difference",
    "Example",
    "Examples",
    "Family",
    "Section",
    "compare_runs",
]
