"""Standard output and error: a failed print neither ends the work nor counts as success."""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Descriptor(io.FileIO):
    """An open file to print to. What it does not take is dropped, and the reason kept."""

    failure: OSError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            while (written := super().write(data)) is None:  # another program made it non-blocking
                select.select([], [self], [])
            return written
        except (BrokenPipeError, ConnectionResetError):
            # The reader of a pipe or socket has gone, as after `| head`: it chose to read no
            # more, so that this is no failure. Other errors of connections are: a file on a
            # mount that was cut off gives them, too.
            pass
        except OSError as error:
            self.failure = self.failure or error
        return memoryview(data).nbytes


@contextmanager
def dependable_streams() -> Iterator[Callable[[], OSError | None]]:
    """Lets nothing that is printed raise: neither to a reader that has gone nor to a full disk.

    Gives a function that prints what is still held back, and returns why something did not reach
    standard output; `None` if all did, or its reader has gone. Streams that somebody else has
    put in place, such as a notebook's, are left as they are.
    """
    _open_what_is_closed()
    before = sys.stdout, sys.stderr
    raw = _Descriptor(1, "w", closefd=False)
    if sys.stdout is sys.__stdout__:
        sys.stdout = _stream(raw, sys.__stdout__)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _stream(_Descriptor(2, "w", closefd=False), sys.__stderr__)

    def failure() -> OSError | None:
        sys.stdout.flush()
        return raw.failure

    try:
        yield failure
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


def _open_what_is_closed() -> None:
    """Opens the null device for each standard stream that is closed.

    Otherwise the next file that is opened would get its number, and everything that is printed.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def _stream(raw: _Descriptor, like: TextIO | None) -> TextIO:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=like.encoding if like else "utf-8",
        errors="replace",  # arrows, for one, are not in ASCII
        line_buffering=bool(like and like.line_buffering),
        write_through=isinstance(like, io.TextIOWrapper) and like.write_through,
    )
