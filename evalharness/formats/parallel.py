"""Sources, references and documents of a test set, from files with lines or columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalharness.errors import EvalHarnessError
from evalharness.formats.columns import (
    DOCUMENT,
    DOMAIN,
    ID,
    ORIGLANG,
    SOURCE,
    Columns,
    find_column,
    find_references,
)
from evalharness.formats.recognition import AUTO, Kind, recognise
from evalharness.formats.tables import DataFile, read_columns
from evalharness.formats.text import TextFile, decode_text, is_blank, listed, read_bytes

_INSTRUCTIONS = ("instruction", "prompt_instruction")


@dataclass(frozen=True)
class Parallel:
    """What one file says of a test set, row by row.

    Attributes:
        sources: The sources; `None` of a file without them.
        references: The references that it holds, by name.
        documents: The document of each row; `None` where none is known.
        ids: The id of each row; `None` where rows are known by their numbers.
        facts: What else is known of each row.
        notes: What a reader has to know of the file.
    """

    sources: Sequence[str] | None
    references: Mapping[str, Sequence[str]]
    documents: Sequence[str] | None
    ids: Sequence[str] | None
    facts: Sequence[Mapping[str, Any]] | None
    notes: tuple[str, ...]


def read_parallel(path: str, columns: Columns, wanted: str = AUTO) -> Parallel:
    """Reads a file of sources, with all that stands beside them.

    Args:
        path: The file.
        columns: What its columns are called.
        wanted: What the user says the file is; see `recognise`.

    Raises:
        EvalHarnessError: The file is damaged or in another format, a column is missing, or two rows
            have one id.
    """
    content = read_bytes(path)
    kind = _readable(content, path, wanted)
    if kind is Kind.text:
        text = decode_text(content, path)
        return Parallel(text.lines, {}, None, None, None, text.notes)
    file = read_columns(content, path, kind)
    source = _column(file, SOURCE, columns.source)
    document = find_column(file.names, DOCUMENT, columns.document)
    ids = _ids(file, columns)
    references = find_references([n for n in file.names if n != source], columns.references)
    return Parallel(
        _filled(file, source),
        {name: _or_empty(file, column) for name, column in references.items()},
        None if document is None else file.ids(document),
        ids,
        _facts(file, columns),
        file.notes,
    )


def read_column(path: str, role: str, asked: str = "", wanted: str = AUTO) -> TextFile:
    """Reads the texts of one kind from a file of lines or columns.

    Args:
        path: The file.
        role: What is wanted: `references`, `document` or `source`.
        asked: What the user calls the column; empty for the obvious one.
        wanted: What the user says the file is; see `recognise`.

    Raises:
        EvalHarnessError: See `read_parallel`.
    """
    content = read_bytes(path)
    kind = _readable(content, path, wanted)
    if kind is Kind.text:
        return decode_text(content, path)
    file = read_columns(content, path, kind)
    return TextFile(_or_empty(file, _column(file, role, asked)), file.notes)


def _readable(content: bytes, path: str, wanted: str) -> Kind:
    kind = recognise(content, path, wanted)
    if kind is Kind.xml:
        raise EvalHarnessError(
            "XML, not lines of text",
            where=path,
            hint="WMT's XML is read by testset=wmt_xml testset.path=FILE, or score -t FILE;"
            " input_format=text reads the lines as they are",
        )
    return kind


def _column(file: DataFile, role: str, asked: str) -> str:
    found = find_column(file.names, role, asked)
    if found is None:
        raise EvalHarnessError(
            f"{file.kind.value.upper()}, and no column is an obvious one for {role}",
            where=file.path,
            hint=f"name it with testset.columns.{role}=, one of {', '.join(file.names)}; or"
            " input_format=text reads lines of text",
        )
    return found


def _filled(file: DataFile, column: str) -> list[str]:
    texts = file.texts(column)
    if missing := [n for n, text in enumerate(texts, 1) if text is None]:
        raise EvalHarnessError(f"no {column}: {listed(missing)}", where=file.path)
    return [text for text in texts if text is not None]


def _or_empty(file: DataFile, column: str) -> list[str]:
    return [text or "" for text in file.texts(column)]


def _ids(file: DataFile, columns: Columns) -> list[str] | None:
    column = find_column(file.names, ID, columns.id)
    if column is None and file.kind is Kind.jsonl:  # a document on each line is a segment
        column = find_column(file.names, DOCUMENT, columns.document)
        if column is not None and len(set(file.ids(column))) < len(file.rows):
            column = None
    if column is None:
        return None
    ids = file.ids(column)
    if len(set(ids)) < len(ids):
        seen: set[str] = set()
        twice = next(id_ for id_ in ids if id_ in seen or seen.add(id_))  # type: ignore[func-returns-value]
        raise EvalHarnessError(f"two rows have the id {twice!r}", where=file.path)
    return ids


def _facts(file: DataFile, columns: Columns) -> list[dict[str, Any]] | None:
    named = {
        DOMAIN: find_column(file.names, DOMAIN, columns.domain),
        ORIGLANG: find_column(file.names, ORIGLANG, columns.origlang),
        "instruction": next((name for name in _INSTRUCTIONS if name in file.names), None),
        "terms": "terms" if "terms" in file.names else None,
    }
    known = {name: column for name, column in named.items() if column is not None}
    if not known:
        return None
    return [
        {name: row[column] for name, column in known.items() if not _is_nothing(row.get(column))}
        for row in file.rows
    ]


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and is_blank(value))
