"""Whatever a server does: nothing is lost, nothing doubled, and order is kept."""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from evalharness.errors import EvalHarnessError
from evalharness.systems import Failure, Translation
from evalharness.systems.remote import ChatSystem
from evalharness.testsets import Bitext, Segment
from evalharness.translation import translate

from ...finished import counted
from .chat_server import ChatServer, serving

PASSING = ("500", "503", "408", "429 1", "cut", "half", "half json", "html", "no choices")


def chat(server: ChatServer, **options: object) -> ChatSystem:
    """A system that asks this server."""
    base = {"base_url": server.url, "model": "m", "prompt": "{target_language}:\n{text}"}
    return ChatSystem(**{**base, **options})  # type: ignore[arg-type]


def bitext(texts: list[str]) -> Bitext:
    segments = [Segment(str(n), n, None, text, ("x",)) for n, text in enumerate(texts)]
    return Bitext("t", "tr", "en", tuple(segments), "src.txt", len(texts), ("human",))


def stored(store: Path) -> Counter[str]:
    """How often each source is in the store."""
    return Counter(
        json.loads(line)["source"]
        for path in store.rglob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    )


@pytest.mark.sweep
@pytest.mark.parametrize("concurrency", [1, 8, 64])
def test_nothing_is_lost_or_doubled_and_order_is_kept(tmp_path: Path, concurrency: int):
    texts = [f"segment {n}" for n in range(2000)]
    faults = {f"segment {100 + 200 * n}": [fault] for n, fault in enumerate(PASSING)}
    with serving(faults) as server:
        made = translate(chat(server, concurrency=concurrency), bitext(texts), tmp_path)
    assert made.texts == [text.upper() for text in texts]
    assert stored(tmp_path) == Counter(texts)
    assert made.failed == 0
    assert server.most_at_once <= concurrency
    # Once each, and once more for each fault, but for those that came after a lost answer.
    assert Counter(server.asked) == Counter(texts) + Counter(faults.keys())


def test_what_fails_for_good_is_counted_and_only_that_is_asked_for_again(tmp_path: Path):
    texts = [f"text {n}" for n in range(9)]
    faults = {
        "text 1": ["500"] * 3,
        "text 2": ["400"],
        "text 3": ["cut"] * 3,
        "text 4": ["html"] * 3,
        "text 5": ["empty"],
        "text 6": ["500"] * 3,
        "text 7": ["422"],
        "text 8": ["slow"] * 3,
    }
    with serving(faults) as server:
        system = chat(server, concurrency=4, max_retries=2, timeout=0.5)
        made = translate(system, bitext(texts), tmp_path)
        assert made.hypotheses == ("TEXT 0", *[None] * 8)
        assert counted(made, "failed") == {
            "HTTP 500": 2,
            "HTTP 400": 1,
            "HTTP 422": 1,
            "connection dropped": 1,
            "unreadable answer": 1,
            "empty list of choices": 1,
            "timed out": 1,
        }
        asked = Counter(server.asked)
        assert all(asked[text] == len(item) for text, item in faults.items())
        server.asked.clear()
        server.faults.clear()
        made = translate(system, bitext(texts), tmp_path)
        assert (made.texts, made.from_store) == ([text.upper() for text in texts], 1)
        assert Counter(server.asked) == Counter(texts[1:])


@pytest.mark.parametrize("status", ["401", "403", "404"])
def test_a_first_request_that_is_refused_stops_the_run(status: str):
    with serving({"a": [status] * 9}) as server:
        with pytest.raises(EvalHarnessError, match=f"HTTP {status}") as shown:
            list(chat(server, concurrency=64).translate(["a", "b", "c"], "tr", "en"))
        assert server.asked == ["a"]
    assert server.url in str(shown.value)


def test_a_later_request_that_is_refused_is_a_failure():
    with serving({"b": ["401"]}) as server:
        made = dict(chat(server).translate(["a", "b", "c"], "tr", "en"))
    assert made[1] == Failure("HTTP 401")
    assert isinstance(made[0], Translation)
    assert isinstance(made[2], Translation)


