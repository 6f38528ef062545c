"""How an answer of a chat server ends, in parts and in streams; by the servers' own references."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalharness.errors import EvalHarnessError
from evalharness.systems import Failure, Translation
from evalharness.systems.remote import ChatSystem
from evalharness.translation import translate

from ...finished import counted
from .chat_server import completion
from .raw_server import http, serving_bytes
from .test_faults import bitext, stored

ABSENT = "ABSENT"


def ended(reason: object, content: object = "an apple") -> dict[str, Any]:
    body = completion("", reason)  # type: ignore[arg-type]
    (choice,) = body["choices"]
    choice["message"]["content"] = content
    if reason == ABSENT:
        del choice["finish_reason"]
    return body


def as_stream(body: dict[str, Any]) -> bytes:
    """The same answer in two chunks, as the API's reference shows them."""
    (choice,) = body["choices"]
    half = {"index": 0, "delta": choice["message"], "finish_reason": None}
    last = {"index": 0, "delta": {}, "finish_reason": choice.get("finish_reason")}
    return b"".join(event(json.dumps({"choices": [part]})) for part in (half, last)) + event()


def event(data: str = "[DONE]") -> bytes:
    return f"data: {data}\n\n".encode()


def as_json(body: object) -> bytes:
    return json.dumps(body).encode()


def asked(body: bytes, *texts: str, **options: Any) -> list[Translation | Failure]:
    """What is made of texts, of one if none is given, when each is answered so."""
    with serving_bytes(http(body)) as server:
        system = ChatSystem(
            base_url=server.url, model="m", prompt="{text}", max_retries=0, **options
        )
        found = dict(system.translate(texts or ["elma"], "tr", "en"))
        return [found[position] for position in range(len(found))]


ways = pytest.mark.parametrize("way", [as_json, as_stream])


@ways
@pytest.mark.parametrize(
    "reason",
    ["stop", "STOP", "eos", "eos_token", "stop_sequence", "end_turn", "COMPLETE", None, ABSENT],
)
def test_what_servers_call_finished_is_a_translation(way: Callable[[Any], bytes], reason: object):
    (made,) = asked(way(ended(reason)))
    assert (made.text, made.observations) == ("an apple", {})


@ways
@pytest.mark.parametrize("reason", ["length", "MAX_TOKENS", "max_tokens", "model_length"])
def test_what_servers_call_too_long_is_unfinished(way: Callable[[Any], bytes], reason: str):
    (made,) = asked(way(ended(reason)))
    assert (made.text, made.observations) == ("an apple", {"unfinished": True})


@ways
@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("abort", "not finished: ended with abort"),
        ("error", "not finished: ended with error"),
        ("insufficient_system_resource", "not finished: ended with insufficient_system_resource"),
        ("tool_calls", "not finished: ended with tool_calls"),
        ("SAFETY", "not finished: ended with SAFETY"),
        ("never heard of", "not finished: ended with something unknown"),
        ("\x1b[31m\ud83d", "not finished: ended with something unknown"),
        (7, "not finished: ended with something unknown"),
        (["stop"], "not finished: ended with something unknown"),
        ([], "not finished: ended with something unknown"),
        (0, "not finished: ended with something unknown"),
        ("content_filter", "held back by a content filter"),
    ],
)
def test_any_other_end_is_a_failure(way: Callable[[Any], bytes], reason: object, shown: str):
    assert asked(way(ended(reason))) == [Failure(shown)]


def test_an_answer_that_was_broken_off_is_asked_for_again_and_not_kept(tmp_path: Path):
    ends = iter(["abort", "error", "abort", "stop"])
    with serving_bytes(lambda _: http(as_json(ended(next(ends))))) as server:
        system = ChatSystem(base_url=server.url, model="m", prompt="{text}", max_retries=1)
        first = translate(system, bitext(["elma"]), tmp_path)
        assert (first.hypotheses, counted(first, "failed")) == (
            (None,),
            {"not finished: ended with error": 1},
        )
        assert not stored(tmp_path)
        second = translate(system, bitext(["elma"]), tmp_path)
    assert second.hypotheses == ("an apple",)


@ways
def test_words_may_come_in_parts(way: Callable[[Any], bytes]):
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}
    parts = [thought, {"type": "text", "text": "an "}, {"type": "text", "text": "apple"}]
    assert [made.text for made in asked(way(ended("stop", parts)))] == ["an apple"]


@ways
@pytest.mark.parametrize(
    "content", [5, {"text": "x"}, ["x"], [{"type": "image_url"}], [{"type": "text", "text": 5}]]
)
def test_parts_that_are_no_text_fail_one_segment(way: Callable[[Any], bytes], content: object):
    assert asked(way(ended("stop", content))) == [Failure("unreadable answer")]


WHOLE = json.dumps(ended("stop"))
CHUNK = json.dumps(
    {"choices": [{"index": 0, "delta": {"content": "an apple"}, "finish_reason": "stop"}]}
)


@pytest.mark.parametrize(
    "stream",
    [
        f": OPENROUTER PROCESSING\n\n: again\n\ndata: {CHUNK}\n\ndata: [DONE]\n\n",
        f"event: message\nid: 1\ndata: {CHUNK}\n\n",
        f"retry: 3\r\n\r\ndata:{CHUNK}\r\n\r\ndata:[DONE]\r\n\r\n",
        f"\ufeffdata: {CHUNK}\n\n",
        f"\n\ndata: {CHUNK}",
        "data: " + CHUNK.replace(', "delta"', ',\ndata: "delta"') + "\n\n",
        f"data: {CHUNK}\n\nevent: end\n\n",
        f"\ufeff{WHOLE}",
    ],
)
def test_streams_begin_and_end_as_the_standard_allows(stream: str):
    assert [made.text for made in asked(stream.encode())] == ["an apple"]


