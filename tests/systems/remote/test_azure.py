"""Azure Translator v3.0, as its reference on learn.microsoft.com describes it."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from evalharness.errors import EvalHarnessError

from .vendors import KEY, PROTOCOLS, bodies, made, replied, texts_made

pytestmark = pytest.mark.usefixtures("keys")
PROTOCOL = PROTOCOLS["azure"]


def test_a_request_is_what_the_api_documents(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    system = PROTOCOL.system(httpserver, region="westeurope")
    assert texts_made(system, ["kırmızı elma", "deniz"]) == ["KIRMIZI ELMA", "DENIZ"]
    ((request, _),) = httpserver.log
    assert (request.method, request.path) == ("POST", "/translate")
    assert request.args.to_dict() == {
        "api-version": "3.0",
        "from": "tr",
        "to": "en",
        "textType": "plain",
    }
    assert request.headers["Ocp-Apim-Subscription-Key"] == KEY
    assert request.headers["Ocp-Apim-Subscription-Region"] == "westeurope"
    assert request.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert bodies(httpserver) == [[{"Text": "kırmızı elma"}, {"Text": "deniz"}]]


def test_a_global_resource_has_no_region_and_a_custom_system_a_category(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    system = PROTOCOL.system(httpserver, category="abc-TECH")
    texts_made(system, ["elma"])
    ((request, _),) = httpserver.log
    assert "Ocp-Apim-Subscription-Region" not in request.headers
    assert (request.args["category"], request.args["allowFallback"]) == ("abc-TECH", "false")
    assert system.fingerprint("tr", "en") != PROTOCOL.system(httpserver).fingerprint("tr", "en")


@pytest.mark.parametrize(
    ("code", "message", "shown"),
    [
        (400036, "The target language is not valid.", r"not valid\. \(400036\).*model\.languages="),
        (400079, "The custom system does not exist.", r"not exist\. \(400079\)"),
        (403001, "It has exceeded its free quota.", "quota used up: It has exceeded"),
    ],
)
def test_what_no_other_request_would_mend_stops_the_run(
    httpserver: HTTPServer, code: int, message: str, shown: str
):
    reported = {"error": {"code": code, "message": message}}
    PROTOCOL.serve(httpserver, replied(reported, code // 1000))
    with pytest.raises(EvalHarnessError, match=shown):
        made(PROTOCOL.system(httpserver, texts_per_request=1), ["elma", "deniz"])
    assert len(httpserver.log) == 1


def test_a_custom_system_that_is_not_ready_yet_is_asked_again(httpserver: HTTPServer):
    message = {"error": {"code": 408001, "message": "The translation system is being prepared."}}
    PROTOCOL.serve(httpserver, replied(message, 408))
    assert texts_made(PROTOCOL.system(httpserver), ["elma"]) == ["ELMA"]
