"""The list command, against what the files of the configuration say."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from ..conftest import ROOT, CommandLine
from ..hostile import HOSTILE, breaks_out

FORMATS = ("table", "csv", "markdown", "latex", "json", "html")


def as_json(evalharness: CommandLine, *arguments: str) -> dict:
    outcome = evalharness("list", *arguments, "format=json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def test_every_file_of_every_group_is_a_choice(evalharness: CommandLine):
    found = {(row["group"], row["choice"]) for row in as_json(evalharness)["choices"]}
    files = (ROOT / "conf").glob("*/*.yaml")
    groups = ("model", "testset", "metric", "check")
    assert found == {(path.parent.name, path.stem) for path in files if path.parent.name in groups}


@pytest.mark.parametrize("form", FORMATS)
def test_choices_and_options_come_in_every_format(form: str, evalharness: CommandLine):
    for arguments, expected in (
        (["metric"], ["chrfpp", "ready"]),
        (["model=chat"], ["system", "what the server calls it"]),
    ):
        outcome = evalharness("list", *arguments, f"format={form}")
        assert outcome.code == 0, outcome.err
        for word in expected:
            assert word in " ".join(outcome.out.split())


@pytest.mark.parametrize("choice", ["model=chat", "model=gemma3", "testset=text", "metric=comet"])
def test_defaults_are_those_that_hydra_composes(choice: str, evalharness: CommandLine):
    group, _, _ = choice.partition("=")
    with initialize_config_dir(str(ROOT / "conf"), version_base=None):
        node = compose("config", overrides=[choice])[group]
    composed = OmegaConf.to_container(node["comet"] if group == "metric" else node)
    options = as_json(evalharness, choice)["options"]
    listed = {row["option"]: OmegaConf.create(f"x: {row['default']}") for row in options}
    assert {key: OmegaConf.to_container(value)["x"] for key, value in listed.items()} == {
        key: value for key, value in composed.items() if key != "_target_"
    }


def test_comments_beside_and_above_an_option_say_what_it_means(
    evalharness: CommandLine, tmp_path: Path
):
    (tmp_path / "own/model").mkdir(parents=True)
    (tmp_path / "own/model/mine.yaml").write_text(
        "# Mine: a system. It is here.\n_target_: own.Mine\n"
        "one: 1 # the first\n\n# the second,\n# in two lines\ntwo: [a, # inside\n"
        "  b] # and beside\n"
        "three: 'a # b'\nfour:\n  - x: y # not this one\n"
    )
    own = ["--config-dir", "own"]
    found = as_json(evalharness, "model=mine", *own)
    assert found["choices"][0]["description"] == "Mine: a system. It is here."
    *own_options, repeats = [tuple(row.values())[2:] for row in found["options"]]
    assert repeats[:2] == ("repeats", "1")  # an option of every system
    assert own_options == [
        ("one", "1", "the first"),
        ("two", "[a, # inside b]", "the second, in two lines and beside"),
        ("three", "'a # b'", ""),
        ("four", '[{"x": "y"}]', ""),
    ]


def test_people_see_the_first_sentence_and_programs_everything(evalharness: CommandLine):
    outcome = evalharness("list", "model", "format=csv")
    rows = {row["choice"]: row for row in csv.DictReader(io.StringIO(outcome.out))}
    assert "CC-BY-NC-4.0" in rows["nllb"]["description"]
    everything = evalharness("list").out
    assert "CC-BY-NC-4.0" not in everything
    assert all(name in everything for name in ("statements", "copy", "chrfpp", "copied_source"))
    assert "CC-BY-NC-4.0" in evalharness("list", "model").out


@pytest.mark.parametrize("columns", ["80", "120"])
def test_tables_keep_to_the_terminals_width(
    columns: str, evalharness: CommandLine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", columns)
    for arguments in (["model"], ["model=gemma3"]):
        outcome = evalharness("list", *arguments)
        assert max(len(line.rstrip()) for line in outcome.out.splitlines()) <= int(columns)


def test_what_is_required_is_said(evalharness: CommandLine):
    outcome = evalharness("list", "model=chat")
    (line,) = (line for line in outcome.out.splitlines() if line.startswith(" base_url"))
    assert "(required)" in line
    options = as_json(evalharness, "model=chat")["options"]
    assert {row["option"]: row["default"] for row in options}["base_url"] == "???"


@pytest.mark.sweep
@pytest.mark.parametrize("form", FORMATS)
def test_a_strangers_comment_breaks_out_of_no_format(
    form: str, evalharness: CommandLine, tmp_path: Path
):
    (tmp_path / "own/model").mkdir(parents=True)
    text = " ".join(HOSTILE.replace("\ud800", "").replace("\x00", "").splitlines())
    printable = "".join(character for character in text if character.isprintable())
    (tmp_path / "own/model/mine.yaml").write_text(
        f"# {printable}\n_target_: own.Mine\none: 1 # {printable}\n", encoding="utf-8"
    )
    for arguments in (["model"], ["model=mine"]):
        outcome = evalharness("list", *arguments, "--config-dir", "own", f"format={form}")
        assert outcome.code == 0, outcome.err
        assert not breaks_out(outcome.out)


def test_floors_are_marked_as_such(evalharness: CommandLine):
    states = {row["choice"]: row["state"] for row in as_json(evalharness, "model")["choices"]}
    assert [name for name, state in states.items() if "a floor" in state] == ["copy", "gloss"]
