"""Google Cloud Translation Basic, as the reference of its method `translate` (v2) describes it."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from evalharness.errors import EvalHarnessError

from .vendors import KEY, PROTOCOLS, bodies, made, replied, texts_made

pytestmark = pytest.mark.usefixtures("keys")
PROTOCOL = PROTOCOLS["google"]


def refusal(code: int, message: str, reason: str) -> dict[str, object]:
    """An error as the service writes it."""
    errors = [{"message": message, "domain": "global", "reason": reason}]
    return {"error": {"code": code, "message": message, "errors": errors}}


def test_a_request_is_what_the_api_documents(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    texts = ["kırmızı <elma> & armut", "deniz"]
    assert texts_made(PROTOCOL.system(httpserver), texts) == [text.upper() for text in texts]
    ((request, _),) = httpserver.log
    assert (request.method, request.full_path) == ("POST", "/language/translate/v2?")
    assert request.headers["X-goog-api-key"] == KEY
    assert KEY not in request.url
    assert request.headers["Content-Type"] == "application/json"
    assert bodies(httpserver) == [
        {"q": texts, "source": "tr", "target": "en", "format": "text", "model": "nmt"}
    ]


def test_the_model_is_in_the_fingerprint(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    system = PROTOCOL.system(httpserver, model=None)
    texts_made(system, ["elma"])
    assert "model" not in bodies(httpserver)[0]
    assert system.fingerprint("tr", "en") != PROTOCOL.system(httpserver).fingerprint("tr", "en")


def test_the_quota_of_a_minute_passes(httpserver: HTTPServer):
    message = refusal(403, "User Rate Limit Exceeded", "userRateLimitExceeded")
    PROTOCOL.serve(httpserver, replied(message, 403))
    assert texts_made(PROTOCOL.system(httpserver), ["elma"]) == ["ELMA"]


@pytest.mark.parametrize(
    ("code", "message", "reason", "shown"),
    [
        (403, "Daily Limit Exceeded", "dailyLimitExceeded", "quota used up: Daily Limit Exceeded"),
        (403, "Requests are blocked", "forbidden", "HTTP 403: Requests are blocked"),
        (400, "Bad language pair: tr|xx", "badRequest", r"pair: tr\|xx.*model\.languages="),
    ],
)
def test_what_no_other_request_would_mend_stops_the_run(
    httpserver: HTTPServer, code: int, message: str, reason: str, shown: str
):
    PROTOCOL.serve(httpserver, replied(refusal(code, message, reason), code))
    with pytest.raises(EvalHarnessError, match=shown):
        made(PROTOCOL.system(httpserver, texts_per_request=1), ["elma", "deniz"])
    assert len(httpserver.log) == 1


def test_no_request_is_larger_than_the_api_takes(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    texts = [f"{n} " + "苹果" * 600 for n in range(130)]
    system = PROTOCOL.system(httpserver, texts_per_request=128, size_per_request=25_000)
    assert texts_made(system, texts, "zh", "en") == texts
    assert all(len(body["q"]) <= 128 for body in bodies(httpserver))
    assert max(len(request.get_data()) for request, _ in httpserver.log) <= 100_000
    assert {body["source"] for body in bodies(httpserver)} == {"zh-CN"}
