"""A page as JSON: its facts, its tables by their keys, and its notes."""

from __future__ import annotations

from evalharness.escaping import json_text
from evalharness.render.records import for_programs, keys, tables_by_key, values
from evalharness.values import Page

SCHEMA_VERSION = 1
"""Of pages whose facts name none of their own."""


def page_json(page: Page) -> str:
    """Returns an object with the facts of the page, a list of objects for each table, and `notes`.

    What is absent is `null`, and so is a number that is not finite.
    """
    content: dict[str, object] = {"schema_version": SCHEMA_VERSION, **page.facts}
    for key, tables in tables_by_key(page).items():
        columns = for_programs(tables)
        rows = [
            {
                name: value
                for column in columns
                for name, value in zip(keys(column), values(row, column), strict=True)
            }
            for table in tables
            for row in table.rows
        ]
        content.setdefault(key, rows)
    content.setdefault("notes", list(page.notes))
    return json_text(content)
