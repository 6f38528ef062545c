"""Networks that run on this machine."""

from evalharness.systems.neural.encoder_decoder import (
    CheckpointPerPair,
    ForcedTarget,
    Seamless,
    TargetOnSource,
    TargetPrefix,
)
from evalharness.systems.neural.language_model import LanguageModel

__all__ = [
    "CheckpointPerPair",
    "ForcedTarget",
    "LanguageModel",
    "Seamless",
    "TargetOnSource",
    "TargetPrefix",
]
