"""Signals that ask the process to end become exceptions, so that every `finally` clause runs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP has come.

    Libraries let go of everything in order when somebody types Ctrl-C; a base of the same kind
    makes them do so here.

    Args:
        number: The signal's number.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(signal.Signals(number).name)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raises `Terminated` in the main thread when SIGTERM or SIGHUP comes.

    A signal that was ignored when the process started, as `nohup` does, stays ignored.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in _ENDING:
            if signal.getsignal(number) == signal.SIG_DFL:
                before[number] = signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def exit_code(error: KeyboardInterrupt) -> int:
    """Returns 128 and the signal's number, as shells do: 130 for Ctrl-C."""
    return 128 + (error.number if isinstance(error, Terminated) else signal.SIGINT)


def _end(number: int, frame: FrameType | None) -> None:
    raise Terminated(number)
