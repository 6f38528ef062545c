"""COMET: unbabel-comet's models and checkpoints, without its `predict`.

`comet` is the metric and `checkpoint` its weights. `separate` scores from texts that are encoded
once each, `joint` from whole segments; `network`, `packing`, `lengths` and `forecast` make both
fast; `signature` says how the numbers were computed.
"""

from evalharness.metrics.comet.comet import Comet

__all__ = ["Comet"]
