"""The Python API: scoring outputs that are in memory, and reading finished runs.

`scoring` is what users call, `shapes` understands the shapes of their data, and `mappings` is what
they get.
"""

from evalharness.api.mappings import Difference, Run, Score, Scores
from evalharness.api.scoring import configure, load, score, score_systems
from evalharness.api.shapes import languages_of

__all__ = [
    "Difference",
    "Run",
    "Score",
    "Scores",
    "configure",
    "languages_of",
    "load",
    "score",
    "score_systems",
]
