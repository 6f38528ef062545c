"""A client for each thread.

One that many threads share looks through all its connections, under a lock, for every request:
with 32 threads that takes longer than the request itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    """A client."""

    def close(self) -> None:
        """Closes its connections."""


C = TypeVar("C", bound=Closable)


class PerThread(Generic[C]):
    """Makes a client when a thread first asks for one."""

    def __init__(self, make: Callable[[], C]) -> None:
        """Makes nothing yet.

        Args:
            make: Makes a client.
        """
        self._make = make
        self._local = threading.local()
        self._made: list[C] = []

    def __call__(self) -> C:
        """Returns the client of the thread that asks."""
        client: C | None = getattr(self._local, "client", None)
        if client is None:
            client = self._local.client = self._make()
            self._made.append(client)
        return client

    def close(self) -> None:
        """Closes them all."""
        for client in self._made:
            client.close()