@pytest.mark.parametrize(
    "stream",
    [
        "data: {",
        "data: []\n\n",
        "data: 5\n\n",
        'data: {"choices": 5}\n\n',
        'data: {"choices": [5]}\n\n',
        'data: {"choices": [{"delta": 5}]}\n\n',
        'data: {"choices": [{"delta": {"content": "an"}}]}\n\n',
        "event: ping\n\n",
        ":\n\n",
    ],
)
def test_a_stream_that_is_none_fails_one_segment(stream: str):
    assert asked(stream.encode()) == [Failure("unreadable answer")]


def chunks(*contents: bytes) -> bytes:
    """A stream whose chunks have these contents, as they stand between the quotes of JSON."""
    parts = [b'{"choices": [{"index": 0, "delta": {"content": "%s"}}]}' % one for one in contents]
    return b"".join(b"data: %s\n\n" % part for part in parts) + event()


@pytest.mark.parametrize(
    ("contents", "text"),
    [
        # The halves of UTF-16 by RFC 8259, 7; the bytes of UTF-8 by RFC 3629, 3.
        ((rb"a \ud83d", rb"\ude00 b"), "a \U0001f600 b"),
        ((rb"\ud83d", rb"\udc80\ud83d", rb"\udc80"), "\U0001f480\U0001f480"),
        ((b"a \xf0\x9f", b"\x98", b"\x80 b"), "a \U0001f600 b"),
        ((b"\xd8", b"\xaa\xd9\x81", "احة".encode()), "تفاحة"),
        ((rb"\ud83d", "é".encode()), None),
        ((rb"\ude00", rb"\ud83d"), None),
        ((b"\xf0\x9f", b"x", b"\x98\x80"), None),
        ((b"\xff",), None),
    ],
)
def test_a_character_may_be_cut_by_the_chunks_of_a_stream(
    contents: tuple[bytes, ...], text: str | None
):
    (made,) = asked(chunks(*contents))
    if text is None:
        assert made == Failure("the answer holds half a character, or NUL")
    else:
        assert made.text == text


CREDITS = {"error": {"message": "Insufficient credits", "code": 402}}


@pytest.mark.parametrize(
    "body",
    [
        as_json(CREDITS),
        as_json({"error": {"message": "Insufficient credits", "code": "402"}}),
        event(json.dumps(CREDITS)),
        as_json({"choices": [{"finish_reason": "error", "message": {}, **CREDITS}]}),
        as_json({"error": {"message": "Insufficient credits", "code": "insufficient_quota"}}),
        as_json({"error": {"message": "Insufficient credits", "code": "invalid_api_key"}}),
    ],
)
def test_an_error_inside_a_200_is_obeyed_and_shown(body: bytes):
    with serving_bytes(http(body)) as server:
        system = ChatSystem(base_url=server.url, model="m", prompt="{text}")
        with pytest.raises(EvalHarnessError, match="Insufficient credits"):
            list(system.translate(["elma", "armut"], "tr", "en"))
        assert len(server.asked) == 1


def test_an_error_inside_a_200_that_passes_is_waited_for():
    slow_down = http(as_json({"error": {"message": "slow down", "code": 429}}), "200 OK")
    answers = iter([slow_down, http(as_json(ended("stop")))])
    with serving_bytes(lambda _: next(answers)) as server:
        system = ChatSystem(base_url=server.url, model="m", prompt="{text}")
        ((_, made),) = system.translate(["elma"], "tr", "en")
    assert made == Translation("an apple", input_tokens=7, output_tokens=3)


def test_an_error_inside_a_200_without_a_code_fails_one_segment_at_once():
    body = as_json({"error": {"message": "Unexpected endpoint"}})
    with serving_bytes(http(body)) as server:
        system = ChatSystem(base_url=server.url, model="m", prompt="{text}")
        assert list(system.translate(["elma"], "tr", "en")) == [
            (0, Failure("an error for an answer"))
        ]
        assert len(server.asked) == 1


def test_once_the_credit_is_used_up_nothing_more_is_asked(caplog: pytest.LogCaptureFixture):
    def answer(body: Any) -> bytes:
        text = body["messages"][-1]["content"]
        return http(as_json(ended("stop") if text in ("a", "b") else CREDITS))

    texts = ["a", "b", *(f"text {n}" for n in range(50))]
    with serving_bytes(answer) as server:
        system = ChatSystem(base_url=server.url, model="m", prompt="{text}", concurrency=2)
        found = dict(system.translate(texts, "tr", "en"))
        assert len(server.asked) <= 2 + 2
    assert isinstance(found[0], Translation)
    assert [found[n] for n in range(2, 52)] == [Failure("error 402 inside an answer")] * 50
    assert "Insufficient credits" in caplog.text


@pytest.mark.parametrize("tokens", [10**30, -1, True, 1.5, "7", None, [7]])
def test_tokens_that_nobody_believes_are_not_counted(tokens: object):
    body = {**ended("stop"), "usage": {"prompt_tokens": tokens, "completion_tokens": 3}}
    assert asked(as_json(body), tokens_per_minute=1e6) == [Translation("an apple", output_tokens=3)]
