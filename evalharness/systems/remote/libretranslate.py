"""LibreTranslate, on one's own machine or hosted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evalharness.systems.remote.dispatch import Texts
from evalharness.systems.remote.errors import RequestError
from evalharness.systems.remote.fields import EACH, texts_at
from evalharness.systems.remote.http import Http
from evalharness.systems.remote.vendor import VendorSystem, given
from evalharness.values.outputs import Facts

_CODES = {"pt-BR": "pt-BR", "zh": "zh-Hans"}


@dataclass(frozen=True)
class LibreTranslateSystem(VendorSystem):
    """Asks `POST /translate`.

    How much a server takes at once its operator decides (`--char-limit`, `--batch-limit`), and
    which languages: `GET /frontend/settings` and `GET /languages` tell.
    """

    name: str = "libretranslate"
    base_url: str = "http://localhost:5000"
    texts_per_request: int = 10
    size_per_request: int = 2000

    vendor = "the server's operator"
    own_codes = _CODES

    def options(self) -> Facts:
        """It has none that change a translation."""
        return {}

    def how_to_start(self) -> str:
        """The command that starts one."""
        return "start it (libretranslate --load-only tr,ar,en), or give another model.base_url="

    def connect(self) -> Http:
        """The key goes into the body of each request."""
        return Http(self.base_url, {}, self.timeout)

    def ask(self, client: Http, texts: Texts, source: str, target: str) -> Sequence[str]:
        """Asks for plain text."""
        body = {"q": list(texts), "source": source, "target": target, "format": "text"}
        key = self.key() if self.api_key_env else None
        answer = client.post("/translate", body | given(api_key=key))
        return texts_at(answer, "translatedText", EACH)

    def understood(self, error: RequestError) -> RequestError:
        """Reads `{"error": ...}`: a missing key or an unknown language concerns all texts."""
        detail = error.detail
        if error.status == 400 and "API key" in detail:
            error.status, error.stops_the_run = None, True
        elif error.status == 400 and ("not supported" in detail or "not available" in detail):
            error.stops_the_run = True
        return error
