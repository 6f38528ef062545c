"""A running program: bytes go in, lines come out, and nothing here blocks."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import selectors
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress

from evalharness.errors import EvalHarnessError
from evalharness.systems.command.watcher import Watch, close, closed_in_forks

LONGEST_LINE = 1 << 20  # bytes: a line without an end must not fill the memory
_LONGEST_TAIL = 1 << 16  # bytes of stderr that are kept
_BLOCK = 1 << 16
_SECONDS_TO_END = 5.0
_SECONDS_BETWEEN_LOOKS = 0.002
_parent = os.getppid()


def _take_parent() -> None:
    """Notes whom this process works for, also after a fork."""
    global _parent
    _parent = os.getppid()


os.register_at_fork(after_in_child=_take_parent)


class MisbehavedError(Exception):
    """A program did what makes its lines worthless; the message says what, after its name."""


class Program:
    """A program that was started by `started`.

    Attributes:
        rest: What it wrote after the last end of a line.
    """

    def __init__(self, process: subprocess.Popen[bytes], reading: int, writing: int) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self.rest = b""
        self._process = process
        self._reading, self._writing = reading, writing
        self._output, self._errors = process.stdout.fileno(), process.stderr.fileno()
        self._pending = memoryview(b"")
        self._all_given = self._closed = False
        self._tail = b""
        self._last_sign = time.monotonic()
        self._selector = selectors.DefaultSelector()
        for end in (writing, self._output, self._errors):
            os.set_blocking(end, False)
        for end in (self._output, self._errors):
            self._selector.register(end, selectors.EVENT_READ)

    def give(self, content: bytes, *, last: bool) -> None:
        """Writes to its input, as fast as it reads; the last content closes it."""
        self._pending = memoryview(bytes(self._pending) + content)
        self._all_given = last
        self._write()

    def unread(self) -> int:
        """How many of the bytes that it was given it has not read yet."""
        size = fcntl.ioctl(self._reading, termios.FIONREAD, struct.pack("i", 0))
        return len(self._pending) + int(struct.unpack("i", size)[0])

    def wait(self, seconds: float) -> list[bytes]:
        """Returns the lines that come, without their ends, as soon as any bytes do.

        Raises:
            MisbehavedError: A line is too long.
            EvalHarnessError: This is a worker of a process that has gone.
        """
        if multiprocessing.parent_process() is not None and os.getppid() != _parent:
            raise EvalHarnessError("the process that started this one has ended")
        if self._closed:  # what is left to wait for, its end, cannot be selected
            seconds = min(seconds, _SECONDS_BETWEEN_LOOKS)
        came: list[bytes] = []
        for key, _ in self._selector.select(seconds):
            if key.fd == self._writing:
                self._write()
            elif key.fd == self._errors:
                self._tail = (self._tail + self._read(key.fd))[-_LONGEST_TAIL:]
            else:
                came = self._lines(self._read(key.fd))
        return came

    def over(self) -> bool:
        """Whether no more lines are to be expected.

        It has closed its output and ended. Or one of both was long ago: it does not end, or what it
        started has kept its output open and is silent.
        """
        ended = self._process.poll() is not None
        if ended == self._closed:
            return ended
        return time.monotonic() - self._last_sign > _SECONDS_TO_END

    def exit_code(self) -> int:
        """Its exit code, or minus the signal that ended it; 0 if it is over but does not end."""
        return self._process.poll() or 0

    def last_words(self) -> str:
        """The end of what it wrote on stderr."""
        return self._tail.decode(errors="replace")

    def hear_out(self, seconds: float) -> None:
        """Lets it say its last words, and throws away what else it writes."""
        until = time.monotonic() + seconds
        with suppress(MisbehavedError):
            while not self.over() and time.monotonic() < until:
                self.wait(_SECONDS_BETWEEN_LOOKS)

    def end(self) -> None:
        """Ends it, and whatever it started that is still in its process group."""
        # What has ended by itself is no error; nor is, on macOS, a group of nothing but the dead.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._selector.close()

    def _lines(self, content: bytes) -> list[bytes]:
        *whole, self.rest = (self.rest + content).split(b"\n")
        if max(map(len, [*whole, self.rest])) > LONGEST_LINE:
            raise MisbehavedError(f"wrote a line of more than {LONGEST_LINE >> 20} MiB")
        return whole

    def _read(self, end: int) -> bytes:
        content = os.read(end, _BLOCK)
        if not content:
            self._selector.unregister(end)
            self._closed |= end == self._output
        if end == self._output:
            self._last_sign = time.monotonic()
        return content

    def _write(self) -> None:
        with suppress(BlockingIOError):
            while self._pending:
                self._pending = self._pending[os.write(self._writing, self._pending[:_BLOCK]) :]
        watched = self._writing in self._selector.get_map()
        if self._pending and not watched:
            self._selector.register(self._writing, selectors.EVENT_WRITE)
        elif watched and not self._pending:
            self._selector.unregister(self._writing)
        if self._all_given and not self._pending:
            close(self._writing)


@contextmanager
def started(
    command: Sequence[str], environment: Mapping[str, str], watch: Watch
) -> Iterator[Program]:
    """Starts a program, without a shell, in a session of its own; ends it in any case.

    It ends with this process, too, however that ends. What it started ends with it, also after it
    has ended by itself, unless that has left its process group.

    Args:
        command: The program and its arguments.
        environment: All its environment variables.
        watch: Tells a `watcher` about it.

    Raises:
        EvalHarnessError: It cannot be started.
    """
    with ExitStack() as stack:
        reading, writing = os.pipe()
        # Kept open so that it can be asked what the program has not read; nor does writing fail
        # when the program has closed its input.
        stack.callback(os.close, reading)
        stack.enter_context(closed_in_forks(writing))
        process = stack.enter_context(_process(command, environment, reading))
        program = Program(process, reading, writing)
        stack.callback(watch, None)
        stack.callback(program.end)
        watch(process.pid)  # before this it has no input, and its input would end with this process
        yield program


def _process(
    command: Sequence[str], environment: Mapping[str, str], reading: int
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=reading,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
            bufsize=0,
        )
    except (OSError, ValueError) as error:  # ValueError: a zero byte among the arguments
        what = error.strerror if isinstance(error, OSError) else error
        raise EvalHarnessError(
            f"cannot be started: {what}", where=f"model.command: {command[0]}"
        ) from error
