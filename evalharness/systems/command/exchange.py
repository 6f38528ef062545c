"""Lines to a program and back, and how it is known which answer is whose before its end."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from evalharness.systems.command.program import MisbehavedError, Program

_MOST_HELD = 1 << 28  # bytes of answers that wait for the count at the end
_SECONDS_OF_A_WINDOW = 0.5
_FIRST_PATIENCE = 1.0  # seconds
_LOOK, _LONG_LOOK = 0.02, 1.0  # seconds between two looks at how a silent program is
_GAIN = 1.7  # a window twice as long that takes less than this much longer is worth it


class Pace:
    """What has been learned of how a program answers, from one start to the next.

    Attributes:
        in_step: Whether it may answer what it was given before it is given more.
        window: How many lines it is given at a time while it does.
        patience: How many seconds it may be silent, having read everything.
    """

    def __init__(self) -> None:
        self.in_step = True
        self.window = 1
        self.patience = _FIRST_PATIENCE
        self._seconds_of_half: float | None = None
        self._settled = False

    def took(self, seconds: float) -> None:
        """Learns how long a whole window took, and chooses the next.

        It grows until it takes a moment, so that a fast program does not wait for lines, and as
        long as a longer one costs hardly more, as for a program that computes batches.
        """
        half, self._seconds_of_half = self._seconds_of_half, seconds
        if seconds < _SECONDS_OF_A_WINDOW or not self._settled:
            if half is None or seconds < max(_SECONDS_OF_A_WINDOW, _GAIN * half):
                self.window *= 2
            else:
                self.window = max(1, self.window // 2)
                self._settled = True

    def heard(self, silence: float) -> None:
        """Learns how many seconds an answer took."""
        self.patience = max(self.patience, 2 * silence)


class Exchange:
    """One start of a program on some lines.

    An answer belongs to a line if there is one answer per line so far. At the end the count shows
    it. Before, it is shown in step: the program gets a few lines, and no more until it has
    answered; if it has written as many lines as it was given, they are the answers to these. It is
    out of step, and heard to its end before anything of it counts, if it reads on without
    answering: it waits for the end of its input, or holds its output back.

    Two things prove that it is wrong at once: more lines than it was given, and a line that came
    before it had read what it would be the answer to.

    Attributes:
        answered: How many lines it has written.
    """

    def __init__(self, program: Program, lines: Sequence[bytes], pace: Pace) -> None:
        self.answered = 0
        self._program, self._lines, self._pace = program, lines, pace
        self._ends = list(accumulate(map(len, lines)))
        self._given = 0
        self._held: list[bytes] = []  # answers of which it is not known yet whose they are
        self._held_bytes = 0
        self._proven = False

    def answers(self) -> Iterator[bytes]:
        """Yields the answers in order, each as soon as it is known whose it is.

        If the program exits non-zero, the last of them are the whole lines that it wrote.

        Raises:
            MisbehavedError: It is wrong; what was yielded does not count.
        """
        if self._pace.in_step:
            yield from self._in_step()
        self._give(len(self._lines))
        while not self._program.over():
            self._wait(_LONG_LOOK)
        died = self._program.exit_code() != 0
        if self._program.rest and not died:  # the last line needs no end
            self._held.append(self._program.rest)
            self.answered += 1
        if self.answered > len(self._lines) or (self.answered < len(self._lines) and not died):
            raise MisbehavedError(f"wrote {self.answered} lines for {len(self._lines)} segments")
        yield from self._held

    def _in_step(self) -> Iterator[bytes]:
        self._give(self._pace.window)
        began = time.monotonic()
        while self._given < len(self._lines) and self._answers_all():
            self._proven = True
            self._pace.took(time.monotonic() - began)
            known, self._held, self._held_bytes = self._held, [], 0
            self._give(self._pace.window)  # it works while these are kept
            began = time.monotonic()
            yield from known

    def _answers_all(self) -> bool:
        """Waits until all that was given is answered; `False` if the program does not do that."""
        asked = silent = False
        busy_since = time.monotonic()
        while self.answered < self._given:
            everything_read = self._program.unread() == 0
            answers = self._wait(_LOOK)
            now = time.monotonic()
            if answers:
                self._pace.heard(now - busy_since)
                silent = False
            if answers or self._lines_read() <= self.answered:
                busy_since = now
            elif everything_read and (silent or now - busy_since > self._pace.patience):
                if asked:
                    self._pace.in_step = self._proven
                    return False
                # Does it compute, or wait for more? One more line shows it: if it reads that, too,
                # or is silent once more for longer than it ever was, it waits.
                self._give(1)
                asked = silent = True
            if self._given == len(self._lines) or self._program.over():
                return False
        self._wait(0)
        return True

    def _give(self, count: int) -> None:
        lines = self._lines[self._given : self._given + count]
        self._given += len(lines)
        self._program.give(b"".join(lines), last=self._given == len(self._lines))

    def _wait(self, seconds: float) -> int:
        """Takes what comes; returns how many lines that were."""
        came = self._program.wait(seconds)
        self._held += came
        self.answered += len(came)
        self._held_bytes += sum(map(len, came))
        if self.answered > self._given:
            raise MisbehavedError(f"wrote {self.answered} lines for {self._given} segments")
        if came and self.answered > self._lines_read():
            raise MisbehavedError(f"wrote line {self.answered} before it had read that segment")
        if self._held_bytes > _MOST_HELD:
            raise MisbehavedError(
                f"wrote more than {_MOST_HELD >> 20} MiB; lower model.segments_per_start"
            )
        return len(came)

    def _lines_read(self) -> int:
        """How many whole lines the program has read, of those it was given."""
        given = self._ends[self._given - 1] if self._given else 0
        return bisect_right(self._ends, given - self._program.unread())
