"""The terminal: results on stdout, everything else on stderr."""

from __future__ import annotations

import logging
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

T = TypeVar("T")

log = logging.getLogger(__name__)

# Whatever names, files and programs hold is shown as it is: "[/en]" and ":no:" mean nothing here.
_VERBATIM: Any = {"highlight": False, "markup": False, "emoji": False}

_SECONDS_BEFORE_A_BAR = 1.0
_SECONDS_BETWEEN_LINES = 30.0


@contextmanager
def results_console() -> Iterator[Console]:
    """Gives the console for results: plain text where stdout is no terminal."""
    yield Console(**_VERBATIM)
    sys.stdout.flush()


def messages_console() -> Console:
    """Returns the console for logs and progress."""
    return Console(stderr=True, **_VERBATIM)


def log_handler() -> logging.Handler:
    """Returns the handler that conf/hydra/job_logging/rich.yaml installs.

    In colour on a terminal; elsewhere one unwrapped line per message.
    """
    console = messages_console()
    if console.is_terminal:
        return RichHandler(console=console, show_time=False, show_path=False, highlighter=None)
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    return handler


@contextmanager
def working(description: str) -> Iterator[None]:
    """Shows, on a terminal, that work goes on whose length cannot be told beforehand."""
    console = messages_console()
    if not console.is_terminal:
        yield
        return
    with console.status(Text(description)):
        yield


@contextmanager
def progress(description: str, total: float, unit: str) -> Iterator[Callable[[float], None]]:
    """Tells how far work has come, once it has taken a second, and gives the function to say so.

    A bar on a terminal; elsewhere a line in the log every half minute.

    Args:
        description: What is being done, in a few words.
        total: How much there is to do.
        unit: What is counted, in the plural.
    """
    console = messages_console()
    shown = console.is_terminal
    started = told = time.monotonic()
    done = 0.0
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TextColumn(f"{{task.fields[speed]}} {unit}/s"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        speed_estimate_period=60,
    )
    task = bar.add_task(description, total=total, speed="–")

    def advance(amount: float) -> None:
        nonlocal done, told
        done += amount
        now = time.monotonic()
        speed = done / max(now - started, 1e-9)
        if shown:
            if not bar.live.is_started and now - started > _SECONDS_BEFORE_A_BAR:
                bar.start()
            bar.update(task, completed=done, speed=f"{speed:.1f}")
        elif now - told > _SECONDS_BETWEEN_LINES:
            told = now
            left = (total - done) / speed if speed else math.inf
            words = "%s: %.0f of %.0f %s, %.1f a second, %.0f min left"
            log.info(words, description, done, total, unit, speed, left / 60)

    try:
        yield advance
    finally:
        if bar.live.is_started:  # stopping a bar that never started prints an empty line
            bar.stop()


def track(items: Sequence[T], description: str, unit: str) -> Iterator[T]:
    """Yields `items` under `progress`."""
    with progress(description, len(items), unit) as advance:
        for item in items:
            yield item
            advance(1)
