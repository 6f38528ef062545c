"""A server that answers with bytes of one's choice, also such as no server should send."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

Answer = bytes | Callable[[Any], bytes | Iterable[bytes]]


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """A whole answer of HTTP."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def slowly(piece: bytes, begin: bytes = b"") -> Iterator[bytes]:
    """The same piece again and again, for as long as anybody listens."""
    yield begin
    while True:
        time.sleep(0.05)
        yield piece


class RawServer(socketserver.ThreadingTCPServer):
    """Answers each request.

    Attributes:
        heads: The request line and headers of each request.
        asked: The bodies.
    """

    allow_reuse_address = daemon_threads = True
    request_queue_size = 64

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.heads: list[bytes] = []
        self.asked: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: a client may go at any time."""


class _Handler(socketserver.StreamRequestHandler):
    server: RawServer

    def handle(self) -> None:
        while head := self._head():
            lengths = [
                int(line.split(b":")[1])
                for line in head.splitlines()
                if line.lower().startswith(b"content-length:")
            ]
            body = self.rfile.read(sum(lengths))
            self.server.heads.append(head)
            self.server.asked.append(body)
            answer = self.server.answer
            if callable(answer):
                answer = answer(json.loads(body))
            for piece in [answer] if isinstance(answer, bytes) else answer:
                self.wfile.write(piece)

    def _head(self) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            if not (line := self.rfile.readline()):
                return b""
            head += line
        return head


@contextmanager
def serving_bytes(answer: Answer) -> Iterator[RawServer]:
    server = RawServer(answer)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
