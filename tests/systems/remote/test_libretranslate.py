"""LibreTranslate, as its server's source (libretranslate/app.py) speaks."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from evalharness.errors import EvalHarnessError
from evalharness.systems import Failure
from evalharness.systems.remote import LibreTranslateSystem

from .vendors import KEY, PROTOCOLS, bodies, made, replied, texts_made, url

pytestmark = pytest.mark.usefixtures("keys")
PROTOCOL = PROTOCOLS["libretranslate"]
REQUEST = {"q": ["kırmızı elma", "deniz"], "source": "tr", "target": "en", "format": "text"}


def test_a_request_is_what_the_server_reads(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    assert texts_made(PROTOCOL.system(httpserver), REQUEST["q"]) == ["KIRMIZI ELMA", "DENIZ"]
    ((request, _),) = httpserver.log
    assert (request.method, request.full_path) == ("POST", "/translate?")
    assert request.headers["Content-Type"] == "application/json"
    assert bodies(httpserver) == [{**REQUEST, "api_key": KEY}]


def test_a_server_of_ones_own_needs_no_key(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    system = LibreTranslateSystem(base_url=url(httpserver))
    assert system.missing_to_translate() is None
    texts_made(system, REQUEST["q"])
    assert bodies(httpserver) == [REQUEST]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Visit https://portal.libretranslate.com to get an API key", r"model\.api_key_env="),
        ("tr is not supported", r"model\.languages="),
        ("English (en) is not available as a target language from Turkish (tr)", "testset="),
    ],
)
def test_what_no_other_request_would_mend_stops_the_run(
    httpserver: HTTPServer, message: str, shown: str
):
    PROTOCOL.serve(httpserver, replied({"error": message}, 400))
    system = LibreTranslateSystem(base_url=url(httpserver), texts_per_request=1)
    with pytest.raises(EvalHarnessError, match=shown) as error:
        made(system, ["elma", "deniz"])
    assert message in str(error.value)
    assert len(httpserver.log) == 1


def test_a_request_that_is_too_large_for_the_server_fails_alone(
    httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
):
    message = "Invalid request: request (30) exceeds text limit (20)"
    PROTOCOL.serve(httpserver, replied({"error": message}, 400))
    system = PROTOCOL.system(httpserver, texts_per_request=1)
    assert made(system, ["elma", "deniz"])[0] == Failure("HTTP 400")
    assert message in caplog.text


def test_a_single_text_is_no_answer_to_a_list(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver, replied({"translatedText": "AB"}))
    assert texts_made(PROTOCOL.system(httpserver), ["a", "b"]) == ["A", "B"]
    assert len(httpserver.log) == 2


def test_an_absent_server_is_told_with_the_command_that_starts_one():
    system = LibreTranslateSystem(base_url="http://127.0.0.1:9")
    with pytest.raises(EvalHarnessError, match="libretranslate --load-only"):
        made(system, ["elma"])
