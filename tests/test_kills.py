"""Kills at the n-th `os.replace`: they land while the files of a run are put into their places."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from evalharness.results import read_runs

from .conftest import CommandLine, Outcome

# Runs the command line, and kills itself before or after the n-th rename; names all the others.
CHILD = """
import os, runpy, signal, sys
at, when = int(sys.argv[1]), sys.argv[2]
del sys.argv[1:3]
rename, count = os.replace, 0
def replace(source, target, **options):
    global count
    count += 1
    if (count, when) == (at, "before"):
        os.kill(os.getpid(), signal.SIGKILL)
    rename(source, target, **options)
    if (count, when) == (at, "after"):
        os.kill(os.getpid(), signal.SIGKILL)
    print("replaced", os.path.basename(target), file=sys.stderr, flush=True)
os.replace = replace
runpy.run_module("evalharness", run_name="__main__", alter_sys=True)
"""
WRITTEN_INTO_A_RUN = ["config.yaml", "segments.jsonl", "statistics.npz", "run.json", "scores.json"]


class Whole(NamedTuple):
    """What a command that nobody killed left, and in which order it put files into their places."""

    results: Path
    replaced: list[str]
    out: str


def child(command: list[str], results: Path, at: int = 0, when: str = "before"):
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(at), when, *command, f"results_dir={results}"],
        cwd=results.parent,
        env={**os.environ, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def whole_run(command: list[str], results: Path) -> Whole:
    done = child(command, results)
    assert done.returncode == 0, done.stderr
    message = [line.split() for line in done.stderr.splitlines()]
    return Whole(results, [line[1] for line in message if line[:1] == ["replaced"]], done.stdout)


def run_files(results: Path) -> dict[str, bytes]:
    """What does not depend on when the run was made: everything but run.json."""
    return {
        path.relative_to(results).as_posix(): path.read_bytes()
        for name in WRITTEN_INTO_A_RUN
        if name not in ("run.json", "config.yaml")
        for path in sorted(results.glob(f"runs/*/*/{name}"))
    }


def check_what_was_left(results: Path, whole: Whole, before: Path | None) -> None:
    """What is there is whole, and of one command: the one that was killed or the one before it."""
    complete = {path.parent for path in results.glob("runs/*/*/scores.json")}
    assert {run.path for run in read_runs(results)} == complete
    states = [run_files(folder) for folder in (whole.results, before) if folder]
    left = run_files(results)
    for folder in complete:
        name = folder.relative_to(results).as_posix()
        found = {path: left[path] for path in left if path.startswith(name)}
        assert any(
            found == {path: state[path] for path in state if path.startswith(name)}
            for state in states
        )
        json.loads((folder / "run.json").read_bytes())
    boards = [folder / "leaderboard.csv" for folder in (whole.results, before) if folder]
    board = results / "leaderboard.csv"
    if board.exists():
        assert board.read_bytes() in [path.read_bytes() for path in boards]
        with board.open(encoding="utf-8", newline="") as file:
            assert len(list(csv.DictReader(file))) == 2


def translated(results: Path) -> dict[str, int]:
    """How many lines the store holds, by language pair; none is torn."""
    counts: dict[str, int] = {}
    for path in results.glob("store/translations/*/*.jsonl"):
        lines = path.read_bytes().splitlines()
        assert all(json.loads(line)["source"] for line in lines)
        pair = path.parent.name.rpartition(".")[2]
        counts[pair] = counts.get(pair, 0) + len(lines)
    return counts


def check_kill(
    kill: tuple[int, str],
    command: list[str],
    whole: Whole,
    again: Callable[..., Outcome],
    folder: Path,
    before: Path | None = None,
) -> None:
    """Kills a command, looks at what is left, and gives the same command again."""
    results = folder / "killed"
    shutil.rmtree(results, ignore_errors=True)
    if before:
        shutil.copytree(before, results)
    killed = child(command, results, *kill)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    check_what_was_left(results, whole, before)
    kept = translated(results)
    cut = [
        path.parent
        for path in results.glob("runs/*/*/segments.jsonl")
        if not (path.parent / "scores.json").exists()
    ]
    done = again(*command, f"results_dir={results}")
    assert done.code == 0, done.err
    assert done.out == whole.out
    assert run_files(results) == run_files(whole.results)
    left, right = (it / "leaderboard.csv" for it in (results, whole.results))
    assert left.read_bytes() == right.read_bytes()
    assert not list(results.rglob("*.tmp"))
    # It says that it goes on.
    message = " ".join(done.err.split())
    for pair, count in kept.items():
        assert f"{pair}: {count} of {count} were translated before" in message
    for run in cut:
        assert f"{run}: was cut short while it was written; written anew" in message
    assert translated(results) == translated(whole.results)


COPY = ["model=copy", "metric=[bleu,chrf]"]
MORE = ["model=copy", "metric=[bleu,chrf,ter]"]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return whole_run(COPY, tmp_path_factory.mktemp("copied") / "whole")


def both_moments(whole: Whole) -> Iterator[tuple[int, str]]:
    for at in range(1, len(whole.replaced) + 1):
        yield at, "before"
        yield at, "after"


def test_the_files_of_a_run_are_put_into_their_places_with_the_scores_last(copied: Whole):
    about, run = ["about.json"], WRITTEN_INTO_A_RUN
    assert copied.replaced == [*about, *about, *run, *run, "leaderboard.csv"]


@pytest.mark.parametrize("name", ["statistics.npz", "scores.json", "leaderboard.csv"])
def test_a_run_that_is_killed_before_a_file_is_in_its_place_is_completed_by_the_next(
    name: str, copied: Whole, evalharness: CommandLine, tmp_path: Path
):
    kill = (copied.replaced.index(name) + 1, "before")
    check_kill(kill, COPY, copied, evalharness, tmp_path)


@pytest.mark.sweep
def test_a_run_is_killed_at_every_rename(copied: Whole, evalharness: CommandLine, tmp_path: Path):
    for kill in both_moments(copied):
        check_kill(kill, COPY, copied, evalharness, tmp_path)


@pytest.mark.sweep
def test_a_run_that_adds_a_metric_to_an_earlier_one_is_killed_at_every_rename(
    copied: Whole, evalharness: CommandLine, tmp_path: Path
):
    shutil.copytree(copied.results, tmp_path / "whole")
    whole = whole_run(MORE, tmp_path / "whole")
    assert whole.replaced == [*WRITTEN_INTO_A_RUN, *WRITTEN_INTO_A_RUN, "leaderboard.csv"]
    for kill in both_moments(whole):
        check_kill(kill, MORE, whole, evalharness, tmp_path, before=copied.results)
