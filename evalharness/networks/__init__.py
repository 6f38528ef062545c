"""What neural systems and neural metrics share: devices, loading, batches."""

from evalharness.networks.batching import Halving, fill_batches, free_memory
from evalharness.networks.devices import (
    check_device,
    describe_device,
    is_out_of_memory,
    placing,
    resolve_device,
    resolve_dtype,
)
from evalharness.networks.gpus import confirm_gpus
from evalharness.networks.loading import loading
from evalharness.networks.processor import packs, warn_if_slow
from evalharness.networks.vetting import ENCODERS, architectures, check_architecture

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
