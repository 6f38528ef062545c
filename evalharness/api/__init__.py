"""The Python API: scoring outputs that are in memory, and reading finished runs."""

from evalharness.api.scoring import configure, load, score, score_systems
from evalharness.api.shapes import split_pair
from evalharness.api.values import Difference, Run, Score, Scores

__all__ = [
    "Difference",
    "Run",
    "Score",
    "Scores",
    "configure",
    "load",
    "score",
    "score_systems",
    "split_pair",
]
