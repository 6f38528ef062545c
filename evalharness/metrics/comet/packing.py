"""Linear layers on processors: through oneDNN, with weights laid out for it beforehand.

torch hands products of float32 matrices to MKL, which takes more than twice as long on AMD's
processors, and lays weights out anew at each call: benchmarks/README.md. The operators are those
that torch's own compiler puts in the place of linear layers when it freezes a network.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from evalharness.compute import packs


def pack(network: Any) -> None:
    """Changes the linear layers of a network on the processor that oneDNN computes; others stay.

    Args:
        network: A `torch.nn.Module` that is only to be called from now on.
    """
    import torch

    linear: list[Any] = [part for part in network.modules() if isinstance(part, torch.nn.Linear)]
    for layer in linear:
        if packs(layer.weight.dtype):
            packed = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach())
            layer.forward = partial(_forward, packed, layer.bias)
            layer.register_parameter("weight", None)


def _forward(weight: Any, bias: Any, inputs: Any) -> Any:
    import torch

    multiply = torch.ops.mkldnn._linear_pointwise
    return multiply(inputs.contiguous(), weight, bias, "none", [], "")
