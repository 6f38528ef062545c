"""COMET: unbabel-comet's models and checkpoints, without its `predict`."""

from evalharness.metrics.comet.metric import Comet

__all__ = ["Comet"]
