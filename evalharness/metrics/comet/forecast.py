"""How long many encodings will take, said once, as soon as the first ones show it."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from evalharness.terminal import duration

log = logging.getLogger(__name__)

MANY = 10_000
"""Encodings; of fewer nothing is said."""
_SHARE, _SECONDS = 0.01, 10.0


class Forecast:
    """Watches the batches of one task; what has been done shows how long the rest takes.

    The first batch does not count: a device may have to warm up. Nothing is said before a hundredth
    of all tokens is done, or ten seconds are over.
    """

    def __init__(self, name: str, lengths: Sequence[int]) -> None:
        """Knows what there is to do.

        Args:
            name: The metric's name.
            lengths: The length in tokens of each text or segment that has to be encoded.
        """
        self._name, self._count, self._total = name, len(lengths), sum(lengths)
        self._before = self._done = 0
        self._started: float | None = None
        self._silent = self._count <= MANY

    def note(self, lengths: Sequence[int]) -> None:
        """Notes that a batch is done, and may say how long the rest will take."""
        if self._silent:
            return
        now = time.monotonic()
        self._done += sum(lengths)
        if self._started is None:
            self._started, self._before = now, self._done
            return
        timed, seconds = self._done - self._before, now - self._started
        if timed < _SHARE * self._total and seconds < _SECONDS:
            return
        self._silent = True
        left = seconds * (self._total - self._done) / timed
        log.info("%s: %d encodings, about %s left", self._name, self._count, duration(left))
