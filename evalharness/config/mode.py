"""Whether a command line is one run or a sweep, without composing its configuration for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hydra._internal.hydra import Hydra

_OF_A_SWEEP = ("-m", "--multirun")


@contextmanager
def composed_once(words: Sequence[str]) -> Iterator[None]:
    """Saves Hydra from composing the configuration twice.

    The first time, which takes as long as the second, it looks for nothing but `hydra.mode`. No
    file of ours sets that. So it can only come from an option of Hydra's or a folder of somebody's
    own; both are named on the command line, and then nothing is changed here.

    Args:
        words: The command line that Hydra is given.
    """
    usual = all("hydra" not in word for word in words) and all(
        word in _OF_A_SWEEP for word in words if word.startswith("-")
    )
    if not usual:
        yield
        return
    composing = Hydra.get_mode
    Hydra.get_mode = lambda *_, **__: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        Hydra.get_mode = composing  # type: ignore[method-assign]
