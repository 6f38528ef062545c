"""Whatever a server says: a segment fails with a reason, or the run ends in one line."""

from __future__ import annotations

import gzip
import json
import re
import tracemalloc
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from evalharness.errors import EvalHarnessError
from evalharness.systems import Failure, Translation
from evalharness.systems.remote import ChatSystem, RemoteSystem
from evalharness.translation import translate

from ...finished import counted
from .chat_server import completion
from .raw_server import Answer, RawServer, http, serving_bytes, slowly
from .test_faults import bitext, stored
from .vendors import KEY, PROTOCOLS

pytestmark = [pytest.mark.usefixtures("keys"), pytest.mark.sweep]
SERVICES = ["chat", *PROTOCOLS]
every = pytest.mark.parametrize("name", SERVICES)


def system(name: str, server: RawServer, **options: Any) -> RemoteSystem:
    options = {"max_retries": 0, "base_url": server.url, **options}
    if name == "chat":
        return ChatSystem(model="m", prompt="{text}", **options)
    return PROTOCOLS[name].kind(**{**PROTOCOLS[name].options, **options})


def answered(name: str, body: Any, translations: list[str]) -> bytes:
    """A sound answer, in the service's protocol and in JSON of ASCII."""
    if name == "chat":
        return http(json.dumps(completion(translations[0])).encode())
    return http(json.dumps(PROTOCOLS[name].answer(translations)).encode())


def texts_of(name: str, body: Any) -> list[str]:
    return [body["messages"][-1]["content"]] if name == "chat" else PROTOCOLS[name].texts(body)


def made(name: str, answer: Answer, *texts: str, **options: Any) -> list[Any]:
    """What becomes of texts; of one if none is given."""
    with serving_bytes(answer) as server:
        found = dict(system(name, server, **options).translate(texts or ["elma"], "tr", "en"))
        return [found[position] for position in range(len(found))]


@every
@pytest.mark.parametrize("broken", ["Hello \ud83d", "\udc00", "a\0b"])
def test_half_a_character_fails_its_segment_alone_and_is_not_kept(
    tmp_path: Path, name: str, broken: str
):
    def answer(body: Any) -> bytes:
        return answered(
            name, body, [{"b": broken}.get(text, text) for text in texts_of(name, body)]
        )

    with serving_bytes(answer) as server:
        outcome = translate(system(name, server), bitext(["a", "b", "c"]), tmp_path)
    assert outcome.hypotheses == ("a", None, "c")
    assert counted(outcome, "failed") == {"the answer holds half a character, or NUL": 1}
    assert set(stored(tmp_path)) == {"a", "c"}


@every
def test_a_key_is_sent_where_the_service_wants_it_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, name: str
):
    """By the authentication pages of the references; the body of LibreTranslate holds it."""
    monkeypatch.setenv("CHAT_KEY", KEY)
    places = {
        "chat": f"Authorization: Bearer {KEY}\r\n",
        "deepl": f"Authorization: DeepL-Auth-Key {KEY}\r\n",
        "google": f"X-goog-api-key: {KEY}\r\n",
        "azure": f"Ocp-Apim-Subscription-Key: {KEY}\r\n",
        "libretranslate": f'"api_key":"{KEY}"',
        "amazon": "Authorization: AWS4-HMAC-SHA256 Credential=AKIAFAKE0123456789/",
    }
    with serving_bytes(lambda body: answered(name, body, texts_of(name, body))) as server:
        options = {"api_key_env": "CHAT_KEY"} if name == "chat" else {}
        list(system(name, server, **options).translate(["çilek"], "tr", "en"))
        sent = (server.heads[0] + server.asked[0]).decode()
    assert sent.startswith("POST /")
    assert sent.count(places[name]) == 1
    assert sent.count(KEY) == (name != "amazon")  # which is signed with it
    (kind,) = [line for line in sent.splitlines() if line.lower().startswith("content-type: ")]
    wanted = {"amazon": "application/x-amz-json-1.1", "azure": "application/json; charset=UTF-8"}
    assert kind.partition(" ")[2] == wanted.get(name, "application/json")
    # JSON in ASCII, or in UTF-8: both are JSON, and the limits of DeepL count the former.
    assert ("çilek" in sent) == (name not in ("deepl", "amazon"))


