"""Results of strangers may hold links: nothing is written through them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ..conftest import CommandLine, files_below


@pytest.mark.parametrize("level", [0, 1, 2], ids=["run", "pair", "runs"])
def test_a_run_is_not_written_through_a_link(
    evalharness: CommandLine, small: list[str], tmp_path: Path, level: int
) -> None:
    command = [*small, "model=copy", "metric=bleu"]
    assert evalharness(*command).code == 0
    (run,) = (tmp_path / "results/runs").glob("*/*")
    linked = [run, *run.parents][level]
    elsewhere = tmp_path / "elsewhere"
    linked.rename(elsewhere)
    linked.symlink_to(elsewhere)
    before = files_below(elsewhere)
    outcome = evalharness(*command[:-1], "metric=chrf")
    assert outcome.code == 2
    (line,) = [line for line in outcome.err.splitlines() if "is not written through" in line]
    assert f"{linked.relative_to(tmp_path)}: a link to {elsewhere}" in line
    assert files_below(elsewhere) == before


def test_the_results_folder_itself_may_be_a_link(
    evalharness: CommandLine, small: list[str], tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "results").symlink_to(tmp_path / "disk")
    assert evalharness(*small, "model=copy", "metric=bleu").code == 0
    assert list((tmp_path / "disk/runs").glob("*/*/scores.json"))


@pytest.mark.parametrize("level", [0, 1, 2], ids=["journal", "room", "store"])
def test_a_store_is_not_written_through_a_link(
    evalharness: CommandLine, small: list[str], tmp_path: Path, level: int
) -> None:
    command = [*small, "model=copy", "metric=bleu"]
    assert evalharness(*command).code == 0
    (journal,) = (tmp_path / "results/store/translations").iterdir()
    linked = [journal, *journal.parents][level]
    elsewhere = tmp_path / "elsewhere"
    linked.rename(elsewhere)
    linked.symlink_to(elsewhere)
    for about in elsewhere.rglob("about.json"):  # what is damaged would be written anew
        about.write_text("somebody's notes")
    before = files_below(elsewhere)
    outcome = evalharness(*command)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert f"{linked.relative_to(tmp_path)}: a link to {elsewhere}, which is not" in outcome.err
    assert files_below(elsewhere) == before


def test_a_pipe_in_a_store_keeps_nobody_waiting(
    evalharness: CommandLine, small: list[str], tmp_path: Path
) -> None:
    (tmp_path / "results/store/ctranslate2").mkdir(parents=True)
    os.mkfifo(tmp_path / "results/store/ctranslate2/x.lock")
    outcome = evalharness(*small, "model=copy", "metric=bleu")
    assert outcome.code == 2
    assert "store/ctranslate2/x.lock: neither a file nor a folder" in outcome.err


def test_the_store_that_is_named_may_be_a_link(
    evalharness: CommandLine, small: list[str], tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "named").symlink_to(tmp_path / "disk")
    assert evalharness(*small, "model=copy", "metric=bleu", "store.dir=named").code == 0
    assert list((tmp_path / "disk/translations").glob("*/*.jsonl"))
