"""Finished runs: listed, renamed, deleted and verified, and the board follows."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from evalharness.results import read_runs

from ..conftest import CommandLine, Prepare, files_below


@pytest.fixture
def results(evalharness: CommandLine, small: list[str], tmp_path: Path, prepared: Prepare) -> Path:
    def make() -> None:
        (tmp_path / "out.txt").write_text("red apple\nblue lake\nyellow\n")
        assert evalharness("model=copy", *small).code == 0
        assert evalharness("model=file", "model.path=out.txt", *small).code == 0
        assert evalharness("model=copy", *small, "limit=2").code == 0

    prepared("three runs", tmp_path, make)
    return tmp_path / "results"


def listed(evalharness: CommandLine, *words: str) -> list[dict[str, object]]:
    outcome = evalharness("runs", "format=json", *words)
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)["runs"]


def systems(results: Path) -> list[str]:
    with (results / "leaderboard.csv").open(encoding="utf-8") as board:
        return sorted(row["system"] for row in csv.DictReader(board))


def test_runs_are_listed_and_those_with_a_limit_stand_last(results: Path, evalharness: CommandLine):
    rows = listed(evalharness)
    assert [(row["system"], row["segments"], row["limit"]) for row in rows] == [
        ("copy", 3, None),
        ("out", 3, None),
        ("copy", 2, 2),
    ]
    for row in rows:
        files = (results / str(row["run"])).iterdir()
        assert row["bytes"] == sum(path.stat().st_size for path in files)
        head = json.loads((results / str(row["run"]) / "run.json").read_text())
        assert row["started"] == head["started"]
    assert [row["system"] for row in listed(evalharness, "select.systems=[out]")] == ["out"]
    shown = evalharness("runs").out
    assert "limit: only so many segments were translated" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_renamed_run_is_the_same_run_and_the_board_follows(
    results: Path, evalharness: CommandLine
):
    (before,) = (run for run in read_runs(results) if run.system == "out")
    head = before.path / "run.json"
    head.write_text(json.dumps({**json.loads(head.read_text()), "of_a_later_version": 1}))
    outcome = evalharness("runs", "rename=out", "to=nllb-3.3B")
    assert outcome.code == 0, outcome.err
    assert before.folder in outcome.out
    (after,) = (run for run in read_runs(results) if run.system == "nllb-3.3B")
    assert after.scores == before.scores
    assert after.path.name == before.path.name.replace("out.", "nllb-3.3B.")
    assert json.loads((after.path / "run.json").read_text())["of_a_later_version"] == 1
    assert not before.path.exists()
    assert systems(results) == ["copy", "copy", "nllb-3.3B"]
    assert evalharness("compare", "runs=[copy,nllb-3.3B]").code in (0, 2)


WRONG = {
    "no name": (["rename=out"], "to: not given; runs rename=RUN to=NAME"),
    "a path": (["rename=out", "to=../x"], "to: '../x' cannot name a folder or a column"),
    "its own name": (["rename=out", "to=out"], "it is called so already"),
    "no such run": (["delete=nllb", "yes=true"], "no run of a system called 'nllb'"),
    "nobody to ask": (["delete=out"], "delete: nothing was deleted: runs/text.tr-en/out."),
    "two at once": (["delete=out", "verify=out"], "only one at a time"),
    "another folder's run": (["delete=elsewhere/run", "yes=true"], "no such folder"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_done_is_one_line_and_changes_nothing(
    case: str, results: Path, evalharness: CommandLine
):
    words, error = WRONG[case]
    before = files_below(results)
    outcome = evalharness("runs", *words)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1), outcome.err
    assert error in outcome.err
    assert files_below(results) == before


def test_a_name_that_another_run_bears_is_refused(results: Path, evalharness: CommandLine):
    (run,) = (run for run in read_runs(results) if run.system == "out")
    assert evalharness("runs", "rename=out", "to=twin").code == 0
    twin = run.path.with_name(run.path.name.replace("out.", "twin."))
    twin.with_name(run.path.name).mkdir()
    for path in twin.iterdir():
        content = path.read_bytes().replace(b'"system": "twin"', b'"system": "out"')
        (twin.with_name(run.path.name) / path.name).write_bytes(content)
    before = files_below(results)
    outcome = evalharness("runs", "rename=out", "to=twin")
    assert (outcome.code, "there is such a run already" in outcome.err) == (2, True)
    assert files_below(results) == before


def test_a_deleted_run_is_gone_and_what_others_put_there_stays(
    results: Path, evalharness: CommandLine
):
    (run,) = (run for run in read_runs(results) if run.system == "out")
    (run.path / "notes.txt").write_text("mine")
    outcome = evalharness("runs", "delete=out", "yes=true")
    assert outcome.code == 0, outcome.err
    assert "the folder stays, since other files are in it" in " ".join(outcome.out.split())
    assert [path.name for path in run.path.iterdir()] == ["notes.txt"]
    assert systems(results) == ["copy", "copy"]
    assert evalharness("runs", "delete=copy", "yes=true").code == 0
    assert read_runs(results) == []


def test_scores_are_computed_again_and_an_edited_hypothesis_is_seen(
    results: Path, evalharness: CommandLine
):
    verified = evalharness("runs", "verify=out", "format=json")
    assert verified.code == 0, verified.err
    rows = json.loads(verified.out)["verified"]
    assert {row["metric"] for row in rows} == {"BLEU", "chrF2"}
    assert all(row["equal"] and not row["segments"] for row in rows)
    lacking = evalharness("runs", "verify=out", "metric=[bleu]")
    assert lacking.code == 0
    assert "not computed: no metric of that name is chosen with metric=" in " ".join(
        lacking.out.split()
    )
    (run,) = (run for run in read_runs(results) if run.system == "out")
    path = run.path / "segments.jsonl"
    path.write_text(path.read_text().replace("blue lake", "blue sea"))
    edited = evalharness("runs", "verify=out")
    assert edited.code == 1
    assert "1 segment with another score" in " ".join(edited.out.split())


def test_renaming_beside_a_run_loses_nothing(
    results: Path, evalharness: CommandLine, small: list[str], tmp_path: Path
):
    program = [sys.executable, "-m", "evalharness", "model=copy", *small]
    with subprocess.Popen(program, cwd=tmp_path, stdout=subprocess.DEVNULL) as run:
        name, other = "out", "twin"
        while run.poll() is None:
            assert evalharness("runs", f"rename={name}", f"to={other}").code == 0
            name, other = other, name
    assert run.returncode == 0
    assert {one.system for one in read_runs(results)} == {"copy", name}
    assert evalharness("leaderboard").code == 0
    assert systems(results) == sorted(["copy", "copy", name])
