"""What commands show: tables of cells under columns, with notes, in whatever format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

Value = str | int | float | bool | None


class Mark(Enum):
    """What a cell or a row is to stand out for."""

    best = "best"
    good = "good"
    doubtful = "doubtful"
    bad = "bad"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        key: What programs call it: `BLEU`, `source_lang`.
        title: What people call it, with the direction in which it gets better: `BLEU ↑`.
        decimals: How many decimals people see of its numbers, if a cell does not say otherwise.
        csv_decimals: How many decimals CSV has; `None` for the whole numbers, as JSON has them.
        number: Whether it holds numbers, which stand at the right.
        signed: Whether people see a plus before its positive numbers: those of differences.
        interval: Whether its cells have a range: for programs two more columns, `<key>_low` and
            `<key>_high`.
        people: Whether people see it.
        programs: Whether programs see it.
        wraps: Whether its texts may be broken over lines where a table is too wide.
        once: Whether a terminal shows a text only in the first of the rows of a group that have it.
        under: The key of the column before it that it may stand under, in one column, where a table
            is too wide.

    Two columns may share a key, one for people and one for programs, at different places.
    """

    key: str
    title: str
    decimals: int = 2
    csv_decimals: int | None = None
    number: bool = False
    signed: bool = False
    interval: bool = False
    people: bool = True
    programs: bool = True
    wraps: bool = False
    once: bool = False
    under: str | None = None


@dataclass(frozen=True)
class Cell:
    """What stands in one place of a table.

    Attributes:
        value: The value; `None` where there is none.
        low: Where the range of a number begins, if it has one.
        high: Where it ends.
        text: What people read instead of the value; `None` for the value as its column says.
        decimals: How many decimals people see; `None` for those of the column.
        mark: What it stands out for.
    """

    value: Value = None
    low: float | None = None
    high: float | None = None
    text: str | None = None
    decimals: int | None = None
    mark: Mark | None = None


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Attributes:
        cells: By the column's key; a column without a cell here is empty.
        group: Rows of one group stand together; a line parts them from the next.
        mark: What the row stands out for.
    """

    cells: Mapping[str, Cell]
    group: str = ""
    mark: Mark | None = None


@dataclass(frozen=True)
class Table:
    """Rows under columns.

    Attributes:
        key: What programs call the table: `runs`, `differences`, `verdicts`. Tables of one key are
            one table for them.
        title: What stands above it for people; empty for nothing.
        columns: The columns, in order.
        rows: The rows, in order.
        split: The key of the column whose values part the rows into tables of their own on a
            terminal and in HTML, each under its value as a title; `None` for one table.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    split: str | None = None


@dataclass(frozen=True)
class Page:
    """All that a command shows.

    Attributes:
        tables: The tables, in order.
        notes: What a reader has to know to read them right, a line each.
        lines: Sentences that stand below the notes, not to be overlooked, each with its mark.
        facts: What else programs get in JSON, beside the tables and the notes; a fact that is
            called like a table stands in its place.
        title: What HTML is titled with.
        answer: What the command answers, in one line: below everything on a terminal, above
            everything in Markdown and HTML; `None` for a command that answers nothing.
        csv: The key of the table that CSV holds; `None` for the first.
    """

    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    lines: tuple[tuple[str, Mark | None], ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    title: str = "evalharness"
    answer: tuple[str, Mark | None] | None = None
    csv: str | None = None
