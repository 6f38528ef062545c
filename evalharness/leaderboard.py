"""The leaderboard command, and results/leaderboard.csv: a pure function of results/runs/."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from evalharness.config import Format
from evalharness.disk import locked, write_files
from evalharness.errors import EvalHarnessError
from evalharness.ranking import rank_runs
from evalharness.store import RunRecord, read_runs
from evalharness.terminal import error_line, results_console
from evalharness.views import (
    Board,
    csv_text,
    latex_text,
    make_board,
    markdown_text,
    print_board,
)

FILE_NAME = "leaderboard.csv"

_TEXTS = {Format.csv: csv_text, Format.markdown: markdown_text, Format.latex: latex_text}


def leaderboard(config: DictConfig) -> int:
    """Rebuilds the CSV and prints the board in the format asked for.

    Raises:
        EvalHarnessError: There is no run yet, or no run has the metric to rank by.
    """
    results = Path(config.results_dir)
    runs = rebuild(results)
    if not runs:
        raise EvalHarnessError(
            "no complete run", where=results / "runs", mend="python -m evalharness makes one"
        )
    show(results, runs, config.leaderboard.format, config.leaderboard.by)
    return 0


def rebuild(results: Path) -> list[RunRecord]:
    """Writes leaderboard.csv and returns the runs it holds.

    Raises:
        EvalHarnessError: The results folder cannot be written.
    """
    if not results.is_dir():
        return []
    with locked(results):
        runs = read_runs(results)
        write_files(results, {FILE_NAME: csv_text(_board(results, runs)).encode()})
    return runs


def _board(results: Path, runs: Sequence[RunRecord], by: str | None = None) -> Board:
    return make_board(runs, rank_runs(results, runs, by))


def show(results: Path, runs: Sequence[RunRecord], form: Format, by: str | None = None) -> None:
    """Prints runs as a board on stdout.

    Args:
        results: The results folder.
        runs: The runs.
        form: How they are printed.
        by: The column that ranks them.
    """
    board = _board(results, runs, by)
    with results_console() as console:
        if form is Format.table:
            print_board(board, console)
        else:
            sys.stdout.write(_TEXTS[form](board))


def report_absent(runs: Sequence[RunRecord]) -> None:
    """Says on stderr which required metrics are absent; the notes under the table say why."""
    names = dict.fromkeys(absent.metric for run in runs for absent in run.unavailable)
    if names:
        error_line(
            f"evalharness: failed: {', '.join(names)} could not be computed, and"
            " require_metrics=true; the reason stands below the table"
        )
