"""Linear layers on processors: through oneDNN, with weights laid out for it beforehand.

torch hands products of float32 matrices to MKL, which takes more than twice as long on AMD's
processors, and lays weights out anew at each call: benchmarks/README.md. The operators are those
that torch's own compiler puts in the place of linear layers when it freezes a network.
"""

from __future__ import annotations

from functools import partial
from typing import Any


def pack(network: Any) -> None:
    """Changes the linear layers of a network on the processor; where torch cannot, nothing.

    Args:
        network: A `torch.nn.Module` that is only to be called from now on.
    """
    import torch

    try:
        multiply = torch.ops.mkldnn._linear_pointwise
        lay_out = torch.ops.mkldnn._reorder_linear_weight
    except AttributeError:  # built without oneDNN
        return
    linear: list[Any] = [part for part in network.modules() if isinstance(part, torch.nn.Linear)]
    for layer in linear:
        packed = lay_out(layer.weight.detach())
        layer.forward = partial(_forward, multiply, packed, layer.bias)
        layer.register_parameter("weight", None)


def _forward(multiply: Any, weight: Any, bias: Any, inputs: Any) -> Any:
    return multiply(inputs.contiguous(), weight, bias, "none", [], "")
