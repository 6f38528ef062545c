"""DeepL, through its official client."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from evalharness.errors import EvalHarnessError
from evalharness.systems.base import Facts
from evalharness.systems.remote.dispatch import Texts
from evalharness.systems.remote.errors import (
    RequestError,
    dropped,
    refused,
    timed_out,
    unreachable,
    unreadable,
)
from evalharness.systems.remote.http import quiet
from evalharness.systems.remote.per_thread import PerThread
from evalharness.systems.remote.vendor import VendorSystem, body_of, given, read_texts

_VERSION = "v2"
_LONGEST_CONTEXT = 8_000  # bytes, of the 11,072 that `most_size` leaves for what is not text
_QUOTA_EXCEEDED = 456  # https://developers.deepl.com/docs/best-practices/error-handling


class Formality(Enum):
    """How polite DeepL is; the `prefer_` ones are no error where a language has no such thing."""

    default = "default"
    more = "more"
    less = "less"
    prefer_more = "prefer_more"
    prefer_less = "prefer_less"


class SplitSentences(Enum):
    """Where DeepL ends sentences inside a text."""

    off = "0"
    on = "1"
    nonewlines = "nonewlines"


@dataclass(frozen=True)
class DeeplSystem(VendorSystem):
    """Asks `POST /v2/translate`.

    A request takes 50 texts and 128 KiB (reference of the method). The client writes JSON in ASCII,
    where an Arabic letter has six bytes.

    Attributes:
        base_url: Empty for the client's choice: the free service for a key that ends in `:fx`.
        variants: The variant that a target language without one becomes: DeepL wants one.
        formality: How polite it is.
        glossary: The id of a glossary of the account; `None` for none.
        context: What is told about the texts, and not translated.
        split_sentences: Where it ends sentences; `None` for its own choice.
        preserve_formatting: Whether it leaves punctuation and capitals as they are.
        model_type: `quality_optimized`, `latency_optimized` or `prefer_quality_optimized`; `None`
            for its own choice.
    """

    name: str = "deepl"
    api_key_env: str = "DEEPL_API_KEY"
    size_per_request: int = 30_000
    variants: dict[str, str] = field(
        default_factory=lambda: {"en": "en-US", "pt": "pt-BR", "zh": "zh-Hans"}
    )
    formality: Formality = Formality.default
    glossary: str | None = None
    context: str | None = None
    split_sentences: SplitSentences | None = None
    preserve_formatting: bool | None = None
    model_type: str | None = None

    modules = ("deepl", "tenacity")
    vendor = "DeepL"
    unit = "bytes"
    most_texts = 50
    most_size = 120_000

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.size(self.context or "") > _LONGEST_CONTEXT:
            raise EvalHarnessError(f"more than {_LONGEST_CONTEXT} bytes", where="context")

    def endpoint(self) -> str:
        """Both kinds of keys ask the same system at addresses of their own."""
        return super().endpoint() or "api.deepl.com"

    def address(self) -> str:
        """Where it is, for errors."""
        return self.base_url or "api.deepl.com"

    def size(self, text: str) -> int:
        """Bytes of the text as JSON."""
        return len(json.dumps(text))

    def codes(self, source: str, target: str) -> tuple[str | None, str | None]:
        """A source has no variant, a target must have one."""
        from_code, to_code = self.code(source), self.code(target)
        base = None if from_code is None else from_code.partition("-")[0]
        if to_code is not None:
            to_code = self.variants.get(to_code, to_code)
        return base, to_code

    def options(self) -> Facts:
        """The version of the API, and what the request says."""
        return {"api": _VERSION, **self._options()}

    def connect(self) -> Any:
        """The client, one per thread, without the part that sends, waits and tries again."""
        import deepl

        quiet("deepl", "urllib3")
        key = self.key()
        url = f"{self.base_url.rstrip('/')}/" if self.base_url else None

        def client() -> Any:
            made: Any = deepl.DeepLClient(key, server_url=url, send_platform_info=False)
            made._client = _Once(made._client, self.timeout)
            return made

        return PerThread(client)

    def ask(self, client: Any, texts: Texts, source: str, target: str) -> Sequence[str]:
        """Asks for plain text."""
        made = client().translate_text(
            list(texts), source_lang=source, target_lang=target, **self._options()
        )
        return read_texts(lambda: [of.text for of in made])

    def _options(self) -> dict[str, Any]:
        formality = None if self.formality is Formality.default else self.formality.value
        split = None if self.split_sentences is None else self.split_sentences.value
        return given(
            formality=formality,
            glossary=self.glossary,
            context=self.context,
            split_sentences=split,
            preserve_formatting=self.preserve_formatting,
            model_type=self.model_type,
        )


class _Once:
    """Stands in for the client's `HttpClient`: sends a request once, and says how it failed.

    The client's own would try five times more, with a time limit of its own, and would keep
    `Retry-After` to itself.
    """

    def __init__(self, client: Any, timeout: float) -> None:
        self._session, self._prepare = client._session, client._prepare_request
        self._timeout = timeout

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def request_with_backoff(
        self, method: str, url: str, *, data: Any, json: Any, headers: dict[str, str], **_: Any
    ) -> tuple[int, str]:
        """Returns the status and the body of a sound answer.

        Raises:
            RequestError: There is none.
        """
        from requests import RequestException

        request = self._prepare(method, url, data, json, headers)
        try:
            response = self._session.send(request, timeout=self._timeout)
        except RequestException as error:
            raise _disconnected(error) from None
        response.encoding = "utf-8"
        if not response.ok:
            raise _understood(refused(response.status_code, response.headers, response.text))
        self._check(response)
        return response.status_code, response.text

    def _check(self, response: Any) -> None:
        """The client takes a missing translation for an empty one."""
        try:
            answer = response.json()
        except ValueError:
            raise unreadable(response.text) from None
        read_texts(lambda: [of["text"] for of in answer["translations"]])
        read_texts(lambda: [str(int(of["billed_characters"])) for of in answer["translations"]])


def _disconnected(error: Any) -> RequestError:
    """Tells a server that is not there from one that went away."""
    from requests import exceptions
    from urllib3.exceptions import NewConnectionError

    cause = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(error, (exceptions.ConnectTimeout, exceptions.SSLError, exceptions.ProxyError)):
        return unreachable(str(cause or error))
    if isinstance(error, exceptions.Timeout):
        return timed_out()
    if isinstance(cause, NewConnectionError):
        return unreachable(str(cause))
    if isinstance(error, (exceptions.ConnectionError, exceptions.ChunkedEncodingError)):
        return dropped(str(error))
    return RequestError(type(error).__name__, str(error))


def _understood(error: RequestError) -> RequestError:
    """Reads `{"message", "detail"}`."""
    body = body_of(error)
    if said := [str(body[part]) for part in ("message", "detail") if part in body]:
        error.detail = ": ".join(said)
    if error.status == _QUOTA_EXCEEDED:
        error.reason, error.stops_the_run = "quota used up", True
    elif error.status == 400 and "_lang" in error.detail:
        error.stops_the_run = True
    return error
