"""What programs read: the tables of a page as rows of values by key."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from evalharness.values import Cell, Column, Page, Row, Table
from evalharness.values.table import Value

_EMPTY = Cell()


def tables_by_key(page: Page) -> Mapping[str, Sequence[Table]]:
    """Returns the tables of a page by what programs call them; those of one key are one table."""
    tables: dict[str, list[Table]] = {}
    for table in page.tables:
        tables.setdefault(table.key, []).append(table)
    return tables


def for_programs(tables: Sequence[Table]) -> list[Column]:
    """Returns the columns that programs see of tables of one key."""
    columns = [column for table in tables for column in table.columns if column.programs]
    return list({column.key: column for column in columns}.values())


def keys(column: Column) -> list[str]:
    """Returns what programs call the values of a column: one, or three where it has ranges."""
    return [f"{column.key}{end}" for end in (("", "_low", "_high") if column.interval else ("",))]


def values(row: Row, column: Column) -> list[Value]:
    """Returns the values of a cell, one for each of `keys`; what is no number is `None`."""
    cell = row.cells.get(column.key, _EMPTY)
    several = [cell.value, cell.low, cell.high] if column.interval else [cell.value]
    return [_finite(value) for value in several]


def _finite(value: Value) -> Value:
    return None if isinstance(value, float) and not math.isfinite(value) else value
