"""Files with columns: TSV, CSV, and JSONL with its keys as columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalharness.errors import EvalHarnessError
from evalharness.formats.columns import is_header
from evalharness.formats.recognition import Kind
from evalharness.formats.text import decode_text, listed
from evalharness.reading import MOST_JSON_BYTES, parse_json

_MOST_COLUMNS = 10_000


@dataclass(frozen=True)
class DataFile:
    """The rows of a file with columns.

    Attributes:
        path: The file.
        kind: Its format.
        names: What the columns are called, in their order; numbers from 1 where nobody says.
        rows: A mapping from column to value for each row; what JSON has may be any value.
        notes: What a reader has to know of the file.
    """

    path: str | Path
    kind: Kind
    names: tuple[str, ...]
    rows: Sequence[Mapping[str, Any]]
    notes: tuple[str, ...] = ()

    def texts(self, column: str) -> list[str | None]:
        """Returns the texts of a column; `None` where JSON has none, or `null`.

        Raises:
            EvalHarnessError: Something else than a text stands there.
        """
        values = [row.get(column) for row in self.rows]
        wrong = [n for n, value in enumerate(values, 1) if not isinstance(value, str | None)]
        if wrong:
            raise EvalHarnessError(f"{column} is no text: {listed(wrong)}", where=self.path)
        return values

    def ids(self, column: str) -> list[str]:
        """Returns the ids in a column; numbers count as the text that they are written as.

        Raises:
            EvalHarnessError: One is missing, or is no text and no whole number.
        """
        values = [row.get(column) for row in self.rows]
        wrong = [
            n
            for n, value in enumerate(values, 1)
            if isinstance(value, bool) or not isinstance(value, str | int) or value == ""
        ]
        if wrong:
            raise EvalHarnessError(f"{column} is no id: {listed(wrong)}", where=self.path)
        return [str(value) for value in values]


def read_columns(content: bytes, path: str | Path, kind: Kind) -> DataFile:
    """Reads a file with columns.

    Columns of TSV and CSV are called by the first line where one of its cells is an obvious name
    (`formats.columns`), and else by their numbers. Objects in JSON are opened: `refs.A.ref`.

    Args:
        content: What the file holds.
        path: Its name.
        kind: `tsv`, `csv` or `jsonl`.

    Raises:
        EvalHarnessError: It is not UTF-8, a row has another number of columns than the first, or a
            line is no JSON object.
    """
    if kind is Kind.jsonl:
        return _read_jsonl(content, path)
    text = decode_text(content, path)
    if kind is Kind.tsv:
        cells = [line.split("\t") for line in text.lines]
    else:
        cells = _csv_cells("\n".join(text.lines), path)
    return _with_names(cells, path, kind, text.notes)


def _csv_cells(text: str, path: str | Path) -> list[list[str]]:
    csv.field_size_limit(MOST_JSON_BYTES)
    try:
        cells = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise EvalHarnessError(f"no CSV: {error}", where=path) from error
    if cells and all(len(row) == 1 and ";" in row[0] for row in cells):
        raise EvalHarnessError(
            "its columns are parted by semicolons",
            where=path,
            hint="save it with commas, or as TSV",
        )
    return cells


def _with_names(
    cells: Sequence[Sequence[str]], path: str | Path, kind: Kind, notes: tuple[str, ...]
) -> DataFile:
    if not cells:
        raise EvalHarnessError("the file is empty", where=path)
    width = len(cells[0])
    if ragged := [n for n, row in enumerate(cells, 1) if len(row) != width]:
        raise EvalHarnessError(
            f"{width} columns in the first row, and another number: {listed(ragged)}", where=path
        )
    if width > _MOST_COLUMNS:
        raise EvalHarnessError(f"{width} columns; at most {_MOST_COLUMNS} are read", where=path)
    has_header = is_header(cells[0])
    names = tuple(cells[0]) if has_header else tuple(map(str, range(1, width + 1)))
    if len(set(names)) < width:
        raise EvalHarnessError("two columns bear one name", where=path)
    body = cells[1:] if has_header else cells
    if not body:
        raise EvalHarnessError("no row below the names of the columns", where=path)
    return DataFile(path, kind, names, [dict(zip(names, row, strict=True)) for row in body], notes)


def _read_jsonl(content: bytes, path: str | Path) -> DataFile:
    text = decode_text(content, path)
    rows, names = [], dict[str, None]()
    for number, line in enumerate(text.lines, 1):
        if not line.strip():
            continue
        try:
            value = parse_json(line.encode())
        except ValueError as error:
            raise EvalHarnessError(f"line {number}: no JSON: {error}", where=path) from error
        if not isinstance(value, dict):
            raise EvalHarnessError(f"line {number}: no JSON object", where=path)
        row = dict(_opened(value))
        names.update(dict.fromkeys(row))
        if len(names) > _MOST_COLUMNS:
            raise EvalHarnessError(f"more than {_MOST_COLUMNS} keys", where=path)
        rows.append(row)
    if not rows:
        raise EvalHarnessError("the file is empty", where=path)
    return DataFile(path, Kind.jsonl, tuple(names), rows, text.notes)


def _opened(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """The values of an object and of those in it, by the keys that lead there; objects too."""
    for key, inner in value.items():
        yield f"{above}{key}", inner
        if isinstance(inner, dict):
            yield from _opened(inner, f"{above}{key}.")
