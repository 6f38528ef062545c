"""A key is in no file, no log line and no exception, whatever the server says."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.errors import EvalHarnessError
from evalharness.secrecy import scrub
from evalharness.systems.remote import ChatSystem

from ...conftest import CommandLine, files_below, in_new_process
from .chat_server import serving
from .conftest import chat_arguments, write_testset

KEY = 'sk-fake/0123456789+"abc'
VARIABLE = "EVALHARNESS_TEST_KEY"
SPELLINGS = [KEY, json.dumps(KEY)[1:-1], "0123456789"]


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(VARIABLE, f" {KEY}\n")
    return f"model.api_key_env={VARIABLE}"


@pytest.mark.parametrize(
    ("faults", "debug"),
    [("", "debug=false"), ("500", "debug=false"), ("400", "debug=true"), ("401", "debug=true")],
)
def test_a_key_is_nowhere_to_be_found(
    evalharness: CommandLine,
    tmp_path: Path,
    key: str,
    faults: str,
    debug: str,
    caplog: pytest.LogCaptureFixture,
):
    texts = [f"segment {n}" for n in range(6)]
    write_testset(tmp_path, texts)
    caplog.set_level(logging.DEBUG)
    with serving({text: [faults] * 9 for text in texts if faults}) as server:
        shown = evalharness(*chat_arguments(server.url, key, debug, "model.max_retries=1"))
        assert server.keys == {KEY}  # the server got it, and gave it back in its errors
    assert shown.code == {"": 0, "401": 2}.get(faults, 1)
    assert not faults or "Bearer ***" in shown.err
    written = files_below(tmp_path)
    assert written.keys() >= {"src.txt"}
    everything = [shown.out, shown.err, caplog.text, str(written)]
    everything += [str(vars(record)) for record in caplog.records]
    assert not [where for where in everything if any(word in where for word in SPELLINGS)]


def test_a_key_is_in_no_log_even_at_its_most_talkative(tmp_path: Path):
    write_testset(tmp_path, ["elma"])
    with serving({"elma": ["500"]}) as server:
        arguments = chat_arguments(
            server.url, f"model.api_key_env={VARIABLE}", "hydra.verbose=true"
        )
        environment = {VARIABLE: KEY, "OPENAI_LOG": "debug", "HTTPX_LOG_LEVEL": "trace"}
        shown = in_new_process(*arguments, cwd=tmp_path, **environment)
    assert shown.returncode == 0, shown.stderr
    everything = shown.stdout + shown.stderr + str(files_below(tmp_path))
    assert not any(word in everything for word in SPELLINGS)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def test_a_key_is_in_no_exception_nor_in_what_it_came_from(key: str):
    with serving({"elma": ["403"]}) as server:
        system = ChatSystem(base_url=server.url, model="m", prompt="{text}", api_key_env=VARIABLE)
        with pytest.raises(EvalHarnessError) as shown:
            list(system.translate(["elma"], "tr", "en"))
    for error in chain(shown.value):
        assert not any(word in f"{error!r}{vars(error)}" for word in SPELLINGS)
    assert not any(word in repr(system) for word in SPELLINGS)
    assert not any(word in str(system.fingerprint("tr", "en")) for word in SPELLINGS)


def test_an_answer_that_gives_the_key_back_is_not_kept(
    evalharness: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    secret = "ECHOED-0123456789-KEY"
    monkeypatch.setenv(VARIABLE, secret)
    write_testset(tmp_path, ["elma", "echoed-0123456789-key"])
    with serving() as server:
        shown = evalharness(*chat_arguments(server.url, f"model.api_key_env={VARIABLE}"))
    assert shown.code == 1
    assert "the answer holds the key (1)" in " ".join(shown.out.split())
    assert secret not in str(files_below(tmp_path))


def test_a_missing_key_is_named_and_what_is_stored_needs_none(
    evalharness: CommandLine, tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
):
    write_testset(tmp_path, ["elma"])
    with serving() as server:
        monkeypatch.setenv(VARIABLE, "  ")
        shown = evalharness(*chat_arguments(server.url, key))
        assert (shown.code, server.asked) == (2, [])
        assert f"the environment variable {VARIABLE} is not set" in shown.err
        monkeypatch.setenv(VARIABLE, KEY)
        assert evalharness(*chat_arguments(server.url, key)).code == 0
        monkeypatch.delenv(VARIABLE)
        assert evalharness(*chat_arguments(server.url, key)).code == 0
        assert server.asked == ["elma"]
        assert VARIABLE not in os.environ


@pytest.mark.parametrize(
    "option",
    ["model.api_key_env='sk-123-456'", "model.base_url='http://u:sk-123-456@localhost/v1'",
     "model.base_url='http://localhost/v1?key=sk-123-456'"],
)  # fmt: skip
def test_a_key_among_the_options_is_refused_and_not_repeated(
    evalharness: CommandLine, tmp_path: Path, option: str
):
    write_testset(tmp_path, ["elma"])
    with serving() as server:
        shown = evalharness(*chat_arguments(server.url, option))
    assert shown.code == 2
    assert "environment variable" in shown.err
    assert "sk-123-456" not in shown.out + shown.err + str(files_below(tmp_path))


def test_secrets_are_found_however_they_are_spelled():
    text = f"{KEY} sk-fake%2F0123456789%2B%22abc {json.dumps(KEY)}"
    assert scrub(text, [KEY]) == '*** *** "***"'
    assert scrub("abcdef abc", ["abc", "abcdef"]) == "*** ***"
    assert scrub("as it is", [""]) == "as it is"
