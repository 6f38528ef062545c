"""Connections that end when a request has taken too long, however busy the server looks.

The time limits of clients start anew with every byte, so that a server which sends one byte now and
then would never be given up. Here each step has at most the time that is left of the whole.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore


class Clock:
    """How long the request of one thread may still take."""

    def __init__(self) -> None:
        self._ends = 0.0

    def start(self, seconds: float) -> None:
        """Begins a request."""
        self._ends = time.monotonic() + seconds

    def is_over(self) -> bool:
        """Whether the request has taken all its time."""
        return time.monotonic() >= self._ends

    def left(self, timeout: float | None) -> float:
        """Returns the seconds that a step may take.

        Args:
            timeout: What it might take by itself.

        Raises:
            httpcore.ReadTimeout: None is left.
        """
        left = self._ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(timeout, left)


class TimedNetwork(httpcore.NetworkBackend):
    """Opens connections whose every step looks at a clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._network = clock, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connects."""
        seconds = self._clock.left(timeout)
        stream = self._network.connect_tcp(host, port, seconds, local_address, socket_options)
        return _TimedStream(stream, self._clock)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, clock: Clock) -> None:
        self._stream, self._clock = stream, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = self._clock.left(timeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, seconds)
        return _TimedStream(stream, self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
