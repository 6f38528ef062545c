"""The chat completions protocol: what is sent, and what is made of answers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from evalharness.systems import Failure, Translation
from evalharness.systems.remote import ChatSystem

from ...conftest import CommandLine
from .chat_server import completion, serving
from .conftest import chat_arguments, write_testset

PATH = "/v1/chat/completions"


def system(server: HTTPServer, **options: object) -> ChatSystem:
    base = {"base_url": server.url_for("/v1"), "model": "org/m:1", "prompt": "{text}"}
    return ChatSystem(**{**base, **options})  # type: ignore[arg-type]


def answer(server: HTTPServer, body: object, **options: object) -> Translation | Failure:
    """What is made of an answer to "elma"."""
    server.expect_request(PATH, method="POST").respond_with_json(body)
    ((_, made),) = system(server, max_retries=0, **options).translate(["elma"], "tr", "en")
    return made


def test_the_request_is_what_the_reference_of_the_api_says(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SOME_KEY", "sesame")
    chat = system(
        httpserver,
        api_key_env="SOME_KEY",
        system_prompt="From {source} to {target}.",
        prompt="{source_language}: {text}\n{target_language}:",
        examples=[{"source": "bir", "target": "one"}, {"source": "{text}", "target": "{braces}"}],
        temperature=0.5,
        top_p=0.9,
        max_tokens=77,
        seed=3,
        extra_body={"chat_template_kwargs": {"enable_thinking": False}},
    )
    expected = {
        "model": "org/m:1",
        "messages": [
            {"role": "system", "content": "From tr to en."},
            {"role": "user", "content": "Turkish: bir\nEnglish:"},
            {"role": "assistant", "content": "one"},
            {"role": "user", "content": "Turkish: {text}\nEnglish:"},
            {"role": "assistant", "content": "{braces}"},
            {"role": "user", "content": "Turkish: iki {text} {target}\nEnglish:"},
        ],
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 77,
        "seed": 3,
        "chat_template_kwargs": {"enable_thinking": False},
    }
    headers = {"Authorization": "Bearer sesame"}
    httpserver.expect_oneshot_request(
        PATH, method="POST", json=expected, headers=headers
    ).respond_with_json(completion("two"))
    made = list(chat.translate(["iki {text} {target}"], "tr", "en"))
    assert made == [(0, Translation("two", input_tokens=7, output_tokens=3))]


def test_what_is_null_is_not_sent(httpserver: HTTPServer):
    chat = system(httpserver, temperature=None, max_tokens=None)
    expected = {"model": "org/m:1", "messages": [{"role": "user", "content": "elma"}]}
    httpserver.expect_oneshot_request(PATH, json=expected).respond_with_json(completion("apple"))
    ((_, made),) = chat.translate(["elma"], "tr", "en")
    assert isinstance(made, Translation)


def test_each_pass_is_asked_for_with_a_seed_of_its_own(httpserver: HTTPServer):
    httpserver.expect_request(PATH).respond_with_json(completion("apple"))
    chat = system(httpserver, temperature=0.5, seed=3)
    for number in (1, 2, 3, 2):
        list(chat.in_pass(number).translate(["elma"], "tr", "en"))
    sent = [json.loads(request.data) for request, _ in httpserver.log]
    first, second, third, again = [request.pop("seed") for request in sent]
    assert first == 3
    assert again == second
    assert len({first, second, third}) == 3
    assert sent[0] == sent[1] == sent[2]
    unseeded = system(httpserver, temperature=0.5, seed=None)
    assert unseeded.in_pass(2) == unseeded


@pytest.mark.parametrize(
    ("options", "samples"),
    [
        ({"temperature": 0.0}, False),
        ({"temperature": 0.7}, True),
        ({"temperature": None}, True),
        ({"temperature": 0.0, "extra_body": {"temperature": 1}}, True),
        ({"temperature": 0.7, "extra_body": {"temperature": 0}}, False),
    ],
)
def test_a_server_samples_unless_the_temperature_that_is_sent_is_0(
    options: dict[str, object], samples: bool, httpserver: HTTPServer
):
    chat = system(httpserver, **options)
    assert chat.samples() is samples
    assert bool(chat.notes()) is samples


def test_answers_are_read_as_the_reference_of_the_api_says(httpserver: HTTPServer):
    whole = completion("an apple", "length")
    assert answer(httpserver, whole) == Translation(
        "an apple", {"unfinished": True}, input_tokens=7, output_tokens=3
    )
    httpserver.clear()
    assert answer(httpserver, completion(" red\n apple\n")) == Translation(
        "red apple", raw=" red\n apple\n", input_tokens=7, output_tokens=3
    )
    httpserver.clear()
    made = answer(httpserver, completion('<think>Hm.</think>\n```\n"apple"\n```'))
    assert made == Translation(
        "apple",
        {"removed": ["reasoning block", "code fence", "quotes"]},
        raw='<think>Hm.</think>\n```\n"apple"\n```',
        input_tokens=7,
        output_tokens=3,
    )
    httpserver.clear()
    made = answer(httpserver, completion('"apple"'), clean_answers=False)
    assert isinstance(made, Translation)
    assert (made.text, made.raw, made.observations) == ('"apple"', None, {})
    httpserver.clear()
    without_usage = {key: item for key, item in completion("x").items() if key != "usage"}
    assert answer(httpserver, without_usage) == Translation("x")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({**completion(""), "choices": []}, "empty list of choices"),
        ({**completion(""), "choices": None}, "unreadable answer"),
        ({"error": "overloaded"}, "an error for an answer"),
        ([], "unreadable answer"),
        ("text", "unreadable answer"),
        ({"choices": ["text"]}, "unreadable answer"),
        (completion("some", "content_filter"), "held back by a content filter"),
        (completion(None, refusal="I cannot."), "refused by the model"),
        (completion(None), "no words in the answer"),
        (completion("", "length"), "no words in the answer"),
        (completion("<think>On and on", "length"), "still reasoning at the length limit"),
    ],
)
def test_what_is_no_translation_is_a_failure(httpserver: HTTPServer, body: object, reason: str):
    made = answer(httpserver, body)
    assert isinstance(made, Failure)
    assert made.reason.startswith(reason)


def test_a_stream_is_put_together_and_half_a_one_is_none(httpserver: HTTPServer):
    events = [
        {"choices": [{"index": 0, "delta": {"role": "assistant"}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {"content": "red "}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {"content": "apple"}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}},
    ]
    lines = [f"data: {json.dumps(event)}\n\n" for event in events] + ["data: [DONE]\n\n"]
    chat = system(httpserver, max_retries=0, extra_body={"stream": True})
    for sent, made in (
        (lines, Translation("red apple", input_tokens=7, output_tokens=3)),
        (lines[:3], Failure("unreadable answer")),
    ):
        httpserver.clear()
        httpserver.expect_request(PATH).respond_with_data(
            "".join(sent), content_type="text/event-stream"
        )
        assert list(chat.translate(["kırmızı elma"], "tr", "en")) == [(0, made)]


def test_everything_that_is_sent_is_in_the_fingerprint(httpserver: HTTPServer):
    chat = system(httpserver)
    facts = chat.fingerprint("tr", "en")
    json.dumps(facts)
    for change in (
        {"model": "other"},
        {"prompt": "Now: {text}"},
        {"system_prompt": "Be brief."},
        {"examples": [{"source": "bir", "target": "one"}]},
        {"temperature": 0.1},
        {"max_tokens": 5},
        {"seed": 1},
        {"extra_body": {"top_k": 1}},
        {"clean_answers": False},
        {"base_url": "http://localhost:1/v1"},
    ):
        assert replace(chat, **change).fingerprint("tr", "en") != facts
    for harmless in (
        {"concurrency": 3},
        {"timeout": 3.0},
        {"api_key_env": "X"},
        {"name": "x"},
        {"price_per_million_input_tokens": 3.0},
        {"base_url": chat.base_url + "/"},
    ):
        assert replace(chat, **harmless).fingerprint("tr", "en") == facts


def test_what_else_a_server_understands_is_given_on_the_command_line(
    evalharness: CommandLine, tmp_path: Path
):
    write_testset(tmp_path, ["elma"])
    with serving() as server:
        example = "model.examples=[{source: bir, target: one}]"
        shown = evalharness(
            *chat_arguments(server.url, example, "model.extra_body={top_k: 20, options: {a: 1}}")
        )
        assert shown.code == 0, shown.err
        (body,) = server.bodies
    assert (body["top_k"], body["options"]) == (20, {"a": 1})
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    assert body["messages"][1]["content"] == "one"


def test_a_name_is_made_of_the_models(httpserver: HTTPServer):
    assert system(httpserver).name == "m-1"
    assert system(httpserver, name="mine").name == "mine"


@pytest.mark.parametrize(
    ("option", "shown"),
    [
        ("model.prompt=translate", ["model.prompt", "{text}", "has no place"]),
        ("model.prompt='{text} {langauge}'", ["model.prompt", "{langauge}", "{target_language}"]),
        ("model.system_prompt='{text}'", ["model.system_prompt", "unknown field {text}"]),
        ("model.examples=[{source: elma}]", ["model.examples[0]", "a source and a target"]),
        ("model.base_url=localhost", ["model.base_url", "not the address of a server"]),
        ("model.concurrency=0", ["model.concurrency", "less than 1"]),
        ("model.timeout=0", ["model.timeout", "not more than 0"]),
        ("model.languages=[de,en]", ["Turkish", "de, en"]),
    ],
)
def test_bad_options_get_one_line(
    evalharness: CommandLine, tmp_path: Path, option: str, shown: list[str]
):
    write_testset(tmp_path, ["elma"])
    with serving() as server:
        outcome = evalharness(*chat_arguments(server.url, option))
        assert (outcome.code, server.asked) == (2, [])
    (line,) = [line for line in outcome.err.splitlines() if line.startswith("evalharness:")]
    assert all(word in line for word in shown), line


def test_the_run_says_what_it_used_what_failed_and_what_was_removed(
    evalharness: CommandLine, tmp_path: Path
):
    write_testset(tmp_path, ["elma", "deniz", "güneş", '"quoted"'])
    prices = [
        "model.price_per_million_input_tokens=2",
        "model.price_per_million_output_tokens=10",
    ]
    with serving({"deniz": ["400"], "güneş": ["empty"]}) as server:
        arguments = chat_arguments(server.url, *prices)
        outcome = evalharness(*arguments)
        assert outcome.code == 1
        shown = " ".join(outcome.out.split())
        assert (
            "m text tr-en: 2 of 4 segments failed: HTTP 400 (1), empty list of choices (1)" in shown
        )
        run = read_run(tmp_path)
        assert run["observed"]["system"]["failed"] == {"HTTP 400": 1, "empty list of choices": 1}
        each = {"input_tokens": 7, "output_tokens": 3, "cost": (7 * 2 + 3 * 10) / 1e6}
        two = {name: 2 * text for name, text in each.items()}
        assert run["usage"]["this_run"] == pytest.approx({**two, "characters": 12})
        outcome = evalharness(*arguments)
        assert outcome.code == 0
        assert "failed" not in outcome.out
        run = read_run(tmp_path)
        assert run["counts"]["from_store"] == 2
        assert run["usage"]["this_run"] == pytest.approx({**two, "characters": 10})
        assert run["usage"]["all"]["cost"] == pytest.approx(4 * each["cost"])
        shouted = evalharness("leaderboard")
        assert shouted.code == 0


def test_what_was_removed_is_told_and_the_raw_answer_kept(
    evalharness: CommandLine, tmp_path: Path, httpserver: HTTPServer
):
    write_testset(tmp_path, ["elma", "armut"])
    raw = "<think>Let me see.</think>apple"
    httpserver.expect_request(PATH).respond_with_json(completion(raw))
    arguments = chat_arguments(httpserver.url_for("/v1"))
    for _ in range(2):  # the second time from the store
        outcome = evalharness(*arguments)
        assert outcome.code == 0
        assert "m text tr-en: removed from answers: reasoning block (2)" in outcome.out
        assert read_run(tmp_path)["observed"]["system"]["removed"] == {"reasoning block": 2}
    assert "removed from answers: reasoning block (2)" in evalharness("leaderboard").out
    (path,) = (tmp_path / "results/store").rglob("*.jsonl")
    kept = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [(line["text"], line["raw"]) for line in kept] == [("apple", raw)] * 2


def read_run(folder: Path) -> dict:
    (path,) = (folder / "results").glob("runs/*/*/run.json")
    return json.loads(path.read_text(encoding="utf-8"))


FACTS = [
    {"id": "a", "source": "banka", "reference": "bank", "domain": "money", "terms": {"a": "b"}},
    {"id": "b", "source": "banka", "reference": "bench", "domain": "parks", "terms": ["c", "d"]},
]


def test_facts_of_segments_reach_the_prompt_and_tell_equal_texts_apart(
    evalharness: CommandLine, tmp_path: Path
):
    lines = "".join(f"{json.dumps(row)}\n" for row in FACTS)
    (tmp_path / "set.jsonl").write_text(lines, encoding="utf-8")
    testset = ["testset.references=[]", "testset.source=set.jsonl"]
    with serving() as server:
        chat = [*chat_arguments(server.url), *testset, "metric=bleu"]
        asked = [*chat, "model.prompt='{domain} ({terms}): {text}'"]
        assert evalharness(*asked).code == 0
        sent = sorted(body["messages"][-1]["content"] for body in server.bodies)
        assert sent == ["money (a = b): banka", "parks (c, d): banka"]
        server.bodies.clear()
        assert evalharness(*asked).code == 0
        assert server.bodies == []  # kept, by text and facts
        assert evalharness(*chat, "model.prompt='{text}'").code == 0
        assert len(server.bodies) == 1  # without facts, the same text is asked once
        lacking = evalharness(*chat, "model.prompt='{instruction} {text}'")
        assert (lacking.code, lacking.err.count("\n")) == (2, 2), lacking.err
        assert "names {instruction}, and segment a has none" in lacking.err
