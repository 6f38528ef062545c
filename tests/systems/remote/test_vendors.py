"""What holds for every rented translator, whatever its protocol."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from evalharness.errors import EvalHarnessError
from evalharness.systems import Failure
from evalharness.systems.remote import AzureSystem

from ...conftest import CommandLine, files_below, text_testset
from .vendors import KEY, PROTOCOLS, bodies, cut, half, made, replied, texts_made, url

pytestmark = pytest.mark.usefixtures("keys")
every = pytest.mark.parametrize("name", PROTOCOLS)
TEXTS = [f"elma {n}" for n in range(12)]
CAPITALS = [text.upper() for text in TEXTS]


@every
def test_whatever_happens_on_the_way_nothing_is_lost_and_order_is_kept(
    httpserver: HTTPServer, name: str
):
    protocol = PROTOCOLS[name]
    faults = [
        Response("<html>Sign in</html>", content_type="text/html"),
        Response("<html>Bad gateway</html>", 502, content_type="text/html"),
        replied({"message": "slow down"}, 429, Retry_After="0"),
        replied({}, 500),
        replied({"ok": True}),
        half(protocol.answer(["X" * 99])),
        cut,
    ]
    if name != "amazon":
        faults += [
            lambda request: replied(protocol.reply(request, keep=0)),
            lambda request: replied(protocol.answer(["A", "B", "C"])),
        ]
    # One answer first: until then only one request is on its way, and all faults would be its.
    protocol.serve(httpserver, lambda request: replied(protocol.reply(request)), *faults)
    system = protocol.system(httpserver, texts_per_request=1)
    assert texts_made(system, TEXTS) == CAPITALS
    assert len(httpserver.log) == len(TEXTS) + len(faults)


@pytest.mark.sweep
@every
def test_what_fails_for_good_says_why(httpserver: HTTPServer, name: str):
    protocol = PROTOCOLS[name]
    protocol.serve(httpserver, *[replied({}, 500) for _ in range(2)])
    system = protocol.system(httpserver, texts_per_request=1, max_retries=1)
    first, *others = made(system, TEXTS[:3])
    assert first == Failure("HTTP 500")
    assert not any(isinstance(text, Failure) for text in others)


@every
def test_the_server_is_left_alone_as_long_as_it_asks(httpserver: HTTPServer, name: str):
    protocol = PROTOCOLS[name]
    protocol.serve(httpserver, replied({}, 429, Retry_After="60"))
    late = Failure("not done within the deadline of 0.5 s")
    assert made(protocol.system(httpserver, deadline=0.5), ["elma"]) == [late]
    assert len(httpserver.log) == 1


@pytest.mark.sample
@every
@pytest.mark.parametrize("wait", ["601", "86400", "1e300"])
def test_a_server_that_asks_for_a_long_wait_is_not_waited_for(
    httpserver: HTTPServer, name: str, wait: str
):
    protocol = PROTOCOLS[name]
    protocol.serve(httpserver, replied({"message": "full"}, 429, Retry_After=wait))
    with pytest.raises(EvalHarnessError) as told:
        made(protocol.system(httpserver, texts_per_request=1), TEXTS)
    minutes = f"asks to wait {float(wait) / 60:.4g} minutes: full"
    assert f"HTTP 429 and a wait of more than 10 minutes: the server {minutes}" in str(told.value)
    assert "the same command then goes on" in str(told.value)
    assert len(httpserver.log) == 1


@every
def test_a_long_wait_on_the_way_keeps_what_came(
    httpserver: HTTPServer, name: str, caplog: pytest.LogCaptureFixture
):
    protocol = PROTOCOLS[name]
    later = format_datetime(datetime.now(UTC) + timedelta(days=2), usegmt=True)
    faults = [lambda request: replied(protocol.reply(request)), replied({}, 503, Retry_After=later)]
    protocol.serve(httpserver, *faults)
    system = protocol.system(httpserver, texts_per_request=1, concurrency=1)
    first, *others = made(system, TEXTS)
    assert not isinstance(first, Failure)
    assert set(others) == {Failure("HTTP 503 and a wait of more than 10 minutes")}
    assert len(httpserver.log) == 2
    assert "the server asks to wait 2880 minutes" in caplog.text


@pytest.mark.sample
@pytest.mark.parametrize(
    ("name", "answer", "lacks"),
    [
        ("deepl", None, "the answer is null, not an object"),
        ("deepl", {}, "the answer has no translations"),
        ("deepl", {"translations": None}, "translations is null, not a list"),
        ("deepl", {"translations": [None]}, "translations[0] is null, not an object"),
        ("deepl", {"translations": [{"text": None}]}, "translations[0].text is null, not a text"),
        ("google", {"data": None}, "data is null, not an object"),
        ("google", {"data": {}}, "data has no translations"),
        (
            "google",
            {"data": {"translations": [{"translatedText": None}]}},
            "data.translations[0].translatedText is null, not a text",
        ),
        ("azure", None, "the answer is null, not a list"),
        ("azure", [{"translations": []}], "the answer[0].translations is empty"),
        ("azure", [{"translations": None}], "the answer[0].translations is null, not a list"),
        ("libretranslate", {"translatedText": "x"}, "translatedText is a text, not a list"),
        ("libretranslate", {"translatedText": [5]}, "translatedText[0] is a number, not a text"),
        ("amazon", {"TranslatedText": None}, "TranslatedText is null, not a text"),
        ("amazon", [], "the answer is a list, not an object"),
    ],
)
def test_an_answer_without_a_translation_says_what_it_lacks(
    httpserver: HTTPServer,
    caplog: pytest.LogCaptureFixture,
    name: str,
    answer: object,
    lacks: str,
):
    protocol = PROTOCOLS[name]
    protocol.serve(httpserver, replied(answer))
    assert made(protocol.system(httpserver, max_retries=0), ["elma"]) == [
        Failure("unreadable answer")
    ]
    assert f"{name}: unreadable answer: {lacks}" in caplog.messages


@pytest.mark.sample
@every
@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refused_key_stops_the_run_and_is_not_shown(
    httpserver: HTTPServer, name: str, status: int
):
    protocol = PROTOCOLS[name]
    message = {"message": f"no {KEY}", "error": {"code": status, "message": f"no {KEY}"}}
    protocol.serve(httpserver, replied(message, status))
    with pytest.raises(EvalHarnessError) as shown:
        made(protocol.system(httpserver, texts_per_request=1), TEXTS)
    assert "no ***" in str(shown.value)
    assert KEY not in f"{shown.value!r}{vars(shown.value)}"
    assert len(httpserver.log) == 1


@every
def test_a_server_that_is_not_there_is_told_at_once(name: str):
    protocol = PROTOCOLS[name]
    system = protocol.kind(**{**protocol.options, "base_url": "http://127.0.0.1:9"})
    with pytest.raises(EvalHarnessError, match=r"127\.0\.0\.1:9: cannot be reached") as shown:
        made(system, TEXTS)
    assert "model.base_url=" in str(shown.value)


@every
def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer, name: str):
    protocol = PROTOCOLS[name]
    variable = "AWS_ACCESS_KEY_ID" if name == "amazon" else protocol.variable
    monkeypatch.delenv(protocol.variable)
    monkeypatch.delenv(variable, raising=False)
    reason = protocol.system(httpserver).missing_to_translate()
    assert reason is not None
    assert f"the environment variable {variable} is not set" in reason


@pytest.mark.sweep
@every
def test_a_run_says_when_it_asked_and_never_shows_the_key(
    evalharness: CommandLine,
    tmp_path: Path,
    httpserver: HTTPServer,
    caplog: pytest.LogCaptureFixture,
    name: str,
):
    caplog.set_level(logging.DEBUG)
    protocol = PROTOCOLS[name]
    refused = {"message": f"you sent {KEY}", "error": f"you sent {KEY}"}
    protocol.serve(httpserver, replied({}, 500), replied(refused, 400))
    for file in ("src.txt", "ref.txt"):
        (tmp_path / file).write_text("\n".join(TEXTS), encoding="utf-8")
    options = [f"model.{option}={value}" for option, value in protocol.options.items()]
    arguments = [f"model={name}", f"model.base_url={url(httpserver)}", *options, "debug=true"]
    arguments += ["testset=text", *text_testset("src.txt", "ref.txt"), "metric=[chrf]"]
    arguments += ["model.price_per_million_characters=20", "bootstrap.resamples=40"]
    first = evalharness(*arguments, "model.texts_per_request=1")
    assert (first.code, "HTTP 400 (1)" in " ".join(first.out.split())) == (1, True), first.err
    asked = len(httpserver.log)
    second = evalharness(*arguments, "model.texts_per_request=1")
    assert (second.code, len(httpserver.log)) == (0, asked + 1), second.err
    message = " ".join(second.out.split())
    assert "may change its models without notice" in message
    today = datetime.now(UTC).date()
    assert f"answers of {today}" in message
    written = files_below(tmp_path)
    (run,) = [json.loads(item) for path, item in written.items() if path.endswith("run.json")]
    assert run["usage"]["all"]["cost"] == pytest.approx(20 * sum(map(len, TEXTS)) / 1e6)
    everything = [first.out, first.err, second.out, second.err, caplog.text, str(written)]
    everything += [str(vars(record)) for record in caplog.records]
    assert not [where for where in everything if KEY in where]


@pytest.mark.sweep
def test_the_note_tells_the_days_of_the_answers_and_not_todays(
    evalharness: CommandLine, tmp_path: Path, httpserver: HTTPServer
):
    PROTOCOLS["azure"].serve(httpserver)
    for file in ("src.txt", "ref.txt"):
        (tmp_path / file).write_text("elma\narmut\ndeniz\n", encoding="utf-8")
    arguments = ["model=azure", f"model.base_url={url(httpserver)}", "metric=[chrf]"]
    arguments += ["testset=text", *text_testset("src.txt", "ref.txt"), "bootstrap.resamples=40"]
    assert evalharness(*arguments, "limit=2").code == 0
    (path,) = (tmp_path / "results/store").rglob("*.jsonl")
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    today = datetime.now(UTC).date().isoformat()
    assert [line.pop("day") for line in lines] == [today, today]
    # As an earlier evalharness wrote it, and as this one did on another day.
    lines[1]["day"] = "2026-01-05"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for limit in ("2", "3"):
        assert evalharness(*arguments, f"limit={limit}").code == 0
    written = files_below(tmp_path)
    runs = [json.loads(item) for name, item in written.items() if name.endswith("run.json")]
    found = sorted(note.partition("first answers")[2] for run in runs for note in run["notes"])
    assert found == [" of 2026-01-05", f" of 2026-01-05 to {today}"]
    asked = [text for body in bodies(httpserver) for text in (item["Text"] for item in body)]
    assert sorted(asked) == ["armut", "deniz", "elma"]


@every
def test_the_fingerprint_needs_no_key_and_tells_endpoints_and_pairs_apart(
    monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer, name: str
):
    protocol = PROTOCOLS[name]
    monkeypatch.delenv(protocol.variable)
    here = protocol.system(httpserver)
    elsewhere = protocol.kind(**{**protocol.options, "base_url": "https://example.org"})
    # Neither what fills a request nor how fast it is asked changes a translation.
    faster = protocol.system(httpserver, texts_per_request=1, concurrency=2, max_retries=1)
    facts = here.fingerprint("tr", "en")
    assert facts == faster.fingerprint("tr", "en") == json.loads(json.dumps(facts))
    others = [elsewhere.fingerprint("tr", "en"), here.fingerprint("ar", "en")]
    assert facts not in others


@every
def test_turkish_arabic_and_english_are_there_and_a_language_is_not_translated_into_itself(
    name: str,
):
    system = PROTOCOLS[name].kind(languages=listed(name))
    assert system.supports("tr", "en")
    assert system.supports("ar-EG", "en-GB")
    assert system.supports("en", "ar")
    assert not system.supports("en-GB", "en-US")


@pytest.mark.parametrize("name", ["deepl", "azure", "amazon"])
def test_a_language_that_the_service_does_not_have_is_an_error_before_anything_is_asked(
    evalharness: CommandLine, small: list[str], name: str
):
    shown = evalharness(f"model={name}", *small, "testset.source_lang=ace-Arab")
    assert shown.code == 2
    assert "does not translate Acehnese (Arabic script) into English" in shown.err
    assert "model.languages=" in shown.err


def test_requests_hold_as_many_texts_as_the_options_say(httpserver: HTTPServer):
    PROTOCOLS["azure"].serve(httpserver)
    system = AzureSystem(base_url=url(httpserver), texts_per_request=3, size_per_request=20)
    texts = ["a" * 8, "b" * 8, "c" * 8, "d", "e", "f", "g" * 30]
    assert texts_made(system, texts) == [text.upper() for text in texts]
    assert sorted(len(body) for body in bodies(httpserver)) == [1, 1, 2, 3]


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        ("deepl", "texts_per_request", 51),
        ("deepl", "size_per_request", 128 * 1024),
        ("google", "texts_per_request", 129),
        ("google", "size_per_request", 30_001),
        ("azure", "texts_per_request", 1001),
        ("azure", "size_per_request", 50_001),
        ("libretranslate", "texts_per_request", 0),
        ("amazon", "texts_per_request", 2),
        ("amazon", "size_per_request", 10_001),
    ],
)
def test_more_than_the_service_takes_is_refused(name: str, option: str, value: int):
    with pytest.raises(EvalHarnessError, match=f"{option}: {value} is"):
        PROTOCOLS[name].kind(**{option: value})


@every
def test_a_text_that_is_too_large_is_sent_sentence_by_sentence_and_never_cut(
    httpserver: HTTPServer, name: str
):
    protocol = PROTOCOLS[name]
    protocol.serve(httpserver)
    limit = protocol.kind.most_size or 2000
    sentence = "Kedi " * (limit // 40) + "geldi."
    long = " ".join(f"{n} {sentence}" for n in range(24))
    too_long = "x" * (limit + 1)
    system = protocol.system(httpserver)
    pieces = system.pieces(long, "tr")
    assert " ".join(pieces) == long
    assert 1 < len(pieces) < 24
    assert system.pieces("elma", "tr") == ("elma",)
    assert system.pieces(too_long, "tr") == [too_long]
    texts = [*pieces, too_long]
    *sent, last = made(system, texts)
    assert " ".join(item.text for item in sent) == long.upper()
    assert last == Failure(f"a sentence of more than {limit} {system.unit}")
    assert not any(too_long in text for body in bodies(httpserver) for text in protocol.texts(body))


def test_a_text_that_is_too_large_does_not_hide_that_the_key_is_refused(httpserver: HTTPServer):
    PROTOCOLS["azure"].serve(httpserver, replied({}, 401))
    with pytest.raises(EvalHarnessError, match="HTTP 401"):
        made(PROTOCOLS["azure"].system(httpserver), ["x" * 50_001, "elma"])


def test_codes_are_the_services_own():
    codes = {name: protocol.kind(languages=listed(name)) for name, protocol in PROTOCOLS.items()}
    wanted = {
        "deepl": {"tr": "tr", "ar-EG": "ar", "zh-TW": "zh-Hant", "sr-Latn": None},
        "google": {"tr": "tr", "ar-EG": "ar", "zh-TW": "zh-TW", "nb": "no", "pt-PT": "pt-PT"},
        "azure": {"tr": "tr", "zh": "zh-Hans", "zh-HK": "zh-Hant", "sr": "sr-Cyrl",
                  "sr-Latn": "sr-Latn", "ku": "kmr", "ckb": "ku", "fil": "fil", "pt-PT": "pt-pt"},
        "libretranslate": {"tr": "tr", "zh": "zh-Hans", "zh-Hant": "zh-Hant", "en-GB": "en"},
        "amazon": {"tr": "tr", "zh-HK": "zh-TW", "prs": "fa-AF", "nb": "no", "fr-CA": "fr-CA",
                   "sr-Latn": None, "fil": "tl"},
    }  # fmt: skip
    found = {name: {tag: codes[name].code(tag) for tag in text} for name, text in wanted.items()}
    assert found == wanted


def listed(name: str) -> list[str] | None:
    from omegaconf import OmegaConf

    from ...conftest import ROOT

    languages = OmegaConf.load(ROOT / "conf" / "model" / f"{name}.yaml").languages
    return None if languages is None else list(languages)
