"""How runs are shown: tables on the terminal and text for files."""

from evalharness.views.board import Board, make_board
from evalharness.views.comparison import (
    comparison_json,
    comparison_latex,
    comparison_markdown,
    print_comparison,
)
from evalharness.views.files import csv_text, latex_text, markdown_text
from evalharness.views.terminal import print_board

__all__ = [
    "Board",
    "comparison_json",
    "comparison_latex",
    "comparison_markdown",
    "csv_text",
    "latex_text",
    "make_board",
    "markdown_text",
    "print_board",
    "print_comparison",
]
