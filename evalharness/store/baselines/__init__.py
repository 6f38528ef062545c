"""Baselines: what later runs are held to."""

from evalharness.store.baselines.reading import Source, in_folder, read_baseline
from evalharness.store.baselines.revision import in_revision
from evalharness.store.baselines.values import (
    BASELINE,
    BaselineRun,
    BaselineScore,
    damaged_baseline,
)
from evalharness.store.baselines.writing import write_baseline

__all__ = [
    "BASELINE",
    "BaselineRun",
    "BaselineScore",
    "Source",
    "damaged_baseline",
    "in_folder",
    "in_revision",
    "read_baseline",
    "write_baseline",
]
