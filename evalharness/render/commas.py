"""A page as CSV: one of its tables, a row per line, for spreadsheets and other programs."""

from __future__ import annotations

import csv
import io

from evalharness.escaping import csv_cell
from evalharness.render.records import for_programs, keys, tables_by_key, values
from evalharness.values import Column, Page
from evalharness.values.table import Value


def csv_text(page: Page) -> str:
    r"""Returns the table that the page names for CSV, with a head; only `\n` ends a line.

    Numbers are plain numbers. A text that a spreadsheet would take for a formula begins with an
    apostrophe. What is absent is empty.
    """
    tables = tables_by_key(page)
    chosen = tables[next(iter(tables)) if page.csv is None else page.csv]
    columns = for_programs(chosen)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([csv_cell(key) for column in columns for key in keys(column)])
    for table in chosen:
        for row in table.rows:
            cells = [_cell(v, column) for column in columns for v in values(row, column)]
            writer.writerow(cells)
    return buffer.getvalue()


def _cell(value: Value, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return csv_cell(value)
    if isinstance(value, float) and column.csv_decimals is not None:
        return f"{value:.{column.csv_decimals}f}"
    return str(value)
