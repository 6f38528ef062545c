"""A process that ends a program after the harness has ended, for whatever reason."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

# It waits for the end of its input, which comes when no process holds the other end of the pipe.
_SCRIPT = """
trap '' HUP INT QUIT TERM
while read -r line; do group=$line; done
[ -z "$group" ] || kill -s KILL -- "-$group"
"""

_SECONDS_TO_END = 2.0

Watch = Callable[[int | None], None]

_ends: set[int] = set()


@contextmanager
def watcher() -> Iterator[Watch]:
    """Starts a watcher, and gives the function that tells it which process group it watches.

    `None` tells it that the group has ended. It is a shell of about a megabyte, in a session of its
    own, so that Ctrl-C in the terminal does not reach it. It ends with this context, and kills
    the group that it watches then.

    Raises:
        OSError: It cannot be started.
    """
    read, write = os.pipe()
    with closed_in_forks(write):
        try:
            process = subprocess.Popen(
                ["/bin/sh", "-c", _SCRIPT],
                stdin=read,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
                start_new_session=True,
            )
        finally:
            os.close(read)
        try:
            yield lambda group: _tell(write, group)
        finally:
            close(write)
            try:
                process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:  # something holds the pipe that cannot be known here
                process.kill()
                process.wait()


@contextmanager
def closed_in_forks(end: int) -> Iterator[None]:
    """Owns the end of a pipe that no other process may hold: whoever reads waits for its end.

    Programs that are started do not inherit it, as Python sees to. A process that is forked
    without starting another program closes it here.
    """
    _ends.add(end)
    try:
        yield
    finally:
        close(end)


def close(end: int) -> None:
    """Closes an end of a pipe unless that was done before."""
    if end in _ends:
        _ends.discard(end)
        os.close(end)


def _tell(pipe: int, group: int | None) -> None:
    with suppress(BrokenPipeError):  # somebody has ended the watcher; the program runs all the same
        os.write(pipe, b"%d\n" % group if group is not None else b"\n")


def _close_all() -> None:
    for end in list(_ends):
        close(end)


os.register_at_fork(after_in_child=_close_all)
