"""Baselines: what later runs are held to."""

from evalharness.store.baselines.reading import read_baseline
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
    "damaged_baseline",
    "read_baseline",
    "write_baseline",
]
