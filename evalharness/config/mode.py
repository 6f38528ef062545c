"""Whether a command line is one run or a sweep, without composing its configuration for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hydra._internal.hydra import Hydra


@contextmanager
def composed_once(words: Sequence[str]) -> Iterator[None]:
    """Saves Hydra from composing the configuration twice.

    The first time, which takes as long as the second, it looks for nothing but `hydra.mode`. Only
    an experiment, an option of Hydra's or a folder of somebody's own can set that. All of them are
    named on the command line, and then nothing is changed here.

    Args:
        words: The command line that Hydra is given.
    """
    if any(map(_may_set_the_mode, words)):
        yield
        return
    composing = Hydra.get_mode
    Hydra.get_mode = lambda *_, **__: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        Hydra.get_mode = composing  # type: ignore[method-assign]


def _may_set_the_mode(word: str) -> bool:
    if word.startswith("-"):
        return word not in ("-m", "--multirun")
    return "experiment" in word or "hydra" in word