@every
def test_a_key_that_is_given_back_as_a_reason_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str
):
    secret = "fake_key_that_is_a_word"
    monkeypatch.setenv("CHAT_KEY", secret)
    variable = "AWS_SECRET_ACCESS_KEY" if name == "amazon" else "CHAT_KEY"
    monkeypatch.setenv(variable, secret)
    body = completion("x", secret) if name == "chat" else {"__type": secret, "error": secret}
    options = {} if name == "amazon" else {"api_key_env": "CHAT_KEY"}
    status = "200 OK" if name == "chat" else "400 No"
    (found,) = made(name, http(json.dumps(body).encode(), status), **options)
    assert isinstance(found, Failure)
    assert secret not in found.reason


DEEP = b"[" * 200_000
JUNK = [
    b"",
    b"null",
    b"5",
    b"[]",
    b"{}",
    b'"\\ud83d"',
    b"[null]",
    b"[[]]",
    DEEP,
    b'{"a":' * 101 + b"1" + b"}" * 101,
    b'{"error": ' + DEEP,
    b"9" * 5000,
    b'{"choices": [' + b"9" * 5000 + b"]}",
    b"\xff\xfe\x00",
    b'"\xff"',
    b"\0",
    b"NaN",
    b'{"error": "\\ud83d\\u001b[31m\\u0000"}',
    b'{"error": {"code": [], "message": {}, "errors": 5}}',
    b'{"error": {"code": {}, "message": 5, "errors": [{"reason": []}, 5]}}',
    b'{"error": {"code": 1e400, "type": []}}',
    b'{"error": {"code": true}}',
    b'{"error": 5, "message": [], "detail": {}}',
    b'{"__type": [], "message": 5}',
    b'{"__type": "\\ud83d", "Message": "\\ud83d"}',
    b'{"choices": {}, "translations": {}, "data": [], "translatedText": {}, "TranslatedText": []}',
    b'{"choices": [{"message": {"content": {}}}], "translations": [5], "translatedText": [5]}',
    b'{"choices": [{"message": 5}], "data": {"translations": [{"translatedText": null}]}}',
    b'[{"translations": [{"text": 5}]}]',
    b'[{"translations": []}]',
    b'data: {"choices": ' + DEEP + b"\n\n",
    b"data: \xff\n\n",
    b"\x1f\x8b\x08\0",
]


def failures(name: str, answers: list[bytes]) -> list[Failure]:
    """What becomes of texts that are answered so, after one that is answered soundly."""
    texts = ["sound", *map(str, range(len(answers)))]

    def answer(body: Any) -> Iterator[bytes]:
        (text,) = texts_of(name, body)
        yield answered(name, body, ["x"]) if text == "sound" else answers[int(text)]
        if text != "sound":
            raise ConnectionError  # and ends the connection

    single = {} if name == "chat" else {"texts_per_request": 1}
    first, *found = made(name, answer, *texts, concurrency=1, timeout=5, **single)
    assert isinstance(first, Translation)
    return found


@every
@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "403 Forbidden", "500 Error"])
def test_junk_fails_a_segment_with_a_reason(
    caplog: pytest.LogCaptureFixture, name: str, status: str
):
    found = failures(name, [http(body, status) for body in JUNK])
    assert not re.search(r"(Type|Key|Index|Attribute|Value)Error", caplog.text)
    assert all(isinstance(text, Failure) and text.reason.isprintable() for text in found), found


