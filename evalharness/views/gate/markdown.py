"""A gate's verdicts as Markdown, for a job's summary or a comment on a change."""

from __future__ import annotations

from evalharness.escaping import markdown_escape
from evalharness.views.files import markdown_row
from evalharness.views.gate import cells
from evalharness.views.gate.report import GateReport, Outcome

_HEAD = ("test set", "pair", "metric", "baseline", "candidate", "difference", "range", "allowed")


def gate_markdown(report: GateReport) -> str:
    """Returns the decision as a heading, a table of the verdicts, remarks and notes."""
    lines = [f"### Translation quality: {report.summary}", ""]
    lines.append(markdown_row([*_HEAD, "verdict"]))
    lines.append(markdown_row(["---"] * 3 + ["--:"] * 5 + ["---"]))
    for verdict in report.verdicts:
        said = verdict.outcome.value
        lines.append(
            markdown_row(
                [
                    *map(markdown_escape, (verdict.testset, verdict.pair, cells.metric(verdict))),
                    *cells.scores(verdict),
                    *cells.differences(verdict),
                    said if verdict.outcome is Outcome.PASS else f"**{said}**",
                ]
            )
        )
    notes = [*cells.remarks(report), *report.notes]
    if any(verdict.measured for verdict in report.verdicts):
        notes.append(cells.explanation(report))
    return "\n".join([*lines, "", *(f"- {markdown_escape(note)}" for note in notes)]) + "\n"
