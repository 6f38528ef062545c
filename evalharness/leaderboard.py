"""The leaderboard: shown, and written to results/leaderboard.csv, a function of results/runs/."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from evalharness.comparison.kept import KeptTests, read_kept_tests
from evalharness.comparison.ranking import rank_runs
from evalharness.config import Format
from evalharness.disk import for_owner_alone, locked, write_files
from evalharness.render import render, show
from evalharness.results import Ranking, Run, board_page, read_runs, slice_runs
from evalharness.terminal import error_line
from evalharness.values import Score

FILE_NAME = "leaderboard.csv"


@dataclass(frozen=True)
class Board:
    """The runs of a results folder, ranked.

    Attributes:
        results: The results folder.
        runs: All its complete runs, ordered by folder.
        kept: The tests that are kept beside it; those that ranking takes are added.
    """

    results: Path
    runs: Sequence[Run]
    kept: KeptTests

    @cached_property
    def ranking(self) -> Ranking:
        """Where each run stands among all of them."""
        return rank_runs(self.runs, kept=self.kept)

    def rank(self, runs: Sequence[Run], by: str | None = None) -> Ranking:
        """Ranks some of the runs among each other; all of them are ranked already.

        Args:
            runs: The runs; they may have fewer scores than those of the board.
            by: The column that ranks; `None` for the one that most of them have.

        Raises:
            EvalHarnessError: No run has the column `by`.
        """
        if by is None and _scores_of(runs) == _scores_of(self.runs):
            return self.ranking
        return rank_runs(runs, by, self.kept)


def rebuild(results: Path) -> Board:
    """Writes leaderboard.csv and returns the board.

    All heads are read, also of runs that were just written: other processes may have added to them
    since. The file is its owner's alone where a run that it holds is.

    Raises:
        EvalHarnessError: The results folder cannot be written.
    """
    kept = read_kept_tests(results)
    if not results.is_dir():
        return Board(results, (), kept)
    with locked(results):
        board = Board(results, read_runs(results), kept)
        content = render(board_page(board.runs, board.ranking), Format.csv)
        with for_owner_alone(_are_private(board.runs)):
            write_files(results, {FILE_NAME: content.encode()})
            kept.write(results)
    return board


def show_runs(
    board: Board,
    runs: Sequence[Run],
    form: Format,
    by: str | None = None,
    slices: Sequence[str] = (),
) -> None:
    """Prints runs of a board as a leaderboard of their own on standard output.

    Args:
        board: The board.
        runs: The runs.
        form: How they are printed.
        by: The column that ranks them.
        slices: By which facts they are shown in slices, too; see `slice_runs`.

    Raises:
        EvalHarnessError: There are no such slices, or no run has the column `by`.
    """
    found = slice_runs(runs, slices)
    shown = [*runs, *found.runs]
    ranking = board.rank(shown, by)
    with for_owner_alone(_are_private(runs)):
        board.kept.write(board.results)
    page = board_page(shown, ranking)
    show(replace(page, notes=(*page.notes, *found.notes)), form)


def _scores_of(runs: Sequence[Run]) -> dict[tuple[Path, str], Sequence[Score]]:
    return {run.key: run.scores for run in runs}


def _are_private(runs: Sequence[Run]) -> bool:
    return any(not run.path.stat().st_mode & 0o077 for run in runs)


def report_absent(runs: Sequence[Run]) -> None:
    """Says on stderr which required metrics are absent; the notes under the table say why."""
    names = dict.fromkeys(absent.metric for run in runs for absent in run.unavailable)
    if names:
        error_line(
            f"evalharness: failed: {', '.join(names)} could not be computed, but is required; the"
            " reason stands below the table"
        )
