"""How numbers are written in tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evalharness.columns import SACREBLEU_METRICS
from evalharness.scoring import Score
from evalharness.views.board import Board, Row, Section

DASH = "–"


def decimals(board: Board) -> Mapping[str, int]:
    """Returns the decimals of each column's scores.

    sacreBLEU's metrics get 2, others 4 where all scores lie between -2 and 2, unless the board has
    decimals of its own.
    """
    if board.decimals is not None:
        return dict.fromkeys(board.columns, board.decimals)
    return {column: places(column, _scores(board, column)) for column in board.columns}


def places(column: str, scores: Iterable[float]) -> int:
    """Returns the decimals of one column's scores; see `decimals`."""
    coarse = column.split("|")[0] in SACREBLEU_METRICS or any(abs(of) > 2 for of in scores)
    return 2 if coarse else 4


def interval(score: Score, places: int) -> str:
    """Returns a score's interval, one decimal coarser than the score."""
    coarser = max(0, places - 1)
    return f"{score.low:.{coarser}f}{DASH}{score.high:.{coarser}f}"


def signed(number: float, places: int) -> str:
    """Returns a difference with its sign."""
    return f"{round(number, places) + 0.0:+.{places}f}".replace("-", "−")  # no −0.00


def is_best(section: Section, row: Row, column: str) -> bool:
    """Whether the row holds the column's best score in its section."""
    return column in section.best and row.scores[column].score == section.best[column]


def heading(board: Board, column: str) -> str:
    """Returns a column's name with the direction in which it gets better, if that is known."""
    if column not in board.higher_is_better:
        return column
    return f"{column} {'↑' if board.higher_is_better[column] else '↓'}"


def standing(row: Row) -> tuple[str, str]:
    """Returns a row's rank and its wins."""
    if row.place is None:
        return DASH, DASH
    return str(row.place.rank), str(row.place.wins)


def has_ranks(board: Board) -> bool:
    """Whether any section ranks more than one run."""
    return any(len(section.rows) > 1 for section in board.sections)


def _scores(board: Board, column: str) -> Sequence[float]:
    rows = [row for section in board.sections for row in section.rows]
    return [row.scores[column].score for row in rows if column in row.scores]
