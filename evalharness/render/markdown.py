"""A page as Markdown, in tables that GitHub, GitLab and Pandoc read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evalharness.escaping import markdown_escape
from evalharness.render.wording import Words, for_people, words
from evalharness.values import Page, Table


def page_markdown(page: Page) -> str:
    """Returns the answer as a heading, the tables, and the notes and sentences as lists.

    The best of a column and what is wrong are bold; a range stands in brackets.
    """
    blocks = []
    if page.answer:
        blocks.append(f"### {markdown_escape(f'{page.title}: {page.answer[0]}')}\n")
    blocks += ["".join(_table(table)) for table in page.tables if table.rows]
    for texts in ((text for text, _ in page.lines), page.notes):
        blocks.append("".join(f"- {markdown_escape(text)}\n" for text in texts))
    return "\n".join(filter(None, blocks))


def _table(table: Table) -> Iterator[str]:
    columns = for_people(table)
    if table.title:
        yield f"### {markdown_escape(table.title)}\n\n"
    yield _row(markdown_escape(column.title) for column in columns)
    yield _row("--:" if column.number else "---" for column in columns)
    for row in table.rows:
        yield _row(_cell(words(row, column)) for column in columns)


def _cell(shown: Words) -> str:
    text = shown.text if shown.is_number else markdown_escape(shown.text)
    if shown.stands_out and text:
        text = f"**{text}**"
    return f"{text} ({shown.between})" if shown.between else text


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
