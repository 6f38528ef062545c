"""Which GPUs there are for torch, known without loading torch in all but the first run.

Where no driver can be loaded, there is none. Elsewhere torch is asked, and what it says is kept in
the store for this machine until it starts anew, or its driver, torch or the environment changes.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from evalharness.disk import write_files
from evalharness.errors import EvalHarnessError
from evalharness.reading import DAMAGES, read_json

_NODES = ("nvidia*", "kfd", "dxg", "dri/render*")
_VARIABLES = (
    "CUDA_DEVICE_ORDER",
    "CUDA_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
    "LD_LIBRARY_PATH",
    "NVIDIA_VISIBLE_DEVICES",
    "ROCR_VISIBLE_DEVICES",
)
_MACHINE = ("/proc/sys/kernel/random/boot_id", "/proc/driver/nvidia/version")


class Gpu(NamedTuple):
    """A GPU of NVIDIA or AMD.

    Attributes:
        name: What its maker calls it: `NVIDIA H200`.
        bfloat16: Whether it has instructions for it.
    """

    name: str
    bfloat16: bool


def gpus(store: Path) -> Sequence[Gpu]:
    """Returns the GPUs that torch computes on, in its order.

    Args:
        store: The store's folder.
    """
    if not _has_driver():
        return ()
    kept = _place(store)
    if (found := _read(kept)) is None:
        found = _ask()
        if kept is not None and store.is_dir():
            _write(kept, found)
    return found


def confirm_gpus(store: Path) -> None:
    """Keeps what torch says now, and compares it with what was kept; called before computing.

    Raises:
        EvalHarnessError: What is kept was no longer true, so that the run rests on wrong facts.
    """
    kept = _place(store)
    if not _has_driver() or kept is None:
        return
    found, now = _read(kept), _ask()
    if found != now:
        _write(kept, now)
    if found is not None and found != now:
        raise EvalHarnessError(
            f"torch sees {len(now)} GPUs, not the {len(found)} of an earlier run",
            where="device",
            hint="run the same command again",
        )


def _ask() -> Sequence[Gpu]:
    import torch

    cuda = torch.cuda
    if not cuda.is_available():
        return []
    found = [cuda.get_device_properties(number) for number in range(cuda.device_count())]
    # As torch.cuda.is_bf16_supported(including_emulation=False), which would use each of them.
    return [Gpu(gpu.name, bool(torch.version.hip) or gpu.major >= 8) for gpu in found]


@lru_cache(maxsize=1)
def _has_driver() -> bool:
    """Whether a GPU cannot be ruled out: CUDA needs its driver's library, ROCm its device."""
    if sys.platform == "darwin":
        return False
    if sys.platform != "linux" or Path("/dev/kfd").exists():
        return True
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


def _place(store: Path) -> Path | None:
    """Where what torch says here is kept; `None` where too little of the machine is known."""
    if sys.platform != "linux":
        return None
    facts = {
        "torch": version("torch"),
        "nodes": sorted(str(path) for part in _NODES for path in Path("/dev").glob(part)),
        "variables": {name: os.environ.get(name) for name in _VARIABLES},
        "machine": [Path(path).read_text() if Path(path).exists() else None for path in _MACHINE],
    }
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
    return store / "gpus" / f"{digest}.json"


def _read(kept: Path | None) -> Sequence[Gpu] | None:
    try:
        return None if kept is None else [Gpu(*gpu) for gpu in read_json(kept)]
    except (OSError, *DAMAGES):  # torch is asked anew
        return None


def _write(kept: Path, found: Sequence[Gpu]) -> None:
    write_files(kept.parent, {kept.name: json.dumps(found).encode()}, option="store.dir")
