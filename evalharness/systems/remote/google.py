"""Google Cloud Translation, Basic (v2): the version that takes an API key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalharness.systems.remote.dispatch import Texts
from evalharness.systems.remote.errors import RequestError, error_of
from evalharness.systems.remote.fields import EACH, texts_at
from evalharness.systems.remote.http import Http
from evalharness.systems.remote.vendor import VendorSystem, given
from evalharness.values.outputs import Facts

_VERSION = "v2"
_CODES = {
    "fr-CA": "fr-CA",
    "kmr": "ku",
    "nb": "no",
    "pt-BR": "pt-BR",
    "pt-PT": "pt-PT",
    "zh": "zh-CN",
    "zh-Hant": "zh-TW",
}
# An exceeded quota is a 403 (https://cloud.google.com/translate/quotas); one of these two passes.
_PER_MINUTE = {"rateLimitExceeded", "userRateLimitExceeded"}
_PER_DAY = {"dailyLimitExceeded", "quotaExceeded"}


@dataclass(frozen=True)
class GoogleSystem(VendorSystem):
    """Asks `POST /language/translate/v2`.

    A request takes 128 strings (reference of the method) and 100 KB (quotas page), which 25,000
    characters never exceed; the quotas page recommends 5,000.

    Attributes:
        model: `nmt`; `None` for the service's choice.
    """

    name: str = "google"
    base_url: str = "https://translation.googleapis.com"
    api_key_env: str = "GOOGLE_API_KEY"
    model: str | None = "nmt"

    vendor = "Google"
    most_texts = 128
    most_size = 25_000
    own_codes = _CODES

    def options(self) -> Facts:
        """The version of the API, and the model."""
        return {"api": _VERSION, "model": self.model}

    def connect(self) -> Http:
        """The key goes into a header: addresses are logged."""
        return Http(self.base_url, {"X-goog-api-key": self.key()}, self.timeout)

    def ask(self, client: Http, texts: Texts, source: str, target: str) -> Sequence[str]:
        """Asks for plain text, which comes back without HTML entities."""
        body = {"q": list(texts), "source": source, "target": target, "format": "text"}
        answer = client.post(f"/language/translate/{_VERSION}", body | given(model=self.model))
        return texts_at(answer, "data", "translations", EACH, "translatedText")

    def understood(self, error: RequestError) -> RequestError:
        """Tells quotas, which are 403 too, from a refused key, and a refused pair from texts.

        The body is `{"error": {"code", "message", "errors": [{"reason", ...}]}}`.
        """
        errors = error_of(error).get("errors")
        listed = errors if isinstance(errors, list) else []
        reasons = {str(one.get("reason")) for one in listed if isinstance(one, Mapping)}
        if error.status == 403 and reasons & _PER_MINUTE:
            error.reason, error.may_pass, error.stops_the_run = "quota per minute", True, False
        elif error.status == 403 and reasons & _PER_DAY:
            return error.exhaust()
        elif error.status == 400 and "language" in error.detail.lower():
            error.stops_the_run = True
        return error
