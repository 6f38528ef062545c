"""DeepL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from evalharness.errors import EvalHarnessError
from evalharness.systems.remote.dispatch import Texts
from evalharness.systems.remote.errors import RequestError
from evalharness.systems.remote.fields import EACH, texts_at
from evalharness.systems.remote.http import Http
from evalharness.systems.remote.vendor import VendorSystem, given
from evalharness.values.outputs import Facts

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

    A request takes 50 texts and 128 KiB (reference of the method). Its JSON is in ASCII, as that of
    DeepL's own client, where an Arabic letter has six bytes.

    Attributes:
        base_url: Empty for DeepL's own: the free service for a key that ends in `:fx`.
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

    def connect(self) -> Http:
        """A client for the service that the key is for."""
        key = self.key()
        free = "-free" if key.endswith(":fx") else ""
        base_url = self.base_url or f"https://api{free}.deepl.com"
        return Http(base_url, {"Authorization": f"DeepL-Auth-Key {key}"}, self.timeout)

    def ask(self, client: Http, texts: Texts, source: str, target: str) -> Sequence[str]:
        """Asks for plain text."""
        options = self._options()
        body = {
            "target_lang": target.upper(),
            "source_lang": source.upper(),
            **given(formality=options.pop("formality", None), glossary_id=self.glossary),
            "text": list(texts),
            "show_billed_characters": True,
            **{name: value for name, value in options.items() if name != "glossary"},
        }
        answer = client.post(f"/{_VERSION}/translate", body, write=json.dumps)
        return texts_at(answer, "translations", EACH, "text")

    def understood(self, error: RequestError) -> RequestError:
        """Tells a quota that is used up, and a pair that is refused, from a text that is."""
        if error.status == _QUOTA_EXCEEDED:
            return error.exhaust()
        if error.status == 400 and "_lang" in error.detail:
            error.stops_the_run = True
        return error

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
