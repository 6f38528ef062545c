"""What people read in a table, in every format: numbers, ranges, and which rows stand together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from evalharness.values import Cell, Column, Mark, Row, Table

DASH = "–"
BEST_NOTE = "* best of its column"

_EMPTY = Cell()


@dataclass(frozen=True)
class Words:
    """A cell as people read it.

    Attributes:
        text: The value.
        between: The range of the value; empty where it has none.
        mark: What the cell stands out for.
        is_number: Whether the text is a number, or the dash for none: nothing that has to be
            escaped.
    """

    text: str
    between: str
    mark: Mark | None
    is_number: bool

    @property
    def stands_out(self) -> bool:
        """Whether it is to be seen without colour: it is the best, or something is wrong."""
        return self.mark not in (None, Mark.good)


def words(row: Row, column: Column) -> Words:
    """Returns what people read where a row and a column meet."""
    cell = row.cells.get(column.key, _EMPTY)
    decimals = column.decimals if cell.decimals is None else cell.decimals
    between = ""
    if cell.low is not None and cell.high is not None:
        if column.signed:
            between = f"{signed(cell.low, decimals)}…{signed(cell.high, decimals)}"
        else:  # one decimal coarser than the number
            coarser = max(0, decimals - 1)
            between = f"{cell.low:.{coarser}f}{DASH}{cell.high:.{coarser}f}"
    is_number = cell.text is None and (
        isinstance(cell.value, int | float) or (column.number and cell.value is None)
    )
    return Words(_text(cell, column, decimals), between, cell.mark, is_number)


def _text(cell: Cell, column: Column, decimals: int) -> str:
    value = cell.value
    if cell.text is not None:
        return cell.text
    if value is None:
        return DASH if column.number else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return signed(value, decimals) if column.signed else f"{value:.{decimals}f}"
    return str(value)


def signed(number: float, decimals: int) -> str:
    """Returns a number with its sign, as people read differences."""
    return f"{round(number, decimals) + 0.0:+.{decimals}f}".replace("-", "−")  # no −0.00


def for_people(table: Table) -> list[Column]:
    """Returns the columns that people see."""
    return [column for column in table.columns if column.people]


def groups(table: Table) -> list[list[Row]]:
    """Returns the rows that stand together."""
    return [list(rows) for _, rows in groupby(table.rows, key=lambda row: row.group)]


def parts(table: Table) -> Iterator[Table]:
    """Yields a table for each value of the column that parts its rows, titled with that value.

    Of the columns with ranges a part has those that a row of it has a cell in, be it an empty one.
    """
    if table.split is None:
        yield table
        return
    key = table.split
    (parting,) = (column for column in table.columns if column.key == key)
    columns = tuple(column for column in table.columns if column.key != key)
    texts = {id(row): words(row, parting).text for row in table.rows}
    for text in dict.fromkeys(texts.values()):
        rows = tuple(row for row in table.rows if texts[id(row)] == text)
        title = f"{table.title}: {text}" if table.title else text
        held = {key for row in rows for key in row.cells}
        shown = tuple(one for one in columns if not one.interval or one.key in held)
        yield replace(table, title=title, columns=shown, rows=rows, split=None)


def has_best(table: Table, column: Column) -> bool:
    """Whether a number of a column is marked as the best."""
    cells = (row.cells.get(column.key, _EMPTY) for row in table.rows)
    return column.number and any(cell.mark is Mark.best for cell in cells)
