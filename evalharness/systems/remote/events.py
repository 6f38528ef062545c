"""Answers that come as a stream of events: some servers send nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from evalharness.systems.remote.answers import parse
from evalharness.systems.remote.completion import text_of
from evalharness.systems.remote.errors import unreadable
from evalharness.systems.remote.fields import typed

_FIELDS = (b"", b"data", b"event", b"id", b"retry")  # the first begins a comment
_DONE = b"[DONE]"
_RAW_BYTES = re.compile("[\udc80-\udcff]{2,}")  # as `surrogateescape` writes them


def parse_completion(body: bytes) -> Any:
    """Returns a chat completion object, whether it came as one or as a stream of its parts.

    Raises:
        RequestError: It is neither, or the stream ended before the answer did.
    """
    name, colon, _ = body.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0].partition(b":")
    if not colon or name not in _FIELDS:
        return parse(body)
    return _assemble(body)


def _assemble(body: bytes) -> Mapping[str, Any]:
    """Puts chunks together to the object that they are the parts of."""
    content: list[str] = []
    refusal, end, usage, done = "", None, None, False
    for event in _events(body):
        if event == _DONE:
            done = True
            break
        chunk = typed(parse(event, "surrogateescape"), dict, "a chunk of the stream")
        if chunk.get("error"):
            return dict(chunk)
        usage = chunk.get("usage") or usage
        for choice in typed(chunk.get("choices") or [], list, "choices"):
            choice = typed(choice, dict, "choices[]")
            if choice.get("index"):  # nobody asked for more than one
                continue
            if choice.get("error"):
                return {"choices": [choice]}
            delta = typed(choice.get("delta") or {}, dict, "choices[].delta")
            content.append(text_of(delta.get("content")) or "")
            refusal += typed(delta.get("refusal") or "", str, "choices[].delta.refusal")
            reason = choice.get("finish_reason")
            end = end if reason in (None, "") else reason
    if end is None and not done:
        raise unreadable("the stream ended before the answer did")
    message = {"role": "assistant", "content": _joined(content), "refusal": refusal}
    return {"choices": [{"message": message, "finish_reason": end}], "usage": usage}


def _joined(parts: list[str]) -> str:
    """Joins texts, and what stands half in one and half in the next: a character of many tokens.

    Some servers cut it between the bytes of UTF-8, others between the halves of UTF-16. What is
    still half a character remains so.
    """
    text = _RAW_BYTES.sub(_decoded, "".join(parts))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _decoded(found: re.Match[str]) -> str:
    try:
        return found[0].encode("utf-8", "surrogateescape").decode()
    except UnicodeDecodeError:
        return found[0]


def _events(body: bytes) -> Iterator[bytes]:
    """Yields the data of each event (server-sent events of the HTML standard, 9.2.6).

    The last one counts also without the empty line that should end it.
    """
    data: list[bytes] = []
    for line in (*body.removeprefix(b"\xef\xbb\xbf").splitlines(), b""):
        name, _, value = line.partition(b":")
        if name == b"data":
            data.append(value.removeprefix(b" "))
        elif not line and data:
            yield b"\n".join(data).strip()
            data = []
