"""A page on a terminal, however narrow: numbers are never cut, texts are broken over lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from evalharness.render.wording import (
    BEST_NOTE,
    DASH,
    for_people,
    groups,
    has_best,
    parts,
    words,
)
from evalharness.terminal import plain
from evalharness.values import Column, Mark, Page, Row, Table

_STYLES: Mapping[Mark | None, str] = {
    None: "",
    Mark.best: "bold green",
    Mark.good: "green",
    Mark.doubtful: "yellow",
    Mark.bad: "bold red",
}
_STAR = "*"


@dataclass(frozen=True)
class _Layout:
    """How a table is arranged.

    Attributes:
        least: How wide a column that may be wrapped is at least, unless its texts are shorter.
        ranges_below: Whether ranges stand under their numbers instead of beside them.
        stacked: Whether columns stand under others that say they may, and closer to their
            neighbours.
    """

    least: int
    ranges_below: bool
    stacked: bool


_LAYOUTS = tuple(
    _Layout(least, below, stacked)
    for least in (26, 10)
    for below, stacked in ((False, False), (True, False), (True, True))
)
"""From the one that takes most room to the one that takes least."""


def print_page(page: Page, console: Console) -> None:
    """Prints the tables, the notes, the sentences and the answer.

    Where a table is too wide, ranges stand under their numbers and columns under others. What may
    be wrapped is wrapped to the console's width; where that is not enough, the table is wider.
    """
    for table in page.tables:
        for part in parts(table):
            if part.rows:
                _print_table(part, console)
    if any(has_best(table, column) for table in page.tables for column in for_people(table)):
        console.print(plain(BEST_NOTE, "dim"))
    for note in page.notes:
        console.print(plain(note, "dim"))
    if page.lines:
        console.print()
    for text, mark in page.lines:
        console.print(plain(text, _STYLES[mark]))
    if page.answer:
        text, mark = page.answer
        console.print(plain(text, _STYLES[mark]))


def _print_table(table: Table, console: Console) -> None:
    unbounded = console.options.update(max_width=10_000)

    def width_of(layout: _Layout) -> int:
        narrowest = _draw(table, layout, narrow=True)
        return console.measure(narrowest, options=unbounded).maximum

    width = console.width
    chosen = next((one for one in _LAYOUTS if width_of(one) <= width), _LAYOUTS[-1])
    console.width = max(width, width_of(chosen))
    console.print(_draw(table, chosen, narrow=False))
    console.width = width


def _draw(table: Table, layout: _Layout, *, narrow: bool) -> RichTable:
    """Arranges a table; `narrow` gives texts that may be wrapped no more than the least width."""
    drawn = RichTable(
        title=plain(table.title) if table.title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 0 if layout.stacked else 1, 0, 1),
    )
    stacks = _stacks(for_people(table), stacked=layout.stacked)
    starred = {column.key for column in for_people(table) if has_best(table, column)}
    for first, *below in stacks:
        head = Text("\n").join(plain(column.title) for column in (first, *below))
        if first.wraps:
            texts = [words(row, column).text for row in table.rows for column in (first, *below)]
            least = min(layout.least, max(map(len, [*texts, first.title])))
            width = least if narrow else None
            drawn.add_column(head, overflow="fold", min_width=least, width=width)
        else:
            justify = "right" if first.number else "left"
            drawn.add_column(head, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for rows in groups(table):
        for row, repeated in _with_repeats(rows, for_people(table)):
            cells = [
                Text("\n").join(
                    _cell(row, column, layout, starred)
                    for column in stack
                    if column.key not in repeated
                )
                for stack in stacks
            ]
            drawn.add_row(*cells, style=_STYLES[row.mark], end_section=row is rows[-1])
    return drawn


def _stacks(columns: Sequence[Column], *, stacked: bool) -> list[list[Column]]:
    """The columns that stand under each other, by the one on top."""
    stacks: dict[str, list[Column]] = {}
    for column in columns:
        if stacked and column.under in stacks:
            stacks[column.under].append(column)
        else:
            stacks[column.key] = [column]
    return list(stacks.values())


def _with_repeats(
    rows: Sequence[Row], columns: Sequence[Column]
) -> Iterator[tuple[Row, Collection[str]]]:
    """Yields rows that stand together, each with the keys of what the row above it says too."""
    above: dict[str, str] = {}
    for row in rows:
        texts = {column.key: words(row, column).text for column in columns if column.once}
        yield row, [key for key, text in texts.items() if above.get(key) == text]
        above = texts


def _cell(row: Row, column: Column, layout: _Layout, starred: Collection[str]) -> Text:
    shown = words(row, column)
    star = ""
    if column.key in starred and shown.text != DASH:  # so that numbers stand below each other
        star = _STAR if shown.mark is Mark.best else " "
    text = plain(f"{shown.text}{star}", _STYLES[shown.mark])
    if not shown.between:
        return text
    separator = "\n" if layout.ranges_below else " "
    return Text.assemble(text, separator, (shown.between, "dim"))
