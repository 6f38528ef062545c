"""Baselines: the committed runs that a gate holds candidates to.

`parsing` and `writing` are the two directions of a baseline folder, `revision` reads one out of a
git revision, and `baseline` holds what both make of it.
"""

from evalharness.gate.baselines.baseline import (
    BASELINE,
    BaselineCheck,
    BaselineRun,
    BaselineScore,
    damaged_baseline,
)
from evalharness.gate.baselines.parsing import Source, in_folder, read_baseline
from evalharness.gate.baselines.revision import in_revision
from evalharness.gate.baselines.writing import write_baseline

__all__ = [
    "BASELINE",
    "BaselineCheck",
    "BaselineRun",
    "BaselineScore",
    "Source",
    "damaged_baseline",
    "in_folder",
    "in_revision",
    "read_baseline",
    "write_baseline",
]
