"""Networks that run on this machine.

`encoder_decoder` and `language_model` are the two kinds of systems; `transformers_engine` and
`ctranslate2_engine` run them. `reader` and `fitting` make token batches that fit, `sampling` holds
the decoding options, and `finite` looks for numbers that overflowed.
"""

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
