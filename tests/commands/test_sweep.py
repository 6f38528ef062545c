"""Sweeps: jobs that know nothing of each other end in one board and one table."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ..conftest import CommandLine, in_new_process, read_leaderboard
from ..test_kills import child
from .test_run import sweep_over_the_files_of


def test_a_sweep_writes_one_board_however_many_jobs_it_has(small: list[str], tmp_path: Path):
    names = ",".join(f"s{n}" for n in range(6))
    done = child(["-m", "model=copy", f"model.name={names}", *small], tmp_path / "results")
    assert done.returncode == 0, done.stderr
    replaced = [line.split()[1] for line in done.stderr.splitlines() if line[:8] == "replaced"]
    assert replaced.count("scores.json") == 6
    assert replaced.count("leaderboard.csv") == 1
    assert replaced[-1] == "leaderboard.csv"


def test_the_board_of_a_sweep_is_that_of_its_runs(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    assert evalharness("-m", "model=copy,gloss", *small).code == 0
    board = (tmp_path / "results/leaderboard.csv").read_bytes()
    shutil.copytree(tmp_path / "results/runs", tmp_path / "again/runs")
    assert evalharness("leaderboard", "results_dir=again").code == 0
    assert (tmp_path / "again/leaderboard.csv").read_bytes() == board


@pytest.mark.parametrize("asked_in", ["an option", "a file"])
def test_a_sweep_may_be_asked_for_by_the_mode_of_hydra(
    asked_in: str, evalharness: CommandLine, small: list[str], tmp_path: Path
):
    words = ["hydra.mode=MULTIRUN", "model=copy,gloss"]
    if asked_in == "a file":
        (tmp_path / "own/experiment").mkdir(parents=True)
        both = "hydra: {mode: MULTIRUN, sweeper: {params: {model: 'copy,gloss'}}}"
        (tmp_path / "own/experiment/both.yaml").write_text(f"# @package _global_\n{both}\n")
        words = ["experiment=both", "--config-dir", "own"]
    assert evalharness(*words, *small).code == 0
    board = read_leaderboard(tmp_path / "results")
    assert {row["system"] for row in board} == {"copy", "gloss"}


def test_the_highest_exit_code_of_the_jobs_is_the_sweeps(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    cannot = [*small, "metric=[bleu,comet]", "require_metrics=true"]  # no weights: exit code 1
    assert evalharness("-m", "model=copy,gloss", *cannot).code == 1
    assert evalharness("-m", "model=copy,file", *cannot).code == 2


def test_each_job_reports_what_it_was_asked_and_what_it_made(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    evalharness("-m", "model=copy,file", *small, "results_dir=r")
    found = {
        report["number"]: report
        for path in (tmp_path / "r/sweeps").glob("*/job.*.json")
        for report in [json.loads(path.read_text())]
    }
    assert [found[n]["code"] for n in (0, 1)] == [0, 2]
    assert "model=copy" in found[0]["overrides"]
    assert found[0]["error"] is None
    assert "model.path: not given" in found[1]["error"]
    (run,) = found[0]["runs"]
    assert (tmp_path / "r" / run / "scores.json").exists()
    assert found[1]["runs"] == []


@pytest.mark.sweep
def test_parallel_jobs_write_what_serial_ones_write(flores: Path, tmp_path: Path):
    sweep, _ = sweep_over_the_files_of(flores, "tr-en")
    boards = []
    for name, launcher in (("serial", []), ("parallel", ["hydra/launcher=joblib"])):
        done = in_new_process(*sweep, "limit=100", *launcher, f"results_dir={name}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        boards.append((done.stdout, (tmp_path / name / "leaderboard.csv").read_bytes()))
    assert boards[0] == boards[1]
    assert not (tmp_path / "outputs").exists()
    assert not (tmp_path / "multirun").exists()


def test_a_failing_job_takes_no_other_down_and_is_named(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    outcome = evalharness("-m", "model=file,copy", *small)
    assert outcome.code == 2
    assert "evalharness: failed: model=file: model.path: not given" in outcome.err
    assert [row["system"] for row in read_leaderboard(tmp_path / "results")] == ["copy"]
    assert "copy" in outcome.out


def test_a_sweep_whose_folder_depends_on_the_job_still_names_what_failed(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    outcome = evalharness("-m", "model=copy,file", *small, "hydra.sweep.dir=s/${model.name}")
    assert outcome.code == 2
    assert "evalharness: failed: model=file: model.path: not given" in outcome.err
    assert "copy" in outcome.out


def test_results_of_a_sweep_may_lie_apart(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    left = tmp_path / "results/sweeps/an earlier one/.job.0.json.0123abcd.tmp"
    left.parent.mkdir(parents=True)
    left.write_text("of a killed process")
    outcome = evalharness("-m", "model=copy", "results_dir=one,two", *small)
    assert outcome.code == 0
    assert not left.exists()
    assert [len(read_leaderboard(tmp_path / name)) for name in ("one", "two")] == [1, 1]


@pytest.mark.sweep
def test_a_sweep_says_once_which_required_metrics_are_absent(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    sweep = ["-m", "model=copy,gloss", *small, "metric=[bleu,comet]"]
    assert evalharness(*sweep).code == 0
    outcome = evalharness(*sweep, "require_metrics=true")
    assert outcome.code == 1
    message = [line for line in outcome.err.splitlines() if line.startswith("evalharness:")]
    assert len(message) == 1
    assert message[0].startswith(
        "evalharness: failed: wmt22-comet-da could not be computed, but is required;"
    )
    some = evalharness(
        "-m", "model=copy,gloss", *small, "metric=bleu,comet", "require_metrics=true"
    )
    assert some.code == 1
