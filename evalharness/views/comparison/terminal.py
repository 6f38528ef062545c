"""A comparison on the terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from evalharness.comparison import Comparison, Example, Examples, Section
from evalharness.terminal import plain
from evalharness.views.board import make_board
from evalharness.views.cells import places
from evalharness.views.comparison.cells import (
    WON_LOST_TIED,
    decimals_of,
    difference_cell,
    explanations,
    heading,
    p_cell,
    segments_cell,
    title,
    verdict,
)
from evalharness.views.terminal import print_board

_WIDE = 110  # from here on a row of numbers leaves enough room for the words beside it


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Prints a comparison: scores, differences, and segments side by side."""
    records = [record for section in comparison.sections for record in section.records]
    print_board(make_board(records, comparison.ranking), console)
    separator = " " if console.width >= _WIDE else "\n"
    for section in comparison.sections:
        if section.metrics:
            console.print(Text(""), _differences(section, separator))
    for note in explanations(comparison):
        console.print(plain(note, "dim"))
    for section in comparison.sections:
        if section.examples:
            console.print(Text(""), _examples(title(section), section.examples))


def _differences(section: Section, separator: str) -> Table:
    table = Table(
        title=plain(title(section)), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
    table.add_column("", overflow="fold", ratio=1)
    table.add_column(f"difference{separator}(range)", justify="right", no_wrap=True)
    table.add_column(f"p{separator}corrected", justify="right", no_wrap=True)
    table.add_column(WON_LOST_TIED, justify="right", no_wrap=True)
    for metric in section.metrics:
        decimals = decimals_of(metric)
        table.add_row(plain(heading(metric), "bold"))
        for pair in metric.differences:
            difference, between = difference_cell(pair, decimals)
            table.add_row(
                plain(verdict(pair, decimals), "green" if pair.significant else ""),
                Text.assemble(difference, separator, (f"({between})", "dim")),
                f"{p_cell(pair.p_value)}{separator}{p_cell(pair.corrected):>9}",
                segments_cell(pair),
                end_section=pair is metric.differences[-1],
            )
    return table


def _examples(of: str, examples: Examples) -> RenderableType:
    first, second = examples.systems
    if not examples.rows:
        return plain(f"{of}: {first} and {second} score the same on every segment")
    head = f"{of}: where {first} and {second} differ most by {examples.column}"
    return Group(plain(head, "bold"), *(_example(row, examples) for row in examples.rows))


def _example(row: Example, examples: Examples) -> RenderableType:
    segment = row.segment
    decimals = places(examples.column, ())
    where = "" if segment.document is None else f" of document {segment.document}"
    above = [f"segment {segment.id}{where}", f"source: {segment.source}"]
    above += [f"reference: {reference}" for reference in segment.references]
    beside = Table.grid(padding=(0, 3, 0, 0), expand=True)
    for system, score in zip(examples.systems, row.scores, strict=True):
        beside.add_column(plain(f"{system} {score:.{decimals}f}"), ratio=1, overflow="fold")
    beside.show_header = True
    beside.add_row(*(plain(text or "(empty)") for text in row.hypotheses))
    return Group(*(plain(line) for line in ["", *above]), beside)
