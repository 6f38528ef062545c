"""What the processor computes fast: asked of torch, which asks oneDNN and the processor."""

from __future__ import annotations

import logging
import platform
from typing import Any

from evalharness.config import Dtype

log = logging.getLogger(__name__)

_X86 = ("x86_64", "AMD64")


def packs(number_format: Any) -> bool:
    """Whether oneDNN's linear layers exist here in a number format, a `torch.dtype`.

    The conditions are those of torch's own compiler (torch/_inductor/fx_passes/mkldnn_fusion.py).
    """
    import torch

    backends: Any = torch.backends
    if not backends.mkldnn.is_available():
        return False
    onednn = torch.ops.mkldnn
    if number_format is torch.bfloat16:
        return bool(onednn._is_mkldnn_bf16_supported())
    if number_format is torch.float16:
        return bool(onednn._is_mkldnn_fp16_supported())
    return bool(backends.mkl.is_available() or onednn._is_mkldnn_acl_supported())


def warn_if_slow(dtype: Dtype, option: str) -> None:
    """Says in one line that a format gains nothing on this processor, where that is so.

    Args:
        dtype: The format that a network is to compute in on the processor.
        option: What chooses it: `dtype`, `metric.comet.dtype`.
    """
    if dtype is not Dtype.float32 and not _is_fast(dtype):
        log.warning(
            "%s=%s gains nothing on this processor, which has no instructions for it: float32 is"
            " faster and more exact; choose %s=float32",
            option,
            dtype.value,
            option,
        )


def _is_fast(dtype: Dtype) -> bool:
    import torch

    if not packs(getattr(torch, dtype.value)):
        return False
    # With AVX-512 alone, oneDNN has the layers, but they take four times as long as in float32.
    converts = dtype is Dtype.bfloat16 and platform.machine() in _X86
    return not converts or torch.cpu._is_avx512_bf16_supported()
