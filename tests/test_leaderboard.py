"""The leaderboard is a pure function of the runs."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from .conftest import CommandLine


@pytest.fixture
def two_runs(evalharness: CommandLine, small: list[str], tmp_path: Path) -> Path:
    (tmp_path / "out.txt").write_text("red apple\nblue lake\nyellow\n")
    assert evalharness("-m", "model=copy,file", "model.name=a,b", *small).code == 2
    assert evalharness("model=copy", *small).code == 0
    assert evalharness("model=file", "model.path=out.txt", *small).code == 0
    shutil.rmtree(tmp_path / "results/sweeps")
    for run in (tmp_path / "results/runs/text.tr-en").iterdir():
        if run.name.startswith(("a.", "b.")):
            shutil.rmtree(run)
    return tmp_path / "results"


def test_it_is_rebuilt_from_the_runs_alone(evalharness: CommandLine, two_runs: Path):
    before = (two_runs / "leaderboard.csv").read_bytes()
    assert evalharness("leaderboard").code == 0
    rebuilt = (two_runs / "leaderboard.csv").read_bytes()
    rows = csv.DictReader(io.StringIO(rebuilt.decode()))
    assert {row["system"] for row in rows} == {"copy", "out"}
    (two_runs / "leaderboard.csv").unlink()
    assert evalharness("leaderboard").code == 0
    assert (two_runs / "leaderboard.csv").read_bytes() == rebuilt
    assert before.splitlines()[0] == rebuilt.splitlines()[0]


def test_csv_on_stdout_is_the_file(evalharness: CommandLine, two_runs: Path):
    outcome = evalharness("leaderboard", "leaderboard.format=csv")
    assert outcome.out.encode() == (two_runs / "leaderboard.csv").read_bytes()


def test_ranking_by_another_metric_changes_what_is_shown_not_the_file(
    evalharness: CommandLine, two_runs: Path
):
    before = (two_runs / "leaderboard.csv").read_bytes()
    outcome = evalharness("leaderboard", "leaderboard.by=chrF2", "leaderboard.format=markdown")
    assert outcome.out.index("out") < outcome.out.index("copy")
    assert evalharness("leaderboard", "leaderboard.by=COMET").code == 2
    after = (two_runs / "leaderboard.csv").read_bytes()
    assert after.splitlines()[0] == before.splitlines()[0]


def test_damaged_and_unfinished_runs_are_passed_over_and_said(
    evalharness: CommandLine, two_runs: Path
):
    damaged = two_runs / "runs/text.tr-en/damaged.00000000"
    shutil.copytree(next((two_runs / "runs/text.tr-en").glob("copy.*")), damaged)
    (damaged / "run.json").write_text("{")
    unfinished = two_runs / "runs/text.tr-en/unfinished.00000000"
    unfinished.mkdir()
    newer = two_runs / "runs/text.tr-en/newer.00000000"
    shutil.copytree(next((two_runs / "runs/text.tr-en").glob("out.*")), newer)
    scores = json.loads((newer / "scores.json").read_text())
    (newer / "scores.json").write_text(json.dumps({**scores, "schema_version": 2}))
    outcome = evalharness("leaderboard", "leaderboard.format=csv")
    assert outcome.code == 0
    assert "damaged.00000000: damaged run" in outcome.err
    assert "newer.00000000: written by a newer evalharness" in outcome.err
    assert {row["system"] for row in csv.DictReader(io.StringIO(outcome.out))} == {"copy", "out"}


def test_no_run_yet_says_how_to_make_one(evalharness: CommandLine, tmp_path: Path):
    outcome = evalharness("leaderboard")
    assert outcome.code == 2
    assert "results/runs: no complete run; python -m evalharness makes one" in outcome.err
    assert not (tmp_path / "results").exists()
