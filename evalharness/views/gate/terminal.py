"""A gate's verdicts on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalharness.terminal import plain
from evalharness.views.cells import DASH
from evalharness.views.gate import cells
from evalharness.views.gate.report import GateReport, Outcome, Verdict

_STYLES = {
    Outcome.PASS: "green",
    Outcome.BETTER: "bold green",
    Outcome.INCONCLUSIVE: "yellow",
    Outcome.FAIL: "bold red",
}


def print_gate(report: GateReport, console: Console) -> None:
    """Prints a table per test set, the remarks on single verdicts, and the decision.

    Where a table is too wide, the candidate's score stands under the baseline's, and the range
    under the difference; numbers are never cut, rather is the table wider.
    """
    unbounded = console.options.update(max_width=10_000)

    def width_of(table: Table) -> int:
        return console.measure(table, options=unbounded).maximum

    width = console.width
    for testset in dict.fromkeys(verdict.testset for verdict in report.verdicts):
        wide, narrow = _wide(report, testset), _narrow(report, testset)
        console.width = max(width, width_of(narrow))
        console.print(wide if width_of(wide) <= width else narrow)
    console.width = width
    if any(verdict.measured for verdict in report.verdicts):
        console.print(plain(cells.explanation(report), "dim"))
    for note in report.notes:
        console.print(plain(note, "dim"))
    for remark in cells.remarks(report):
        console.print(plain(remark))
    console.print(Text(report.summary, style="bold green" if report.passes else "bold red"))


def _wide(report: GateReport, testset: str) -> Table:
    heads = ("baseline", "candidate", "difference", "range", "allowed")
    table = _table(testset, heads, gap=2)
    for verdict, pair in _rows(report, testset, table):
        difference, between, allowed = cells.differences(verdict)
        numbers = (*cells.scores(verdict), difference, Text(between, "dim"), allowed)
        table.add_row(plain(pair), plain(cells.metric(verdict)), *numbers, _outcome(verdict))
    return table


def _narrow(report: GateReport, testset: str) -> Table:
    heads = ("baseline\ncandidate", "difference\nrange", "allowed")
    table = _table(testset, heads, gap=1)
    for verdict, pair in _rows(report, testset, table):
        difference, between, allowed = cells.differences(verdict)
        scores: str | Text = "\n".join(cells.scores(verdict))
        change: str | Text = Text.assemble(difference, "\n", (between, "dim"))
        if verdict.measured is None:
            scores = change = DASH
        table.add_row(
            plain(pair), plain(cells.metric(verdict)), scores, change, allowed, _outcome(verdict)
        )
    return table


def _table(testset: str, heads: Sequence[str], gap: int) -> Table:
    table = Table(
        title=plain(testset),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, gap - 1, 0, 1),
    )
    table.add_column("pair", no_wrap=True)
    table.add_column("metric", no_wrap=True)
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    return table


def _rows(report: GateReport, testset: str, table: Table) -> Iterator[tuple[Verdict, str]]:
    """A test set's verdicts, the pair beside the first of each; a gap in the table between them."""
    previous = ""
    for verdict in report.verdicts:
        if verdict.testset == testset:
            if previous not in ("", verdict.pair):
                table.add_section()
            yield verdict, "" if verdict.pair == previous else verdict.pair
            previous = verdict.pair


def _outcome(verdict: Verdict) -> Text:
    return Text(verdict.outcome.value, style=_STYLES[verdict.outcome])
