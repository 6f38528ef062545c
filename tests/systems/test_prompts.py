"""Prompts: from files, with escapes, and shown as they arrived when they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evalharness.config import build
from evalharness.config.composing import compose_config
from evalharness.errors import EvalHarnessError

CHAT = ["model=chat", "model.base_url=http://localhost:9/v1", "model.model=m"]


def made(*overrides: str) -> Any:
    """The system that a command line's words describe."""
    return build(compose_config(overrides).model, "model")


ARRIVES = {
    r"One:\nTwo: {text}": "One:\nTwo: {text}",
    r"'One, two:\n{text}'": "One, two:\n{text}",
    r"a\tb {text}": "a\tb {text}",
    r"C:\\new {text} \d": r"C:\new {text} \d",
    "@@you: {text}": "@you: {text}",
    "you@example: {text}": "you@example: {text}",
}


@pytest.mark.parametrize("typed", ARRIVES)
def test_escapes_and_a_prompt_that_begins_with_an_at(typed: str):
    system = made(*CHAT, f"model.prompt={typed}", r"model.system_prompt=Be\nbrief.")
    assert system.prompt == ARRIVES[typed]
    assert system.system_prompt == "Be\nbrief."


def test_a_file_is_taken_as_it_is_and_its_content_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    words = "İngilizceye çevir:\n\n  {text} \\n, 'a' $b"
    Path("one.txt").write_bytes(f"\ufeff{words}\n".encode())
    Path("two.txt").write_bytes(words.replace("\n", "\r\n").encode())
    one, two = (made(*CHAT, f"model.prompt=@{name}.txt") for name in ("one", "two"))
    assert one.prompt == two.prompt == words
    assert one.fingerprint("tr", "en") == two.fingerprint("tr", "en")
    Path("two.txt").write_text("Other: {text}")
    other = made(*CHAT, "model.prompt=@two.txt")
    assert other.fingerprint("tr", "en") != one.fingerprint("tr", "en")


def test_local_language_models_take_prompts_too(tmp_path: Path):
    (tmp_path / "p.txt").write_text("Into {target_language}: {text}\n")
    (tmp_path / "s.txt").write_text("You know {source_language}.\n")
    files = [f"model.prompt=@{tmp_path}/p.txt", f"model.system_prompt=@{tmp_path}/s.txt"]
    user = {"role": "user", "content": "Into English: {text}"}
    given = made("model=eurollm", *files).recipe("tr", "en")["messages"]
    assert given == [{"role": "system", "content": "You know Turkish."}, user]
    cards = made("model=eurollm").recipe("tr", "en")["messages"]
    assert made("model=eurollm", files[0]).recipe("tr", "en")["messages"] == [cards[0], user]
    assert made("model=gemma3", files[0]).recipe("tr", "en")["messages"] == [user]


WRONG = {
    "model.prompt=Translate : please": "it arrived as 'Translate : please'",
    "model.prompt={text} {langauge}": "it arrived as '{text} {langauge}'",
    r"model.system_prompt=a\n{text}": r"it arrived as 'a\\n{text}'",
    "model.prompt=Translate ${text}": "the fields of a prompt have no",
    "model.prompt=@nowhere.txt": "nowhere.txt: No such file",
    "model.prompt=@latin1.txt": "not UTF-8",
    "model.prompt=@/dev/zero": "not a regular file",
    "model.prompt=@.": "not a regular file|directory",
}


@pytest.mark.parametrize("word", WRONG)
@pytest.mark.parametrize("model", ["chat", "gemma3"])
def test_the_error_shows_the_prompt_as_it_arrived(
    word: str, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    Path("latin1.txt").write_bytes(b"\xe9t\xe9 {text}")
    choice = CHAT if model == "chat" else [f"model={model}"]
    with pytest.raises(EvalHarnessError, match=WRONG[word]) as caught:
        made(*choice, word)
    assert caught.value.where in ("model.prompt", "model.system_prompt")
