"""DeepL, as https://developers.deepl.com describes it."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from evalharness.errors import EvalHarnessError
from evalharness.systems import Failure
from evalharness.systems.remote import DeeplSystem
from evalharness.systems.remote.deepl import Formality, SplitSentences

from .raw_server import serving_bytes
from .vendors import KEY, PROTOCOLS, bodies, made, replied, texts_made, url

pytestmark = pytest.mark.usefixtures("keys")
PROTOCOL = PROTOCOLS["deepl"]


def test_a_request_is_what_the_api_documents(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    assert texts_made(PROTOCOL.system(httpserver), ["kırmızı elma", "deniz"]) == [
        "KIRMIZI ELMA",
        "DENIZ",
    ]
    ((request, _),) = httpserver.log
    assert (request.method, request.full_path) == ("POST", "/v2/translate?")
    assert request.headers["Authorization"] == f"DeepL-Auth-Key {KEY}"
    assert request.headers["Content-Type"] == "application/json"
    assert bodies(httpserver) == [
        {
            "text": ["kırmızı elma", "deniz"],
            "source_lang": "TR",
            "target_lang": "EN-US",
            "show_billed_characters": True,
        }
    ]


def test_options_are_passed_through_and_change_the_fingerprint(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    options = {
        "formality": Formality.prefer_more,
        "glossary": "def3a26b-3e84-45b3-84ae-0c0aaf3525f7",
        "context": "Fruit.",
        "split_sentences": SplitSentences.off,
        "preserve_formatting": True,
        "model_type": "quality_optimized",
    }
    system = PROTOCOL.system(httpserver, **options)
    texts_made(system, ["elma"])
    (body,) = bodies(httpserver)
    assert body.pop("glossary_id") == options["glossary"]
    sent = {"formality": "prefer_more", "context": "Fruit.", "split_sentences": "0"}
    sent |= {"preserve_formatting": True, "model_type": "quality_optimized"}
    assert body.items() >= sent.items()
    plain = PROTOCOL.system(httpserver).fingerprint("tr", "en")
    for option, value in options.items():
        assert PROTOCOL.system(httpserver, **{option: value}).fingerprint("tr", "en") != plain


@pytest.mark.parametrize(
    ("pair", "codes"),
    [
        (("tr", "en-GB"), ("TR", "EN-GB")),
        (("ar-EG", "en"), ("AR", "EN-US")),
        (("en-US", "pt"), ("EN", "PT-BR")),
        (("pt-BR", "pt-PT"), None),
        (("pt-BR", "tr"), ("PT", "TR")),
        (("en", "pt-PT"), ("EN", "PT-PT")),
        (("zh-TW", "en"), ("ZH", "EN-US")),
        (("en", "zh"), ("EN", "ZH-HANS")),
        (("en", "zh-HK"), ("EN", "ZH-HANT")),
    ],
)
def test_sources_have_no_variant_and_targets_one(
    httpserver: HTTPServer, pair: tuple[str, str], codes: tuple[str, str] | None
):
    from .test_vendors import listed

    PROTOCOL.serve(httpserver)
    system = PROTOCOL.system(httpserver, languages=listed("deepl"))
    if codes is None:
        assert not system.supports(*pair)
        return
    assert system.supports(*pair)
    texts_made(system, ["x"], *pair)
    (body,) = bodies(httpserver)
    assert (body["source_lang"], body["target_lang"]) == codes


def test_british_english_by_option(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    texts_made(PROTOCOL.system(httpserver, variants={"en": "en-GB"}), ["elma"])
    assert bodies(httpserver)[0]["target_lang"] == "EN-GB"


def test_a_free_key_goes_to_the_free_service(monkeypatch: pytest.MonkeyPatch):
    # A name cannot be looked up here; a proxy is asked for it, and would be told the host.
    with serving_bytes(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") as asked:
        monkeypatch.setenv("HTTPS_PROXY", asked.url)
        for key in (KEY, f"{KEY}:fx"):
            monkeypatch.setenv("DEEPL_API_KEY", key)
            with pytest.raises(EvalHarnessError, match=r"cannot be reached"):
                made(DeeplSystem(), ["elma"])
    assert [head.split()[:2] for head in asked.heads] == [
        [b"CONNECT", b"api.deepl.com:443"],
        [b"CONNECT", b"api-free.deepl.com:443"],
    ]


def test_a_quota_that_is_used_up_stops_the_run(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver, replied({"message": "Quota exceeded"}, 456))
    with pytest.raises(EvalHarnessError, match=r"quota used up: Quota exceeded.*billing period"):
        made(PROTOCOL.system(httpserver, texts_per_request=1), ["elma", "deniz"])
    assert len(httpserver.log) == 1


def test_a_quota_that_is_used_up_on_the_way_keeps_what_came(httpserver: HTTPServer):
    PROTOCOL.serve(
        httpserver,
        lambda request: replied(PROTOCOL.reply(request)),
        replied({"message": "Quota exceeded"}, 456),
    )
    system = PROTOCOL.system(httpserver, texts_per_request=1, concurrency=1)
    assert made(system, ["elma", "deniz"])[1] == Failure("quota used up")
    assert len(httpserver.log) == 2


def test_an_unknown_pair_stops_the_run(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver, replied({"message": "Value for 'target_lang' not supported."}, 400))
    with pytest.raises(EvalHarnessError, match=r"not supported.*model\.languages="):
        made(PROTOCOL.system(httpserver, texts_per_request=1), ["elma", "deniz"])


def test_a_missing_translation_is_not_taken_for_an_empty_one(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver, replied({"translations": [{"billed_characters": 4}]}))
    assert texts_made(PROTOCOL.system(httpserver), ["elma"]) == ["ELMA"]
    assert len(httpserver.log) == 2


def test_no_request_is_larger_than_the_api_takes(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    texts = [f"{n} " + "تفاحة " * 500 for n in range(60)]
    system = PROTOCOL.system(
        httpserver, texts_per_request=50, size_per_request=120_000, context="x" * 7900
    )
    assert texts_made(system, texts) == [text.upper() for text in texts]
    sizes = [len(request.get_data()) for request, _ in httpserver.log]
    assert max(sizes) <= 128 * 1024
    with pytest.raises(EvalHarnessError, match="context: more than"):
        PROTOCOL.system(httpserver, context="x" * 8001)


def test_many_at_a_time(httpserver: HTTPServer):
    PROTOCOL.serve(httpserver)
    texts = [f"elma {n}" for n in range(120)]
    system = DeeplSystem(base_url=url(httpserver), texts_per_request=2, concurrency=16)
    assert texts_made(system, texts) == [text.upper() for text in texts]
