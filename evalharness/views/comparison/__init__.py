"""How a comparison is shown."""

from evalharness.views.comparison.files import (
    comparison_json,
    comparison_latex,
    comparison_markdown,
)
from evalharness.views.comparison.terminal import print_comparison

__all__ = [
    "comparison_json",
    "comparison_latex",
    "comparison_markdown",
    "print_comparison",
]
