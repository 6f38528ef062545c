"""Answers that come as a stream of events: some servers know no other way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

EVENT = b"data:"


def assemble(body: bytes) -> dict[str, Any]:
    """Puts the chunks of a chat completion together to the object that they are the parts of.

    Args:
        body: The whole stream (server-sent events of the HTML standard, 9.2), up to its end.

    Returns:
        A chat completion; without choices if the stream ended before the answer did.

    Raises:
        ValueError: An event is no JSON.
    """
    content, end, usage = "", None, None
    for line in body.splitlines():
        event = line.removeprefix(EVENT).strip()
        if not line.startswith(EVENT) or event == b"[DONE]":
            continue
        chunk = json.loads(event)
        if not isinstance(chunk, Mapping):
            continue
        usage = chunk.get("usage") or usage
        for choice in chunk.get("choices") or ():
            content += (choice.get("delta") or {}).get("content") or ""
            end = choice.get("finish_reason") or end
    if end is None:
        return {}
    message = {"role": "assistant", "content": content}
    return {"choices": [{"message": message, "finish_reason": end}], "usage": usage}
