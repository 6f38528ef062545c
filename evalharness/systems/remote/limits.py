"""How fast a server may be asked: requests and tokens a minute, and how long it asks to wait."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

log = logging.getLogger(__name__)

_WORTH_TELLING = 5.0


@dataclass(frozen=True)
class Limits:
    """How a server is asked.

    Attributes:
        concurrency: Requests at a time.
        requests_per_minute: Started in any minute, retries included; `None` for no bound.
        tokens_per_minute: Read and written in any minute; `None` for no bound.
        max_retries: How often a request that failed is sent again.
        deadline: Seconds for everything; `None` for no bound.
    """

    concurrency: int = 8
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    max_retries: int = 6
    deadline: float | None = None


class Throttle:
    """Lets requests of all threads begin no faster than the limits, evenly over the minute."""

    def __init__(self, limits: Limits) -> None:
        self._seconds_a_request = 60 / (limits.requests_per_minute or float("inf"))
        self._seconds_a_token = 60 / (limits.tokens_per_minute or float("inf"))
        self._lock = threading.Lock()
        self._next_request = self._next_token = self._quiet_until = 0.0

    def wait(self, tokens: int, stop: threading.Event) -> None:
        """Waits until a request may begin, or `stop` is set.

        Args:
            tokens: How many tokens it is thought to read and write.
            stop: Ends the wait.
        """
        while not stop.wait(self._seconds_left(tokens)):
            if self._begin(tokens):
                return

    def spent(self, tokens: int) -> None:
        """Notes tokens beyond those that were thought of; fewer, if negative."""
        with self._lock:
            self._next_token += tokens * self._seconds_a_token

    def hold(self, seconds: float) -> None:
        """Keeps every thread from asking for a time, as the server wants."""
        until = time.monotonic() + seconds
        with self._lock:
            longer = until - self._quiet_until
            self._quiet_until = max(self._quiet_until, until)
        if seconds > _WORTH_TELLING and longer > _WORTH_TELLING:
            log.warning("the server asks to wait %.0f s", seconds)

    def _seconds_left(self, tokens: int) -> float:
        with self._lock:
            return max(0.0, self._opens() - time.monotonic())

    def _begin(self, tokens: int) -> bool:
        """Takes the place of a request, unless another thread was faster."""
        with self._lock:
            now = time.monotonic()
            if self._opens() > now:
                return False
            self._next_request = now + self._seconds_a_request
            self._next_token = max(now, self._next_token) + tokens * self._seconds_a_token
            return True

    def _opens(self) -> float:
        return max(self._next_request, self._next_token, self._quiet_until)
