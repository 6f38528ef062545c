"""The terminal: results on stdout, everything else on stderr."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")

_SECONDS_BEFORE_A_BAR = 1.0


class _ResultsConsole(Console):
    def on_broken_pipe(self) -> None:
        """Leaves the decision to `results_console`; rich would end the process."""
        raise BrokenPipeError


@contextmanager
def results_console() -> Iterator[Console]:
    """Gives the console for results: plain text where stdout is no terminal.

    A reader that has gone (`| head`) is no error: the results lie on disk.
    """
    try:
        yield _ResultsConsole(highlight=False)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def messages_console() -> Console:
    """Returns the console for logs and progress."""
    return Console(stderr=True, highlight=False)


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
    with console.status(description):
        yield


def track(items: Iterable[T], description: str, total: int) -> Iterator[T]:
    """Yields `items` under a progress bar, on a terminal and once the work has taken a second.

    Args:
        items: What to work on.
        description: What is being done, in a few words.
        total: How many items there are.
    """
    console = messages_console()
    if not console.is_terminal:
        yield from items
        return
    started = time.monotonic()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.speed:.0f}/s"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        speed_estimate_period=60,
    )
    task = bar.add_task(description, total=total)
    try:
        for done, item in enumerate(items):
            if not bar.live.is_started and time.monotonic() - started > _SECONDS_BEFORE_A_BAR:
                bar.start()
            bar.update(task, completed=done)
            yield item
    finally:
        if bar.live.is_started:  # stopping a bar that never started prints an empty line
            bar.stop()
