"""What neural systems and neural metrics share: devices, number formats, loading and batches.

`devices`, `gpus` and `processor` say where networks compute and in which number format; `loading`
and `vetting` open checkpoints without running anything that they name; `batching` fills batches by
a token budget and halves them where memory is short; `gguf` checks a GGUF file's own sizes.
"""

from evalharness.compute.batching import Halving, fill_batches, free_memory
from evalharness.compute.devices import (
    check_device,
    describe_device,
    is_out_of_memory,
    placing,
    resolve_device,
    resolve_dtype,
)
from evalharness.compute.gpus import confirm_gpus
from evalharness.compute.loading import loading
from evalharness.compute.processor import packs, warn_if_slow
from evalharness.compute.vetting import ENCODERS, architectures, check_architecture

__all__ = [
    "ENCODERS",
    "Halving",
    "architectures",
    "check_architecture",
    "check_device",
    "confirm_gpus",
    "describe_device",
    "fill_batches",
    "free_memory",
    "is_out_of_memory",
    "loading",
    "packs",
    "placing",
    "resolve_device",
    "resolve_dtype",
    "warn_if_slow",
]
