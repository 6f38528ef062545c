"""Where neural networks compute, and in which number format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from evalharness.config import Dtype
from evalharness.errors import EvalHarnessError


def check_device(device: str) -> None:
    """Refuses what is no device's name; loads nothing.

    Raises:
        EvalHarnessError: It is none.
    """
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?|mps", device):
        raise EvalHarnessError(
            f"unknown device {device!r}", where="device", mend="auto | cpu | cuda | cuda:1 | mps"
        )


def resolve_device(device: str) -> str:
    """Returns the device that is meant: `cpu`, `mps`, or a GPU such as `cuda:0`.

    Args:
        device: `auto` (a GPU if there is one), `cpu`, `cuda`, `cuda:1` or `mps`.

    Raises:
        EvalHarnessError: It is not there.
    """
    check_device(device)
    if device == "cpu":
        return device
    import torch

    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device == "auto":
        return "cuda:0" if gpus else "cpu"
    if device == "mps":
        if torch.backends.mps.is_available():
            return device
        raise EvalHarnessError("not there", where="device=mps", mend="use device=cpu")
    wanted = int(device.partition(":")[2] or 0)
    if wanted >= gpus:
        there = f"this machine has {gpus} for torch {torch.__version__}" if gpus else "no GPU here"
        raise EvalHarnessError(
            f"{there}", where=f"device={device}", mend="use device=auto or device=cpu"
        )
    return f"cuda:{wanted}"


def resolve_dtype(dtype: Dtype, device: str) -> Dtype:
    """Returns the format that is meant: on a GPU bfloat16 if it has it, elsewhere float32.

    Args:
        dtype: `auto`, or a format, which is returned.
        device: What `resolve_device` returned.
    """
    if dtype is not Dtype.auto:
        return dtype
    if not device.startswith("cuda"):
        return Dtype.float32
    import torch

    with torch.cuda.device(device):
        supported = torch.cuda.is_bf16_supported(including_emulation=False)
    return Dtype.bfloat16 if supported else Dtype.float16


def describe_device(device: str) -> str:
    """Returns a device with the name of its hardware: `cuda:0 (NVIDIA H200)`."""
    if not device.startswith("cuda"):
        return device
    import torch

    return f"{device} ({torch.cuda.get_device_name(device)})"


@contextmanager
def placing(device: str) -> Iterator[None]:
    """Says of what fails while weights are laid out on a device that the device is at fault.

    Args:
        device: What `resolve_device` returned.

    Raises:
        EvalHarnessError: It cannot hold them, but for want of memory, which is raised as it is.
    """
    try:
        yield
    except RuntimeError as error:
        if is_out_of_memory(error):
            raise
        raise EvalHarnessError(
            f"cannot hold a network: {str(error).strip().partition(chr(10))[0]}",
            where=f"device={device}",
            mend="choose another device= or dtype=",
        ) from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory did not suffice, on whatever device."""
    if isinstance(error, MemoryError):
        return True
    # torch.OutOfMemoryError on GPUs; plain RuntimeErrors on the processor and from CTranslate2.
    said = str(error).lower()
    return isinstance(error, RuntimeError) and (
        "out of memory" in said or "can't allocate memory" in said or "bad_alloc" in said
    )
