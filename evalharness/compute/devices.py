"""Where neural networks compute, and in which number format."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from evalharness.compute.gpus import Gpu, gpus
from evalharness.config import Dtype
from evalharness.errors import EvalHarnessError


def check_device(device: str) -> None:
    """Refuses what is no device's name; loads nothing.

    Raises:
        EvalHarnessError: It is none.
    """
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?|mps", device):
        raise EvalHarnessError(
            f"unknown device {device!r}", where="device", hint="auto | cpu | cuda | cuda:1 | mps"
        )


def resolve_device(device: str, store: Path) -> str:
    """Returns the device that is meant: `cpu`, `mps`, or a GPU such as `cuda:0`.

    Args:
        device: `auto` (a GPU if there is one), `cpu`, `cuda`, `cuda:1` or `mps`.
        store: The store's folder, where it is kept which GPUs there are.

    Raises:
        EvalHarnessError: It is not there.
    """
    check_device(device)
    if device == "cpu":
        return device
    if device == "mps":
        if (sys.platform, platform.machine()) == ("darwin", "arm64"):
            return device
        raise EvalHarnessError("not there", where="device=mps", hint="use device=cpu")
    count = len(gpus(store))
    if device == "auto":
        return "cuda:0" if count else "cpu"
    wanted = int(device.partition(":")[2] or 0)
    if wanted >= count:
        there = f"this machine has {count} for torch {version('torch')}" if count else "no GPU here"
        raise EvalHarnessError(
            there, where=f"device={device}", hint="use device=auto or device=cpu"
        )
    return f"cuda:{wanted}"


def resolve_dtype(dtype: Dtype, device: str, store: Path) -> Dtype:
    """Returns the format that is meant: on a GPU bfloat16 if it has it, elsewhere float32.

    Args:
        dtype: `auto`, or a format, which is returned.
        device: What `resolve_device` returned.
        store: The store's folder.
    """
    if dtype is not Dtype.auto:
        return dtype
    if not device.startswith("cuda"):
        return Dtype.float32
    return Dtype.bfloat16 if _gpu(device, store).bfloat16 else Dtype.float16


def describe_device(device: str, store: Path) -> str:
    """Returns a device with the name of its hardware: `cuda:0 (NVIDIA H200)`."""
    return f"{device} ({_gpu(device, store).name})" if device.startswith("cuda") else device


def _gpu(device: str, store: Path) -> Gpu:
    return gpus(store)[int(device.partition(":")[2])]


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
            hint="choose another device= or dtype=",
        ) from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory did not suffice, on whatever device."""
    if isinstance(error, MemoryError):
        return True
    # torch.OutOfMemoryError on GPUs; plain RuntimeErrors on the processor and from CTranslate2.
    message = str(error).lower()
    return isinstance(error, RuntimeError) and (
        "out of memory" in message or "can't allocate memory" in message or "bad_alloc" in message
    )
