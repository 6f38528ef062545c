"""Networks that run on this machine."""

from evalharness.systems.neural.encoder_decoder import (
    CheckpointPerPair,
    ForcedTarget,
    Seamless,
    TargetOnSource,
    TargetPrefix,
)

__all__ = ["CheckpointPerPair", "ForcedTarget", "Seamless", "TargetOnSource", "TargetPrefix"]
