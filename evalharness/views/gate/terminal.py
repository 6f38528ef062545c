"""A gate's verdicts on the terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalharness.views.gate import cells
from evalharness.views.gate.report import GateReport, Outcome

_STYLES = {
    Outcome.PASS: "green",
    Outcome.BETTER: "bold green",
    Outcome.INCONCLUSIVE: "yellow",
    Outcome.FAIL: "bold red",
}


def print_gate(report: GateReport, console: Console) -> None:
    """Prints a table per test set, the remarks on single verdicts, and the decision.

    Ranges stand beside the differences, or under them where that is too wide; numbers are never
    cut, rather is the table wider.
    """
    unbounded = console.options.update(max_width=10_000)

    def width_of(table: Table) -> int:
        return console.measure(table, options=unbounded).maximum

    width = console.width
    for testset in dict.fromkeys(verdict.testset for verdict in report.verdicts):
        beside, under = _table(report, testset, " "), _table(report, testset, "\n")
        console.width = max(width, width_of(under))
        console.print(beside if width_of(beside) <= width else under)
    console.width = width
    if any(verdict.measured for verdict in report.verdicts):
        console.print(Text(cells.explanation(report), style="dim"))
    for note in report.notes:
        console.print(Text(note, style="dim"))
    for remark in cells.remarks(report):
        console.print(Text(remark))
    console.print(Text(report.summary, style="bold green" if report.passes else "bold red"))


def _table(report: GateReport, testset: str, separator: str) -> Table:
    table = Table(title=Text(testset), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("pair", no_wrap=True)
    table.add_column("metric", no_wrap=True)
    table.add_column("baseline", justify="right", no_wrap=True)
    table.add_column("candidate", justify="right", no_wrap=True)
    table.add_column(f"difference{separator}(range)", justify="right", no_wrap=True)
    table.add_column("allowed", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    previous = ""
    for verdict in report.verdicts:
        if verdict.testset != testset:
            continue
        if previous not in ("", verdict.pair):
            table.add_section()
        difference, between, allowed = cells.differences(verdict)
        table.add_row(
            "" if verdict.pair == previous else verdict.pair,
            Text(cells.metric(verdict)),
            *cells.scores(verdict),
            Text.assemble(difference, separator, (f"({between})", "dim"))
            if verdict.measured
            else difference,
            allowed,
            Text(verdict.outcome.value, style=_STYLES[verdict.outcome]),
        )
        previous = verdict.pair
    return table