@every
def test_what_is_no_http_fails_a_segment_with_a_reason(name: str):
    answers = [
        b"\0" * 100,
        b"HTTP/1.1 999999 X\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000,
        b"HTTP/1.1 200 OK\r\nX\xff\xfe: \0\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        http(b"{}", "200 OK", "Content-Encoding: br"),
        http(b"{}", "200 OK", "Content-Encoding: gzip"),
        http(b"{}", "429 No", "Retry-After: \xff"),
        http(b"", "301 Moved", "Location: http://[::"),
    ]
    found = failures(name, answers)
    assert all(isinstance(text, Failure) and text.reason.isprintable() for text in found), found


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_compressed_answers_are_read(encoding: str):
    body = json.dumps(completion("an apple")).encode()
    packed = gzip.compress(body) if encoding == "gzip" else zlib.compress(body)
    (found,) = made("chat", http(packed, "200 OK", f"Content-Encoding: {encoding}"))
    assert found.text == "an apple"
    (found,) = made("chat", http(packed[:-9], "200 OK", f"Content-Encoding: {encoding}"))
    assert found == Failure("unreadable answer")


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """A few hundred kB of zlib that unpack to 128 MiB."""
    packer = zlib.compressobj(1)
    return b"".join([*(packer.compress(b"[" * 2**20) for _ in range(128)), packer.flush()])


@pytest.mark.parametrize("name", ["chat", "amazon"])
def test_a_small_answer_that_unpacks_to_a_large_one_takes_no_memory(name: str, bomb: bytes):
    assert len(bomb) < 2**20
    tracemalloc.start()
    try:
        found = made(name, http(bomb, "200 OK", "Content-Encoding: deflate"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == [Failure("answer of more than 16 MiB")]
    assert peak < 100 * 2**20


def test_bombs_in_bombs_are_not_unpacked(bomb: bytes):
    twice = gzip.compress(bomb)
    (found,) = made("chat", http(twice, "200 OK", "Content-Encoding: gzip, deflate"))
    assert found == Failure("unreadable answer")


def test_an_answer_without_an_end_is_left():
    def endless(_: Any) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield b" " * 2**16

    assert made("google", endless) == [Failure("answer of more than 16 MiB")]


def test_nesting_is_bounded_and_the_bound_is_told():
    for level, sound in ((99, True), (101, False)):
        body = completion("an apple")
        body["extra"] = json.loads("[" * (level - 1) + "]" * (level - 1))
        (found,) = made("chat", http(json.dumps(body).encode()))
        assert isinstance(found, Translation) == sound
        assert sound or found == Failure("JSON nested more than 100 levels deep")


def test_a_server_that_never_ends_is_given_up_however_busy_it_is():
    begun = b"HTTP/1.1 200 OK\r\n"
    answers = [
        lambda _: slowly(b"x", begun + b"X: "),
        lambda _: slowly(b" ", begun + b"Content-Length: 9999\r\n\r\n"),
        lambda _: slowly(b"HTTP/1.1 100 Continue\r\n\r\n"),
        lambda _: slowly(b"1\r\n \r\n", begun + b"Transfer-Encoding: chunked\r\n\r\n"),
    ]
    with ThreadPoolExecutor(5) as pool:
        outcomes = [pool.submit(made, "chat", answer, timeout=0.5) for answer in answers]
        outcomes.append(pool.submit(made, "amazon", answers[1], timeout=0.5))
        found = [outcome.result() for outcome in outcomes]
    assert found == [[Failure("no whole answer within 5 s")]] * 5


@every
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed_and_says_where_to(name: str, status: str):
    with serving_bytes(http(b"{}")) as other:
        answer = http(b"", status, f"Location: {other.url}/there?k={KEY}")
        with pytest.raises(EvalHarnessError) as shown:
            made(name, answer, "elma", "armut", max_retries=3)
        assert f"HTTP {status[:3]}: it has moved to {other.url}/there?k=" in str(shown.value)
        assert "model.base_url=" in str(shown.value)
        assert (KEY in str(shown.value)) == (name == "chat")  # which was given none
        assert not other.heads
