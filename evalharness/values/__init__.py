"""The nouns that everyone shares: segments, outputs, judgements, scores, checks, tables."""

from evalharness.values.checks import CheckRate, CheckResult, Finding
from evalharness.values.outputs import Failure, Observations, Outputs, Translation, observed
from evalharness.values.scores import Judgement, Resampling, Score, Scoring, Unavailable
from evalharness.values.segments import Bitext, Segment
from evalharness.values.table import Cell, Column, Mark, Page, Row, Table

__all__ = [
    "Bitext",
    "Cell",
    "CheckRate",
    "CheckResult",
    "Column",
    "Failure",
    "Finding",
    "Judgement",
    "Mark",
    "Observations",
    "Outputs",
    "Page",
    "Resampling",
    "Row",
    "Score",
    "Scoring",
    "Segment",
    "Table",
    "Translation",
    "Unavailable",
    "observed",
]
