"""Results of strangers may hold links: nothing is written through them."""

from __future__ import annotations

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
