"""The leaderboard on the terminal."""

from __future__ import annotations

from functools import partial

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalharness.terminal import plain
from evalharness.views.board import Board, Row, Section
from evalharness.views.cells import DASH, decimals, has_ranks, heading, interval, is_best, standing

_BEST = "*"
_NAME_WIDTH = 10
_LAYOUTS = ((" ", " "), ("\n", " "), ("\n", "\n"))  # between scores and intervals, ranks and wins


def print_board(board: Board, console: Console) -> None:
    """Prints a board, its intervals beside the scores, or under them where that is too wide.

    Where that is too wide as well, wins stand under the ranks.

    Names are folded to the console's width; numbers are never cut, rather is the table wider.
    """
    unbounded = console.options.update(max_width=10_000)

    def width_of(table: Table) -> int:
        return console.measure(table, options=unbounded).maximum

    width = console.width
    for testset in dict.fromkeys(section.testset for section in board.sections):
        beside, *narrower = (partial(_table, board, testset, *layout) for layout in _LAYOUTS)
        if width_of(beside()) <= width:
            console.print(beside())
            continue
        fitting = (table for table in narrower if width_of(table(_NAME_WIDTH)) <= width)
        chosen = next(fitting, narrower[-1])
        console.width = max(width, width_of(chosen(_NAME_WIDTH)))
        console.print(chosen())
        console.width = width
    if any(section.best for section in board.sections):
        console.print(plain(f"{_BEST} best of its column", "dim"))
    for note in board.notes:
        console.print(plain(note, "dim"))


def _table(
    board: Board, testset: str, separator: str, between: str, name_width: int | None = None
) -> Table:
    table = Table(title=plain(testset), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    ranks = has_ranks(board)
    table.add_column("pair", no_wrap=True)
    if ranks:
        table.add_column(f"#{between}wins", justify="right", no_wrap=True)
    table.add_column("system", overflow="fold", width=name_width)
    table.add_column("n", justify="right", no_wrap=True)
    for column in board.columns:
        table.add_column(plain(heading(board, column)), justify="right", no_wrap=True)
    for section in board.sections:
        if section.testset != testset:
            continue
        for row in section.rows:
            cells = [plain(section.pair if row is section.rows[0] else "")]
            if ranks:
                rank, wins = standing(row)
                cells.append(Text(f"{rank}{between}{wins:>4}"))
            cells += [plain(row.name), plain(str(row.run.segments))]
            cells += [_cell(board, section, row, column, separator) for column in board.columns]
            table.add_row(*cells, end_section=row is section.rows[-1])
    return table


def _cell(board: Board, section: Section, row: Row, column: str, separator: str) -> Text:
    if column not in row.scores:
        return Text(DASH)
    score, places = row.scores[column], decimals(board)[column]
    best = is_best(section, row, column)
    mark = (_BEST if best else " ") if section.best else ""
    return Text.assemble(
        (f"{score.score:.{places}f}{mark}", "bold green" if best else ""),
        separator,
        (interval(score, places), "dim"),
    )
