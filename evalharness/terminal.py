"""The terminal: results on stdout, everything else on stderr."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO, TypeVar

from rich.console import Console, ConsoleOptions, RenderableType
from rich.logging import RichHandler
from rich.progress import BarColumn, Progress, TextColumn
from rich.segment import Segment
from rich.text import Text

from evalharness.escaping import visible, visible_lines
from evalharness.secrecy import scrub

T = TypeVar("T")

log = logging.getLogger(__name__)

# Whatever names, files and programs hold is shown as it is: "[/en]" and ":no:" mean nothing here.
_VERBATIM: Any = {"highlight": False, "markup": False, "emoji": False}

_SECONDS_BEFORE_A_BAR = 1.0
_SECONDS_BETWEEN_LINES = 30.0
_SECONDS_OF_A_STEP = 1.0


def plain(text: str, style: str = "") -> Text:
    """Returns a text from outside as a terminal may show it, in one paragraph.

    Where its lines are broken is not known yet, so that no place in it may begin like a command of
    a CI system.
    """
    return Text(visible(text).replace("::", r":\:"), style)


def error_line(text: str) -> None:
    """Writes a line to stderr, without anything that is secret or would break out of it."""
    sys.stderr.write(f"{visible(scrub(text))}\n")


def error_lines(text: str) -> None:
    """Writes several lines, such as a traceback, likewise."""
    sys.stderr.write(f"{visible_lines(scrub(text))}\n")


class _SafeConsole(Console):
    """Shows no control character of any text, also of one that was not made by `plain`."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yields what is shown."""
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment(visible_lines(text), style)


class _SafeFormatter(logging.Formatter):
    """A message is one line, a traceback some more; neither shows what is secret."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        return visible(scrub(super().formatMessage(record)))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return visible_lines(scrub(super().formatException(ei)))


@contextmanager
def results_console() -> Iterator[Console]:
    """Gives the console for results: plain text where stdout is no terminal."""
    yield _SafeConsole(**_VERBATIM)
    sys.stdout.flush()


def text_console(file: TextIO, *, record: bool = False, width: int | None = None) -> Console:
    """Returns a console that writes into `file`; `record` keeps what it writes for an export."""
    # What rich finds out by itself would print in a notebook.
    options: Any = {**_VERBATIM, "force_jupyter": False}
    if not record:
        options["color_system"] = None
    return _SafeConsole(file=file, record=record, width=width, **options)


def messages_console() -> Console:
    """Returns the console for logs and progress."""
    return _SafeConsole(stderr=True, **_VERBATIM)


def log_handler() -> logging.Handler:
    """Returns the handler that conf/hydra/job_logging/rich.yaml installs.

    In colour on a terminal; elsewhere one unwrapped line per message.
    """
    console = messages_console()
    if console.is_terminal:
        rich = RichHandler(console=console, show_time=False, show_path=False, highlighter=None)
        rich.setFormatter(_SafeFormatter("%(message)s"))
        return rich
    handler = logging.StreamHandler()
    handler.setFormatter(_SafeFormatter("%(levelname)s %(message)s"))
    return handler


@contextmanager
def working(description: str) -> Iterator[None]:
    """Shows, on a terminal, that work goes on whose length is not known beforehand."""
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
    started = last_line = time.monotonic()
    done = 0.0
    speed = Speed(started)
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TextColumn(f"{{task.fields[speed]}} {unit}/s, {{task.fields[left]}} left"),
        console=console,
        transient=True,
    )
    task = bar.add_task(description, total=total, speed="–", left="–")

    def advance(amount: float) -> None:
        nonlocal done, last_line
        if not amount:
            return
        done += amount
        now = time.monotonic()
        per_second = speed.after(now, done)
        left = duration((total - done) / per_second) if per_second else "–"
        shown_speed = f"{per_second:.1f}" if per_second else "–"
        if shown:
            if not bar.live.is_started and now - started > _SECONDS_BEFORE_A_BAR:
                bar.start()
            bar.update(task, completed=done, speed=shown_speed, left=left)
        elif per_second and now - last_line > _SECONDS_BETWEEN_LINES:
            last_line = now
            words = "%s: %.0f of %.0f %s, %.1f a second, %s left"
            log.info(words, description, done, total, unit, per_second, left)

    try:
        yield advance
    finally:
        if bar.live.is_started:  # stopping a bar that never started prints an empty line
            bar.stop()


class Speed:
    """How fast work goes, where it may come in bursts and begin late.

    What is done within a second is one step, since a step took the time before it: of a batch that
    is counted at its end, the first item says nothing. From the second step on, the time before the
    first one does not count: it may have gone into loading.

    Args:
        started: When work began, in seconds.
    """

    def __init__(self, started: float) -> None:
        # Ends of steps: when, and how much was done by then.
        self._last = self._start = (started, 0.0)
        self._first: tuple[float, float] | None = None
        self._current: tuple[float, float] | None = None
        self._begun = started  # when the current step began

    def after(self, now: float, done: float) -> float | None:
        """Notes how much is done; returns how much is done in a second, `None` if unknown yet."""
        if self._current is None:
            self._begun = now
        elif now - self._begun >= _SECONDS_OF_A_STEP:
            self._first = self._first or self._current
            self._last = self._current
            self._begun = now
        self._current = (now, done)
        since = self._start if self._first == self._last else self._first
        if since is None or self._last[0] <= since[0]:
            return None
        return (self._last[1] - since[1]) / (self._last[0] - since[0])


def duration(seconds: float) -> str:
    """Returns a duration in words, about as exact as an estimate can be."""
    if seconds >= 2 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


def track(items: Sequence[T], description: str, unit: str) -> Iterator[T]:
    """Yields `items` under `progress`."""
    with progress(description, len(items), unit) as advance:
        for item in items:
            yield item
            advance(1)