def test_an_unreachable_server_is_told_at_once():
    with serving() as server:
        url = server.url
    for address in (url, "http://no-such-host.invalid/v1"):
        system = ChatSystem(base_url=address, model="m", prompt="{text}", start="serve MODEL")
        with pytest.raises(
            EvalHarnessError, match=r"cannot be reached.*start it \(serve m\)"
        ) as shown:
            list(system.translate(["a"], "tr", "en"))
        assert str(shown.value).startswith(address)


def test_a_quota_that_is_used_up_is_not_waited_for(httpserver: HTTPServer):
    error = {"message": "You exceeded your current quota", "code": "insufficient_quota"}
    httpserver.expect_request("/v1/chat/completions").respond_with_json({"error": error}, 429)
    system = ChatSystem(base_url=httpserver.url_for("/v1"), model="m", prompt="{text}")
    with pytest.raises(EvalHarnessError, match="You exceeded your current quota"):
        list(system.translate(["a"], "tr", "en"))
    assert len(httpserver.log) == 1


def test_everybody_waits_as_long_as_the_server_asks():
    texts = [f"text {n}" for n in range(12)]
    with serving({"text 4": ["429 1"]}) as server:
        made = dict(chat(server, concurrency=4).translate(texts, "tr", "en"))
        assert len(made) == 12
        refused = server.asked.index("text 4")
        again = server.asked.index("text 4", refused + 1)
        begun = sorted(time - server.times[refused] for time in server.times[refused + 1 :])
    # At most three were on their way; all others began a second later.
    assert sum(0.1 < time < 0.9 for time in begun) == 0
    assert sum(time < 0.9 for time in begun) <= 8
    assert server.times[again] - server.times[refused] > 0.9


def test_requests_per_minute_are_kept_also_by_many_threads():
    with serving() as server:
        system = chat(server, concurrency=16, requests_per_minute=1200)
        assert len(list(system.translate([f"text {n}" for n in range(21)], "tr", "en"))) == 21
        gaps = [after - before for before, after in pairwise(sorted(server.times))]
    assert sum(gaps) > 0.9  # 20 gaps of 50 ms


def test_tokens_per_minute_follow_what_the_server_counts():
    with serving() as server:  # it counts 10 tokens a request
        system = chat(server, concurrency=16, tokens_per_minute=12000)
        assert len(list(system.translate([f"text {n}" for n in range(21)], "tr", "en"))) == 21
        assert max(server.times) - min(server.times) > 0.8  # 20 x 50 ms, but for the last guesses


def test_after_the_deadline_the_rest_fails_and_what_came_is_kept(tmp_path: Path):
    texts = [f"text {n}" for n in range(6)]
    with serving({"text 3": ["silent"]}) as server:
        system = chat(server, concurrency=2, deadline=1.0)
        started = time.monotonic()
        made = translate(system, bitext(texts), tmp_path)
        assert time.monotonic() - started < 3
        assert made.hypotheses[3] is None
        assert counted(made, "failed") == {"not done within the deadline of 1 s": made.failed}
        assert set(stored(tmp_path)) == {
            text for text, hypothesis in zip(texts, made.hypotheses, strict=True) if hypothesis
        }


def test_a_new_request_begins_only_when_an_answer_has_been_taken():
    with serving() as server:
        answers = chat(server, concurrency=2).translate([f"text {n}" for n in range(9)], "tr", "en")
        next(answers)
        time.sleep(0.2)
        assert len(server.asked) == 1  # the first alone: its answer says that the key is right
        next(answers)
        time.sleep(0.2)
        assert len(server.asked) == 3
        next(answers)
        time.sleep(0.2)
        assert len(server.asked) == 4
        answers.close()


def test_what_others_translated_meanwhile_is_not_asked_for(tmp_path: Path):
    texts = [f"text {n}" for n in range(60)]
    with serving() as server:
        server.delay = 0.01
        with ThreadPoolExecutor(2) as pool:
            system = chat(server, concurrency=2)
            both = list(pool.map(lambda _: translate(system, bitext(texts), tmp_path), range(2)))
        assert both[0].texts == both[1].texts == [text.upper() for text in texts]
        assert len(server.asked) < 1.5 * len(texts)
