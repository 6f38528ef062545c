"""Azure Translator, text translation v3.0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evalharness.systems.remote.dispatch import Texts
from evalharness.systems.remote.errors import RequestError, error_of
from evalharness.systems.remote.fields import EACH, FIRST, texts_at
from evalharness.systems.remote.http import Http
from evalharness.systems.remote.vendor import VendorSystem, given
from evalharness.values.outputs import Facts

_VERSION = "3.0"
_EVERYBODYS = "general"
_CODES = {
    "ckb": "ku",
    "kmr": "kmr",
    "ku": "kmr",
    "lg": "lug",
    "mn": "mn-Cyrl",
    "ny": "nya",
    "rn": "run",
    "sr": "sr-Cyrl",
    "tl": "fil",
    "zh": "zh-Hans",
}
# Languages, their pair, or the category: "Errors" of the v3.0 reference.
_CONCERN_ALL = {400002, 400003, 400019, 400023, 400035, 400036, 400075, 400079}
_QUOTA_EXCEEDED = 403001


@dataclass(frozen=True)
class AzureSystem(VendorSystem):
    """Asks `POST /translate?api-version=3.0`.

    A request takes 1,000 texts and 50,000 characters (service limits page).

    Attributes:
        region: Of the resource, unless it is global; needed for a regional or multi-service one.
        category: Of a Custom Translator system; `general` is everybody's.
        allow_fallback: Whether the general system may answer where the category has none.
    """

    name: str = "azure"
    base_url: str = "https://api.cognitive.microsofttranslator.com"
    api_key_env: str = "AZURE_TRANSLATOR_KEY"
    region: str = ""
    category: str = _EVERYBODYS
    allow_fallback: bool = False

    vendor = "Microsoft"
    most_texts = 1_000
    most_size = 50_000
    own_codes = _CODES

    def options(self) -> Facts:
        """The version of the API, and which system of the resource."""
        return {
            "api": _VERSION,
            "category": self.category,
            "allow_fallback": self.allow_fallback,
        }

    def connect(self) -> Http:
        """The key and the region go into headers."""
        headers = {
            "Ocp-Apim-Subscription-Key": self.key(),
            "Content-Type": "application/json; charset=UTF-8",
            **given(**{"Ocp-Apim-Subscription-Region": self.region or None}),
        }
        return Http(self.base_url, headers, self.timeout)

    def ask(self, client: Http, texts: Texts, source: str, target: str) -> Sequence[str]:
        """Asks for plain text."""
        params = {"api-version": _VERSION, "from": source, "to": target, "textType": "plain"}
        if self.category != _EVERYBODYS:
            fallback = str(self.allow_fallback).lower()
            params |= {"category": self.category, "allowFallback": fallback}
        answer = client.post("/translate", [{"Text": text} for text in texts], params=params)
        return texts_at(answer, EACH, "translations", FIRST, "text")

    def understood(self, error: RequestError) -> RequestError:
        """Reads `{"error": {"code", "message"}}`: a pair that it refuses concerns all texts."""
        code = error_of(error).get("code")
        if isinstance(code, int):
            error.detail = f"{error.detail} ({code})"
            error.stops_the_run = error.stops_the_run or code in _CONCERN_ALL
        return error.exhaust() if code == _QUOTA_EXCEEDED else error
