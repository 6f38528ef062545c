"""The leaderboard as text for files and other programs: CSV, Markdown, LaTeX."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from evalharness.escaping import csv_cell, latex_escape, markdown_escape
from evalharness.store import RunRecord
from evalharness.views.board import Board, Row, Section
from evalharness.views.cells import DASH, decimals, heading, interval, is_best, standing

_FIRST = ("testset", "source_lang", "target_lang", "rank", "system", "segments")
_LAST = ("run", "signatures", "wins", "ranked_by")

Format = Callable[[str, str, bool], str]


def csv_text(board: Board) -> str:
    r"""Returns the board as CSV, one row per run; scores and intervals with four decimals.

    The column `signatures` holds what the numbers rest on: the test set's digest, who made the
    references, and each metric's signature, in sacreBLEU's form and joined by `; `. `wins` says
    how many runs each is significantly better than, in the column that `ranked_by` names.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    numbers = [
        csv_cell(f"{column}{end}") for column in board.columns for end in ("", "_low", "_high")
    ]
    writer.writerow([*_FIRST, *numbers, *_LAST])
    for section in board.sections:
        for row in section.rows:
            run = row.run
            rank, wins, by = "", "", ""
            if row.place:
                rank, wins, by = str(row.place.rank), str(row.place.wins), row.place.column
            first = [run.testset, run.source_lang, run.target_lang, rank, run.system]
            scores = [cell for column in board.columns for cell in _numbers(row, column)]
            last = [run.folder, _signatures(run), wins, by]
            texts = [*map(csv_cell, first), run.segments, *scores, *map(csv_cell, last)]
            writer.writerow(texts)
    return buffer.getvalue()


def markdown_text(board: Board) -> str:
    """Returns the board as a Markdown table, best scores bold, with its notes below."""

    def cell(score: str, between: str, best: bool) -> str:
        return f"{f'**{score}**' if best else score} ({between})"

    head = ["test set", "pair", "#", "wins", "system", "n"]
    head += [markdown_escape(heading(board, column)) for column in board.columns]
    lines = [markdown_row(head)]
    lines.append(markdown_row(["---"] * 2 + ["--:", "--:", "---"] + ["--:"] * (len(head) - 5)))
    for section, row in _rows(board):
        shown = [markdown_escape(text) for text in _facts(row)]
        lines.append(markdown_row([*shown, *_scores(board, section, row, cell)]))
    notes = [f"- {markdown_escape(note)}" for note in board.notes]
    return "\n".join([*lines, "", *notes]) + "\n"


def latex_text(board: Board) -> str:
    r"""Returns the board as a LaTeX tabular (booktabs), best scores bold, with its notes below."""

    def cell(score: str, between: str, best: bool) -> str:
        shown = rf"\textbf{{{score}}}" if best else score
        return rf"{shown} {{\scriptsize {between}}}"

    head = ["test set", "pair", r"\#", "wins", "system", "$n$"]
    head += [latex_escape(heading(board, column)) for column in board.columns]
    lines = [
        rf"\begin{{tabular}}{{llrrlr{'r' * len(board.columns)}}}",
        r"\toprule",
        rf"{' & '.join(head)} \\",
    ]
    previous: Section | None = None
    for section, row in _rows(board):
        if section is not previous:
            lines.append(r"\midrule")
        previous = section
        shown = [latex_escape(text) for text in _facts(row)]
        scores = [text.replace(DASH, "--") for text in _scores(board, section, row, cell)]
        lines.append(rf"{' & '.join([*shown, *scores])} \\")
    lines += [r"\bottomrule", r"\end{tabular}", ""]
    lines += [rf"\par\noindent\footnotesize {latex_escape(note)}" for note in board.notes]
    return "\n".join(lines) + "\n"


def _rows(board: Board) -> list[tuple[Section, Row]]:
    return [(section, row) for section in board.sections for row in section.rows]


def _facts(row: Row) -> list[str]:
    run = row.run
    return [run.testset, run.pair, *standing(row), row.name, str(run.segments)]


def _scores(board: Board, section: Section, row: Row, cell: Format) -> list[str]:
    cells = []
    for column in board.columns:
        if column not in row.scores:
            cells.append(DASH)
            continue
        score, places = row.scores[column], decimals(board)[column]
        best = is_best(section, row, column)
        cells.append(cell(f"{score.score:.{places}f}", interval(score, places), best))
    return cells


def _numbers(row: Row, column: str) -> Sequence[str]:
    if column not in row.scores:
        return ("", "", "")
    score = row.scores[column]
    return tuple(f"{number:.4f}" for number in (score.score, score.low, score.high))


def _signatures(run: RunRecord) -> str:
    references = "+".join(run.provenance)
    basis = f"{run.testset}|digest:{run.digest[:16]}|references:{references}"
    return "; ".join([basis, *(f"{score.metric}|{score.signature}" for score in run.scores)])


def markdown_row(cells: Iterable[str]) -> str:
    """Returns a row of a Markdown table."""
    return f"| {' | '.join(cells)} |"
