"""Comparisons: tests of which runs differ.

`compare` goes from `grouping` over `planning` and `testing` to `outcomes`; `compared_checks` does
it for rates; `ranges` and `ranking` say where runs stand; `kept` keeps what was tested.
`comparison_page` shows a comparison in `sentences`, and `facts` has all of it for other programs.
"""

from evalharness.comparison.compare import compare, compare_runs
from evalharness.comparison.comparison_page import comparison_page
from evalharness.comparison.outcomes import (
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
    "compare",
    "compare_runs",
    "comparison_page",
]
