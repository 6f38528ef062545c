"""What a server answered: bounded, parsed, and read so that nothing in it can end the run."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin

from evalharness.reading import levels
from evalharness.systems.remote.errors import RequestError, refused, unreadable
from evalharness.values.outputs import Failure, Translation

MOST_BYTES: Final = 16 * 2**20
"""Of one answer, after decompression: far more than the longest translation with its frame."""
DEEPEST: Final = 100
"""Levels of JSON inside JSON; the protocols have less than ten."""

_SHORTEST_SECRET = 16  # "EMPTY" and "token" are words that a translation may have
_GZIP_OR_ZLIB = 47  # `wbits` that tell one from the other by their first bytes
_CODES = {"invalid_api_key": 401, "rate_limit_exceeded": 429, "server_error": 500}
"""OpenAI's words ("Error codes" of its guides)."""


class Response(NamedTuple):
    """An answer of HTTP.

    Attributes:
        status: Its status.
        headers: Its headers, by their names in small letters.
        body: Its body, decompressed.
        url: What was asked.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


def collect(chunks: Iterable[bytes], encoding: str) -> bytes:
    """Reads a body, and decompresses no more of it than may be kept.

    Args:
        chunks: The body as it comes.
        encoding: Its `Content-Encoding`; empty for none.

    Raises:
        RequestError: It is too large, damaged, or compressed as nobody asked for.
    """
    packed = encoding in ("gzip", "x-gzip", "deflate")
    if not packed and encoding not in ("", "identity"):
        raise unreadable(f"its encoding is {encoding}")
    unpack = zlib.decompressobj(_GZIP_OR_ZLIB)
    body, received = bytearray(), 0
    for chunk in chunks:
        received += len(chunk)
        try:
            body += unpack.decompress(chunk, MOST_BYTES + 1 - len(body)) if packed else chunk
        except zlib.error as error:
            raise unreadable(str(error)) from None
        if max(received, len(body)) > MOST_BYTES:
            raise RequestError(f"answer of more than {MOST_BYTES // 2**20} MiB")
    if packed and received and not unpack.eof:
        raise unreadable("its compressed body ends early")
    return bytes(body)


def parse(body: bytes, errors: str = "strict") -> Any:
    """Returns the JSON of a body.

    Args:
        body: The JSON in UTF-8.
        errors: What becomes of bytes that are no UTF-8, as in `bytes.decode`.

    Raises:
        RequestError: It is none, or is nested too deeply.
    """
    try:
        text = body.decode("utf-8-sig", errors)
        answer = json.loads(text)
    except RecursionError:
        raise _too_deep() from None
    except (ValueError, MemoryError):
        raise unreadable(_shown(body)) from None
    if text.count("[") + text.count("{") > DEEPEST and _is_deep(answer):
        raise _too_deep()
    return answer


def checked(response: Response, read: Callable[[bytes], Any] = parse) -> Any:
    """Returns what a sound answer holds.

    Args:
        response: The answer.
        read: Parses the body.

    Raises:
        RequestError: Its status is none of success, it is unreadable, or it holds an error.
    """
    if 200 <= response.status < 300:
        answer = read(response.body)
        if error := error_within(answer, response.headers):
            raise error
        return answer
    try:
        body = parse(response.body)
    except RequestError:
        body = None
    body = body if isinstance(body, Mapping) else None
    detail = _words(body) or _shown(response.body)
    if (location := response.headers.get("location")) and response.status < 400:
        detail = f"it has moved to {_joined(response.url, location)}"
    raise refused(response.status, response.headers, detail, body)


def error_within(answer: object, headers: Mapping[str, str] | None = None) -> RequestError | None:
    """Returns the error that an answer holds though its status says success; `None` if none.

    Gateways answer so when the service behind them refuses: `{"error": {"code", "message"}}`. The
    code is obeyed as if it were the status; an error without a code will hardly pass.
    """
    error = answer.get("error") if isinstance(answer, Mapping) else None
    if not error:
        return None
    status = _status(error.get("code") or error.get("type")) if isinstance(error, Mapping) else None
    if status is None:
        found = RequestError("an error for an answer", _words(answer), body=answer)
    else:
        found = refused(status, headers or {}, _words(answer), answer)
        found.reason = f"error {status} inside an answer"
    return found


def vetted(answer: Translation | Failure, secrets: Sequence[str]) -> Translation | Failure:
    """Returns an answer with its day, unless it cannot be kept: it is no text, or holds a key."""
    if not isinstance(answer, Translation):
        return answer
    text = f"{answer.text}\n{answer.raw}"
    if not _is_text(text):
        return Failure("the answer holds half a character, or NUL")
    if any(len(secret) >= _SHORTEST_SECRET and secret in text for secret in secrets):
        return Failure("the answer holds the key")
    return replace(answer, day=datetime.now(UTC).date().isoformat())


def _is_text(text: str) -> bool:
    """Whether UTF-8 can hold a text, and no NUL is in it: JSON can name half a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _words(body: object) -> str:
    """What the services say in words: `error`, `error.message`, or `message` and `detail`."""
    if not isinstance(body, Mapping):
        return ""
    error = body.get("error")
    if isinstance(error, Mapping) and isinstance(error.get("message"), str):
        return str(error["message"])
    parts = [error, body.get("message"), body.get("detail")]
    return ": ".join(part for part in parts if isinstance(part, str))


def _status(code: object) -> int | None:
    """The status that a code is: `402`, `"402"`, a word, or of six digits as Azure's `402001`."""
    code = _CODES.get(code, code) if isinstance(code, str) else code
    if isinstance(code, str) and code.isascii() and code.isdigit() and len(code) <= 6:
        code = int(code)
    if not isinstance(code, int):
        return None
    status = code // 1000 if 400_000 <= code < 600_000 else code
    return status if 400 <= status < 600 else None


def _is_deep(answer: object) -> bool:
    return any(
        isinstance(part, (dict, list)) for part in next(islice(levels(answer), DEEPEST, None), [])
    )


def _too_deep() -> RequestError:
    return RequestError(f"JSON nested more than {DEEPEST} levels deep")


def _shown(body: bytes) -> str:
    return body[:2000].decode(errors="replace")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location
