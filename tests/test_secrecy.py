"""A secret that an option takes from the environment is used, and shown nowhere."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from evalharness.secrecy import conceal

from .conftest import CommandLine, files_below, write_small
from .systems.remote.chat_server import serving
from .systems.remote.conftest import chat_arguments, write_testset

VARIABLE = "EVALHARNESS_TEST_SECRET"
SECRET = 'opensesame/0123 "x\\y"'
SPELLINGS = [SECRET, json.dumps(SECRET)[1:-1], "opensesame", "0123"]
READING = f"${{oc.env:{VARIABLE}}}"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)


def leaks(*texts: str) -> list[str]:
    return [text for text in texts if any(word in text for word in SPELLINGS)]


def fingerprints(folder: Path) -> list[dict]:
    runs = [json.loads(path.read_bytes()) for path in folder.glob("results/runs/*/*/run.json")]
    about = folder.glob("results/store/translations/*/about.json")
    abouts = [json.loads(path.read_bytes()) for path in about]
    assert runs
    assert abouts
    return [found["fingerprint"] for found in runs + abouts]


def test_a_secret_in_a_chats_options_is_sent_and_kept_nowhere(
    evalharness: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_testset(tmp_path, ["elma", "deniz"])
    options = [f"model.system_prompt='I am {READING}'", f"model.extra_body={{token: '{READING}'}}"]
    with serving() as server:
        shown = evalharness(*chat_arguments(server.url, *options))
        asked = len(server.asked)
        assert shown.code == 0, shown.err
        assert not leaks(shown.out, shown.err, str(files_below(tmp_path)))
        for found in fingerprints(tmp_path):
            messages = found["request"]["messages"]
            assert messages[0]["content"].startswith("I am <env ")
            assert messages[0]["content"] == f"I am {found['request']['token']}"
        assert evalharness(*chat_arguments(server.url, *options)).code == 0
        assert len(server.asked) == asked  # the same value is the same system
        monkeypatch.setenv(VARIABLE, "another-secret")
        assert evalharness(*chat_arguments(server.url, *options)).code == 0
        assert len(server.asked) == 2 * asked
    assert len(list(tmp_path.glob("results/runs/*/*"))) == 2


def test_a_server_that_repeats_the_secret_is_not_quoted(
    evalharness: CommandLine, tmp_path: Path, httpserver: HTTPServer
):
    def repeat(request: Request) -> Response:
        return Response(request.get_data(), status=400)

    httpserver.expect_request("/chat/completions").respond_with_handler(repeat)
    write_testset(tmp_path, ["elma"])
    option = f"model.extra_body={{token: '{READING}'}}"
    shown = evalharness(*chat_arguments(httpserver.url_for(""), option, "model.max_retries=0"))
    assert json.loads(httpserver.log[0][0].get_data())["token"] == SECRET
    assert shown.code == 1
    assert READING in shown.err  # what stands in its place
    assert not leaks(shown.out, shown.err, str(files_below(tmp_path)))


def test_a_secret_in_a_command_is_given_and_kept_nowhere(evalharness: CommandLine, tmp_path: Path):
    (tmp_path / "echo.py").write_text(
        "import sys\nassert sys.argv[1][7:17] == 'open' 'sesame'\nprint(sys.stdin.read(), end='')\n"
    )
    small = write_small(tmp_path)
    command = f"model.command=['{sys.executable}',echo.py,'--key=<{READING}>']"
    shown = evalharness("model=command", command, "model.name=c", *small, "metric=[bleu]")
    assert shown.code == 0, shown.err
    assert not leaks(shown.out, shown.err, str(files_below(tmp_path)))
    for found in fingerprints(tmp_path):
        assert found["arguments"][1].startswith("--key=<<env ")


WRONG = [
    f"model.max_tokens={READING}",  # OmegaConf says what it could not convert
    f"model.temperature={READING}",
    f"model.base_url={READING}",
    f"testset.source={READING}",
    f"testset.source_lang={READING}",
    f"model.prompt={READING}",
    f"metric={{b: {{_target_: evalharness.metrics.BLEU, tokenize: {READING}}}}}",
]


@pytest.mark.sample
@pytest.mark.parametrize("debug", ["debug=false", "debug=true"])
@pytest.mark.parametrize("option", WRONG)
def test_no_error_shows_the_secret(
    option: str, debug: str, evalharness: CommandLine, tmp_path: Path
):
    write_testset(tmp_path, ["elma"])
    shown = evalharness(*chat_arguments("http://localhost:1", option, debug))
    assert shown.code == 2
    assert ("Traceback" in shown.err) is (debug == "debug=true")
    assert not leaks(shown.out, shown.err, str(files_below(tmp_path)))


def test_no_report_of_a_sweep_shows_the_secret(evalharness: CommandLine, tmp_path: Path):
    write_testset(tmp_path, ["elma"])
    option = f"testset.source={READING},{READING}x"
    shown = evalharness("-m", *chat_arguments("http://localhost:1", option))
    assert shown.code == 2
    assert shown.err.count(f"{READING}: no such file") >= 1
    written = files_below(tmp_path)
    assert sum("/job." in name for name in written) == 2
    assert not leaks(shown.out, shown.err, str(written))


@given(st.text(min_size=1), st.text(), st.text())
def test_what_is_concealed_is_gone_and_equal_values_stay_equal(value: str, before: str, after: str):
    facts = {"a": [f"{before}{value}{after}", 1.5, None, True], "b": value}
    concealed = conceal(facts, {value})
    assert concealed == conceal(facts, {value})
    if value.strip() and not set(value.strip()) & set("<env 0123456789abcdef>"):
        assert value.strip() not in concealed["a"][0]
        assert value.strip() not in concealed["b"]
    assert concealed["a"][1:] == [1.5, None, True]


def test_nothing_else_is_concealed():
    facts = {"model": "m", "request": {"seed": 7, "messages": ["en", "token"]}, "none": None}
    assert conceal(facts, set()) == facts
    assert conceal(facts, {"", "  "}) == facts
    assert conceal(facts, {"7"})["request"]["seed"] != 7
    assert conceal(facts, {"a-key"}) == facts


def test_the_longer_of_two_secrets_is_concealed_whole_and_addresses_without_their_slash():
    assert conceal("abcdef abc", {"abc", "abcdef"}).count("<env ") == 2
    assert conceal("http://host/v1", {"http://host/v1/"}).startswith("<env ")


def modes(folder: Path) -> set[tuple[str, int]]:
    kinds = {path: "folder" if path.is_dir() else "file" for path in folder.rglob("*")}
    return {(kind, path.stat().st_mode & 0o777) for path, kind in kinds.items()
            if path.name != ".lock"}  # fmt: skip


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([f"model.api_key_env={VARIABLE}_KEY"], {("folder", 0o700), ("file", 0o600)}),
        (
            [f"model.api_key_env={VARIABLE}_KEY", "store.shared=true"],
            {("folder", 0o755), ("file", 0o644)},
        ),
        ([], {("folder", 0o755), ("file", 0o644)}),
    ],
)
def test_what_a_paid_service_answers_is_its_owners_alone(
    options: list[str],
    expected: set[tuple[str, int]],
    evalharness: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    import os

    monkeypatch.setenv(f"{VARIABLE}_KEY", "a-key-that-is-paid-for")
    before = os.umask(0o022)
    try:
        write_testset(tmp_path, ["elma"])
        with serving() as server:
            shown = evalharness(*chat_arguments(server.url, *options))
        assert shown.code == 0, shown.err
        assert modes(tmp_path / "results") == expected
        assert os.umask(0o022) == 0o022  # as it was
    finally:
        os.umask(before)


def test_a_store_that_others_read_keeps_a_paid_services_answers_apart(
    evalharness: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(f"{VARIABLE}_KEY", "a-key-that-is-paid-for")
    write_testset(tmp_path, ["elma"])
    with serving() as server:
        assert evalharness(*chat_arguments(server.url)).code == 0
        free = set(tmp_path.glob("results/store/translations/*"))
        assert free
        key = f"model.api_key_env={VARIABLE}_KEY"
        assert evalharness(*chat_arguments(server.url, key, "model.temperature=0.5")).code == 0
    (paid,) = set(tmp_path.glob("results/store/translations/*")) - free
    assert paid.stat().st_mode & 0o777 == 0o700


def test_a_secret_in_a_path_or_a_checkpoint_stands_in_no_note_and_no_reason(
    evalharness: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(VARIABLE, "opensesame")
    (tmp_path / "opensesame").mkdir()
    write_small(tmp_path / "opensesame")
    (tmp_path / "opensesame/ref.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\nthree\r\n")
    options = [f"testset.source='{READING}/src.txt'", f"testset.references=['{READING}/ref.txt']"]
    shown = evalharness(
        *("model=file", "model.name=a", f"model.path='{READING}/ref.txt'", "testset=text"),
        *("testset.source_lang=tr", "testset.target_lang=en", *options),
        *("metric=[bleu,comet]", f"metric.comet.checkpoint='{READING}/absent'"),
    )
    assert "the byte-order mark at the beginning was dropped" in shown.out
    assert f"metric.comet.checkpoint={READING}/absent" in " ".join(shown.out.split())
    made = {name: text for name, text in files_below(tmp_path).items() if "results" in name}
    assert not leaks(shown.out, shown.err, str(made))
