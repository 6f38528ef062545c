"""A server that speaks OpenAI's chat completions protocol, and misbehaves as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def completion(content: str | None, finish_reason: str = "stop", **message: Any) -> dict[str, Any]:
    """A chat completion object, as the API reference shows it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, **message},
                "logprobs": None,
                "finish_reason": finish_reason,
            }
        ],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
    }


class ChatServer(ThreadingHTTPServer):
    """Answers with the last line of the prompt in capitals.

    `faults` says for a text how the first, the second, ... request for it is misused.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, faults: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.faults = dict(faults or {})
        self.delay = 0.0
        self.asked: list[str] = []
        self.times: list[float] = []
        self.bodies: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.lock = threading.Lock()
        self.now = self.most_at_once = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def fault(self, text: str) -> str | None:
        """Notes what is asked for, and says how it is to be misused."""
        with self.lock:
            nth = Counter(self.asked)[text] if text in self.faults else 0
            self.asked.append(text)
            self.times.append(time.monotonic())
            item = self.faults.get(text, ())
            return item[nth] if nth < len(item) else None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: a client may go at any time."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = body["messages"][-1]["content"].rpartition("\n")[2]
        server = self.server
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        with server.lock:
            server.bodies.append(body)
            server.keys.add(key)
            server.now += 1
            server.most_at_once = max(server.most_at_once, server.now)
        try:
            self.answer(text, key, server.fault(text))
        finally:
            with server.lock:
                server.now -= 1

    def answer(self, text: str, key: str, fault: str | None) -> None:
        time.sleep(self.server.delay)
        whole = json.dumps(completion(text.upper())).encode()
        if fault is None:
            self.reply(200, whole)
        elif fault == "slow":
            time.sleep(1.5)
            self.reply(200, whole)
        elif fault == "silent":
            time.sleep(60)
        elif fault == "cut":
            self.close_connection = True
        elif fault == "half":  # of the body that was announced
            self.reply(200, whole[: len(whole) // 2], length=len(whole))
            self.close_connection = True
        elif fault == "half json":
            self.reply(200, whole[: len(whole) // 2])
        elif fault == "html":
            self.reply(200, b"<html><body>Sign in</body></html>", kind="text/html")
        elif fault == "empty":
            self.reply(200, json.dumps({**completion(""), "choices": []}).encode())
        elif fault == "no choices":
            self.reply(200, b'{"ok": true}')
        else:
            status, _, wait = fault.partition(" ")
            error = {"message": f"you sent Authorization: Bearer {key}", "code": None}
            headers = {"Retry-After": wait} if wait else {}
            self.reply(int(status), json.dumps({"error": error}).encode(), **headers)

    def reply(
        self,
        status: int,
        body: bytes,
        *,
        kind: str = "application/json",
        length: int | None = None,
        **headers: str,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Says nothing."""


@contextmanager
def serving(faults: Mapping[str, Sequence[str]] | None = None) -> Iterator[ChatServer]:
    server = ChatServer(faults)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
