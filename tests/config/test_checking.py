"""YAML's numbers and truth values are no text, and paths are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.config import absolute

from ..conftest import CommandLine, files_below, read_scores

CONFIG = ["--config-dir", "own", "experiment=own"]


def write(tmp_path: Path, yaml: str) -> None:
    (tmp_path / "own/experiment").mkdir(parents=True, exist_ok=True)
    (tmp_path / "own/experiment/own.yaml").write_text(f"# @package _global_\n{yaml}\n")


MISREAD = {
    "model: {name: 1.10}": "model.name: text is wanted, and this was read as 1.1; quote",
    "model: {name: 0x10}": "model.name: text is wanted, and this was read as 16; quote",
    "testset: {target_lang: no}": "testset.target_lang: text is wanted, and this was read as false",
    "testset: {references: [ref.txt, 010]}": "testset.references[1]: text is wanted, and this was",
    "model: {_target_: evalharness.systems.remote.ChatSystem, examples: [{target: 1.10}]}": (
        "model.examples[0].target: text is wanted"
    ),
    "pivot: no": "pivot: text is wanted, and this was read as false",
    "store: {dir: 1e3}": "store.dir: text is wanted, and this was read as 1000.0",
    'model: {name: "\\ud83d"}': "model.name: '\\ud83d' at position 1 is no letter",
    'pivot: "\\ud83d"': "pivot: '\\ud83d' at position 1 is no letter",
    'testset: {source: "a\\0"}': "testset.source: holds a NUL",
    'testset: {target_lang: "[/en]"}': "testset.target_lang: unknown language code '[/en]'",
    "model: [": "a configuration file is not YAML",
}


@pytest.mark.parametrize("yaml", MISREAD)
def test_what_yaml_took_for_something_else_is_refused(
    yaml: str, evalharness: CommandLine, small: list[str], tmp_path: Path
):
    write(tmp_path, yaml)
    before = files_below(tmp_path)
    inside = yaml.partition("{")[2].partition(":")[0]
    others = [word for word in small if not inside or f".{inside}=" not in word]
    outcome = evalharness("model=copy", *others, *CONFIG)
    assert outcome.code == 2
    assert outcome.err.startswith("evalharness: error: ")
    assert MISREAD[yaml] in outcome.err
    assert outcome.err.count("\n") == 1
    assert files_below(tmp_path) == before


def test_what_is_quoted_is_text_and_numbers_are_numbers(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    write(tmp_path, "model: {name: '1.10'}\nseed: 0x10\nlimit: 2")
    outcome = evalharness("model=copy", *small, *CONFIG)
    assert outcome.code == 0, outcome.err
    assert set(read_scores(tmp_path / "results")) == {"1.10"}
    assert "seed 16" in outcome.out


def test_paths_are_whole_and_a_tilde_is_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert absolute("~/x") == str(tmp_path / "home/x")
    assert absolute("x/y") == str(tmp_path / "x/y")
    assert absolute("/x") == "/x"
    assert absolute("~nobody.there/x") == str(tmp_path / "~nobody.there/x")
