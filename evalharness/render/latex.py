r"""A page as LaTeX: a tabular per table, with the rules of the package booktabs."""

from __future__ import annotations

from collections.abc import Iterable

from evalharness.escaping import latex_escape
from evalharness.render.wording import Words, for_people, groups, words
from evalharness.values import Column, Page, Table

_LONG = 40
"""From so many characters on, the texts of a column are broken over lines."""


def page_latex(page: Page) -> str:
    r"""Returns the tables, and the notes and sentences below them as paragraphs.

    The best of a column and what is wrong are bold; a range stands in small type.
    """
    blocks = ["\n".join(_table(table)) + "\n" for table in page.tables if table.rows]
    sentences = [*(text for text, _ in page.lines), *page.notes]
    if page.answer:
        sentences.insert(0, page.answer[0])
    below = [rf"\par\noindent\footnotesize {latex_escape(text)}" for text in sentences]
    if below:
        blocks.append("\n".join(below) + "\n")
    return "\n".join(blocks)


def _table(table: Table) -> list[str]:
    columns = for_people(table)
    title = [rf"\par\noindent {latex_escape(table.title)}", ""] if table.title else []
    lines = [
        *title,
        rf"\begin{{tabular}}{{{''.join(_alignment(table, column) for column in columns)}}}",
        r"\toprule",
        _row(latex_escape(column.title) for column in columns),
    ]
    for rows in groups(table):
        lines.append(r"\midrule")
        lines += [_row(_cell(words(row, column)) for column in columns) for row in rows]
    return [*lines, r"\bottomrule", r"\end{tabular}"]


def _alignment(table: Table, column: Column) -> str:
    if column.number:
        return "r"
    if column.wraps and any(len(words(row, column).text) > _LONG for row in table.rows):
        return r"p{0.4\linewidth}"
    return "l"


def _cell(shown: Words) -> str:
    text = latex_escape(shown.text)
    if shown.stands_out and text:
        text = rf"\textbf{{{text}}}"
    return rf"{text} {{\scriptsize {latex_escape(shown.between)}}}" if shown.between else text


def _row(cells: Iterable[str]) -> str:
    return rf"{' & '.join(cells)} \\"
