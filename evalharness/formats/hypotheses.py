"""Systems' outputs in any format that is read: by line, or by the ids of segments."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.formats.columns import DOCUMENT, HYPOTHESIS, ID, find_column
from evalharness.formats.recognition import AUTO, Kind, recognise
from evalharness.formats.tables import DataFile, read_columns
from evalharness.formats.text import check_aligned, decode_text, listed
from evalharness.formats.wmt_xml import Document, read_wmt_xml

FAILED = "FAILED"
"""What a submission to WMT25 has in the place of a hypothesis that could not be made."""

_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
_TARGETS = ("tgt_lang", "target_lang", "target_language")


@dataclass(frozen=True)
class Hypotheses:
    """What a file of outputs holds.

    Attributes:
        path: The file.
        texts: A hypothesis for each row; `None` where there is none.
        ids: The segment of each, or its document; `None` where only the order says it.
        notes: What a reader has to know of the file.
    """

    path: str | Path
    texts: Sequence[str | None]
    ids: Sequence[str] | None = None
    notes: tuple[str, ...] = ()

    def of(
        self, ids: Sequence[str], positions: Sequence[int], source: str, source_lines: int
    ) -> list[str | None]:
        """Returns the hypothesis of each segment.

        Where the file has the segments' ids, they tell what belongs together; where it has those of
        documents that were split into paragraphs (`ID#1`, `ID#2`), their outputs are split at empty
        lines, and one with another number of paragraphs counts as failed. Else the order does.

        Args:
            ids: The segments' ids.
            positions: Their places among all lines of the source, from 0.
            source: The source's file, for errors.
            source_lines: How many lines it has.

        Raises:
            EvalHarnessError: A segment is missing, or there is another number of lines.
        """
        if self.ids is None or not self._has_any(ids):
            check_aligned(self.texts, self.path, source, source_lines)
            return [self.texts[position] for position in positions]
        known = dict(zip(self.ids, self.texts, strict=True))
        if not known.keys() >= set(ids):
            known = {**_paragraphs(known, ids), **known}
        if missing := [id_ for id_ in ids if id_ not in known]:
            raise EvalHarnessError(
                f"no hypothesis for {len(missing)} of {len(ids)} segments, the first being"
                f" {missing[0]!r}",
                where=self.path,
            )
        return [known[id_] for id_ in ids]

    def _has_any(self, ids: Sequence[str]) -> bool:
        known = set(self.ids or ())
        return any(id_ in known or _whole(id_) in known for id_ in ids)


def read_hypotheses(
    content: bytes,
    path: str | Path,
    is_target: Callable[[str], bool],
    column: str = "",
    wanted: str = AUTO,
) -> Hypotheses:
    """Reads outputs.

    Args:
        content: What the file holds.
        path: Its name.
        is_target: Whether a tag is of the language whose hypotheses are wanted, where the file has
            those of several.
        column: The column, the key or the system; empty for the obvious one.
        wanted: What the user says the file is; see `recognise`.

    Raises:
        EvalHarnessError: No column, or more than one, may be meant; or the file is damaged.
    """
    kind = recognise(content, path, wanted)
    if kind is Kind.text:
        text = decode_text(content, path)
        return Hypotheses(path, text.lines, notes=text.notes)
    if kind is Kind.xml:
        return _of_documents(read_wmt_xml(content, path), path, is_target, column)
    return _of_rows(read_columns(content, path, kind), is_target, column)


def _of_rows(file: DataFile, is_target: Callable[[str], bool], column: str) -> Hypotheses:
    name = find_column(file.names, HYPOTHESIS, column)
    if name is None:
        raise EvalHarnessError(
            f"{file.kind.value.upper()}, and no column is an obvious one for hypotheses",
            where=file.path,
            hint=f"name it with model.column=, one of {', '.join(file.names)}; or input_format=text"
            " reads lines of text",
        )
    file = _in_language(file, is_target)
    key = find_column(file.names, ID) or find_column(file.names, DOCUMENT)
    ids = file.ids(key) if key else None
    if ids is not None and len(set(ids)) < len(ids):
        if file.kind is Kind.jsonl:
            twice = [n for n, id_ in enumerate(ids, 1) if id_ in set(ids[: n - 1])]
            raise EvalHarnessError(f"{key} is there twice: {listed(twice)}", where=file.path)
        ids = None  # documents, with a segment on each line
    texts = file.texts(name)
    if file.kind is Kind.jsonl:
        texts = [None if text == FAILED else text for text in texts]
    return Hypotheses(file.path, texts, ids, file.notes)


def _in_language(file: DataFile, is_target: Callable[[str], bool]) -> DataFile:
    """The rows in a language, where the file has several."""
    column = next((name for name in _TARGETS if name in file.names), None)
    if column is None:
        return file
    tags = file.texts(column)
    rows = [
        row for row, tag in zip(file.rows, tags, strict=True) if tag is not None and is_target(tag)
    ]
    if not rows:
        known = ", ".join(sorted({tag for tag in tags if tag}))
        raise EvalHarnessError(
            "no hypothesis in the target language", where=file.path, hint=f"it has {known}"
        )
    return DataFile(file.path, file.kind, file.names, rows, file.notes)


def _of_documents(
    documents: Sequence[Document],
    path: str | Path,
    is_target: Callable[[str], bool],
    system: str,
) -> Hypotheses:
    names: dict[str, None] = {}
    texts: list[str | None] = []
    ids: list[str] = []
    for document in documents:
        for made in document.hypotheses:
            if made.lang and not is_target(made.lang):
                continue
            names[made.name] = None
            if system in ("", made.name):
                texts += made.segments.values()
                ids += [f"{document.id}#{id_}" for id_ in made.segments]
    shown = ", ".join(names)
    if not names:
        raise EvalHarnessError("WMT XML without hypotheses in the target language", where=path)
    if system and system not in names:
        raise EvalHarnessError(f"no system {system!r}", where=path, hint=f"systems: {shown}")
    if not system and len(names) > 1:
        raise EvalHarnessError(
            f"outputs of {len(names)} systems",
            where=path,
            hint=f"name one with model.column=: {shown}",
        )
    return Hypotheses(path, texts, ids)


def _whole(id_: str) -> str:
    """The id of a document, of that of one of its paragraphs."""
    return id_.rpartition("#")[0]


def _paragraphs(known: Mapping[str, str | None], ids: Sequence[str]) -> dict[str, str | None]:
    """The paragraphs of outputs, by their ids, for documents that were split into as many."""
    wanted: dict[str, list[str]] = {}
    for id_ in ids:
        wanted.setdefault(_whole(id_), []).append(id_)
    found: dict[str, str | None] = {}
    for whole, several in wanted.items():
        text = known.get(whole)
        if whole not in known:
            continue
        made = [] if text is None else _PARAGRAPHS.split(text.strip())
        if len(made) != len(several):
            found.update(dict.fromkeys(several))
        else:
            found.update(zip(several, made, strict=True))
    return found
