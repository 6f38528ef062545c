"""What a measurement was made on, and whether anything else was running there meanwhile."""

from __future__ import annotations

import os
import platform
import re
import resource
import time
from pathlib import Path
from typing import NamedTuple

_STAT, _CPUINFO, _STATUS = Path("/proc/stat"), Path("/proc/cpuinfo"), Path("/proc/self/status")


class Clock(NamedTuple):
    """A moment: seconds on the wall, busy seconds of all processors, and this process's share."""

    wall: float
    busy: float
    own: float


def now() -> Clock:
    """Reads the clocks; where there is no /proc/stat, all processors are busy for this process."""
    own = sum(os.times()[:2])
    busy = own
    if _STAT.exists():
        user, nice, system, _, _, *rest = map(int, _STAT.read_text().split("\n")[0].split()[1:])
        busy = (user + nice + system + sum(rest[:3])) / os.sysconf("SC_CLK_TCK")
    return Clock(time.perf_counter(), busy, own)


def others(since: Clock, until: Clock) -> float:
    """Returns how much of all processors' time other processes took, 0 to 1."""
    taken = (until.busy - since.busy) - (until.own - since.own)
    return max(0.0, taken / ((until.wall - since.wall) * (os.cpu_count() or 1)))


def wait_until_idle(at_most: float) -> float:
    """Waits until for four seconds others take less than 5 % of the processors.

    Args:
        at_most: How many seconds to wait.

    Returns:
        How many it waited.
    """
    started = time.perf_counter()
    idle = 0
    while idle < 4 and time.perf_counter() - started < at_most:
        before = now()
        time.sleep(1)
        idle = idle + 1 if others(before, now()) < 0.05 else 0
    return time.perf_counter() - started


def matmul_tflops(device: str, dtype: str, size: int) -> float:
    """Returns how many 1e12 operations a second a product of square matrices reaches, at best.

    On processors both by `@`, which is MKL's in float32, and by oneDNN.
    """
    import torch

    left, right = (
        torch.randn(size, size, device=device, dtype=getattr(torch, dtype)) for _ in range(2)
    )
    ways = [lambda: left @ right]
    if device == "cpu":
        packed = torch.ops.mkldnn._reorder_linear_weight(right)
        multiply = torch.ops.mkldnn._linear_pointwise
        ways.append(lambda: multiply(left, packed, None, "none", [], ""))
    best = float("inf")
    for way in ways * 6:
        started = time.perf_counter()
        product = way()
        _ = product[0, 0].item()  # waits for it
        best = min(best, time.perf_counter() - started)
    return 2 * size**3 / best / 1e12


def peak_mb() -> float:
    """Returns the largest resident memory that this process has had."""
    # Linux's getrusage counts the parent's, too, as it was when this process began
    if _STATUS.exists() and (found := re.search(r"VmHWM:\s*(\d+) kB", _STATUS.read_text())):
        return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def processor() -> str:
    """Returns the processor's name."""
    if _CPUINFO.exists() and (found := re.search(r"model name\s*: (.*)", _CPUINFO.read_text())):
        return found[1].strip()
    return platform.processor() or platform.machine()
