"""Amazon Translate: what boto3 sends, and what becomes of the errors of its service model."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from evalharness.errors import EvalHarnessError
from evalharness.systems import Failure
from evalharness.systems.remote import AmazonSystem
from evalharness.systems.remote.amazon import Formality

from .vendors import PROTOCOLS, bodies, made, replied, texts_made

pytestmark = pytest.mark.usefixtures("keys")
PROTOCOL = PROTOCOLS["amazon"]


def test_a_request_is_what_the_api_documents(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    system = PROTOCOL.system(httpserver, region="eu-central-1")
    assert texts_made(system, ["kırmızı elma"]) == ["KIRMIZI ELMA"]
    ((request, _),) = httpserver.log
    assert (request.method, request.path) == ("POST", "/")
    assert request.headers["X-Amz-Target"] == "AWSShineFrontendService_20170701.TranslateText"
    assert request.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert "/eu-central-1/translate/aws4_request" in request.headers["Authorization"]
    assert bodies(httpserver) == [
        {"Text": "kırmızı elma", "SourceLanguageCode": "tr", "TargetLanguageCode": "en"}
    ]


def test_options_are_passed_through_and_change_the_fingerprint(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    options = {"formality": Formality.informal, "terminologies": ["fruit"]}
    texts_made(PROTOCOL.system(httpserver, **options), ["elma"])
    (body,) = bodies(httpserver)
    assert body["Settings"] == {"Formality": "INFORMAL"}
    assert body["TerminologyNames"] == ["fruit"]
    plain = PROTOCOL.system(httpserver).fingerprint("tr", "en")
    for option, value in options.items():
        assert PROTOCOL.system(httpserver, **{option: value}).fingerprint("tr", "en") != plain


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("TooManyRequestsException", 400),
        ("InternalServerException", 500),
        ("ServiceUnavailableException", 503),
    ],
)
def test_what_passes_is_asked_again_and_only_by_us(httpserver: HTTPServer, code: str, status: int):
    PROTOCOL.serve(httpserver, replied({"__type": code, "Message": "slow"}, status))
    assert texts_made(PROTOCOL.system(httpserver), ["elma"]) == ["ELMA"]
    assert len(httpserver.log) == 2
    PROTOCOL.serve(httpserver, replied({"__type": code, "Message": "slow"}, status))
    assert made(PROTOCOL.system(httpserver, max_retries=0), ["elma"]) == [Failure(code)]
    assert len(httpserver.log) == 3


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("UnrecognizedClientException", "check the AWS credentials"),
        ("AccessDeniedException", "check the AWS credentials"),
        ("ExpiredTokenException", "check the AWS credentials"),
        ("UnsupportedLanguagePairException", r"model\.languages="),
        ("ResourceNotFoundException", r"model\.terminologies="),
    ],
)
def test_what_no_other_request_would_mend_stops_the_run(
    httpserver: HTTPServer, code: str, shown: str
):
    PROTOCOL.serve(httpserver, replied({"__type": code, "message": "no"}, 400))
    with pytest.raises(EvalHarnessError, match=f"{code}: no.*{shown}"):
        made(PROTOCOL.system(httpserver), ["elma", "deniz"])
    assert len(httpserver.log) == 1


def test_a_refused_text_fails_alone(httpserver: HTTPServer):
    message = {"__type": "InvalidRequestException", "Message": "no"}
    PROTOCOL.serve(httpserver, replied(message, 400))
    first, second = made(PROTOCOL.system(httpserver), ["elma", "deniz"])
    assert first == Failure("InvalidRequestException")
    assert not isinstance(second, Failure)


def test_bytes_count_and_not_characters(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    system = PROTOCOL.system(httpserver)
    fits, too_long = "ş" * 5000, "ş" * 5001
    first, second = made(system, [fits, too_long])
    assert not isinstance(first, Failure)
    assert second == Failure("a sentence of more than 10000 bytes")


def test_keys_are_not_named_by_option():
    with pytest.raises(EvalHarnessError, match="AWS_ACCESS_KEY_ID"):
        AmazonSystem(api_key_env="SOME_KEY")


def test_a_region_that_is_none_is_told_in_one_line():
    with pytest.raises(EvalHarnessError, match=r"model\.region: .*'not a region'"):
        made(AmazonSystem(region="not a region"), ["elma"])
