"""Parallel text files: a source, its references, and optionally document ids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from omegaconf import MISSING

from evalharness.config import FilePath
from evalharness.errors import EvalHarnessError
from evalharness.formats.columns import DOCUMENT, REFERENCE, Columns
from evalharness.formats.parallel import Parallel, read_column, read_parallel
from evalharness.formats.recognition import AUTO
from evalharness.formats.text import TextFile, check_aligned, is_blank, listed
from evalharness.languages import normalised
from evalharness.testsets.testset import TestSet
from evalharness.values.segments import (
    MAKERS,
    NO_REFERENCES,
    UNSTATED,
    Bitext,
    Segment,
    reference_letters,
)


@dataclass(frozen=True)
class TextTestSet(TestSet):
    r"""Files of a source, its references and documents: lines of text, TSV, CSV or JSONL.

    In text only `\n` ends a line. Which format a file is in is recognised (`formats.recognition`).

    Attributes:
        name: The test set's name in tables and folders.
        source_lang: Tag of the source's language; kept as BCP 47 writes it (`tr` for `tur_Latn`).
        target_lang: Tag of the references' language, likewise.
        source: The source file; `None` for outputs that are scored without it.
        references: One file per reference; an empty line means that this reference leaves the
            segment out, and a segment that no reference covers is not scored. Without any file,
            every segment is scored, by metrics that need no reference.
        reference_names: What they are called, in their order; empty for A, B, ...
        documents: A file with the document id of each segment.
        provenance: Who made the references: `human`, `post-edited`, `machine-drafted` or
            `unstated`; one of these for all, or a list with one for each reference.
        on_empty: `error` or `skip` for an empty source line.
        columns: What the columns are called in files that have some. Where the source's file has
            references, too, `references` may be left out.
        split: `none`, or `paragraphs`: a text is split at its empty lines, and so are its
            references, which have to have as many; the parts are called `ID#1`, `ID#2`, ...
        input_format: Which format the files are in; `auto` for what each looks like.
    """

    name: str = "text"
    source_lang: str = MISSING
    target_lang: str = MISSING
    source: FilePath | None = MISSING
    references: list[FilePath] = field(default_factory=list)
    reference_names: list[str] = field(default_factory=list)
    documents: FilePath | None = None
    provenance: Any = UNSTATED
    on_empty: str = "error"
    columns: Columns = field(default_factory=Columns)
    split: str = "none"
    input_format: str = AUTO

    def __post_init__(self) -> None:
        _check(self)
        _one_of("split", self.split, ("none", "paragraphs"))
        if isinstance(self.columns, dict):  # as the configuration has them
            object.__setattr__(self, "columns", Columns(**self.columns))
        if not all(isinstance(path, str) for path in self.references):
            raise EvalHarnessError("not a list of files", where="references")
        if self.reference_names and len(self.reference_names) != len(self.references):
            raise EvalHarnessError(
                f"{len(self.reference_names)} names for {len(self.references)} references",
                where="reference_names",
            )

    def missing_requirement(self) -> str | None:
        """Nothing beyond the files, which `load` checks."""
        return None

    def load(self) -> Sequence[Bitext]:
        """Reads the files; they must have equally many lines.

        Raises:
            EvalHarnessError: See `TestSet.load`.
        """
        if self.source is None and not self.references:
            raise EvalHarnessError(
                "neither a source nor a reference", where="testset", hint="give testset.source="
            )
        aligned_with = self.source if self.source is not None else self.references[0]
        if self.source is None:
            lines = self._column(aligned_with, REFERENCE)
            first = Parallel(None, {}, None, None, None, ())
            count = len(lines.lines)
        else:
            first = read_parallel(self.source, self.columns, self.input_format)
            count = len(first.sources or ())
        if not count:
            raise EvalHarnessError("the file is empty", where=aligned_with)
        references = [self._aligned(path, REFERENCE, count) for path in self.references]
        names = self.reference_names
        if not references:
            names = list(first.references)
        if not (references or first.references) and self.provenance != UNSTATED:
            raise EvalHarnessError(
                f"{self.provenance}, but there are no references",
                where="testset.provenance",
                hint="give 'testset.references=[REF.txt]'",
            )
        texts = Texts(
            first.sources,
            [file.lines for file in references] or list(first.references.values()),
            self._document_ids(first.documents, count),
            aligned_with,
            (*first.notes, *(note for file in references for note in file.notes)),
            names,
            first.ids,
            first.facts,
        )
        return [assemble(self, texts if self.split == "none" else split(texts))]

    def _column(self, path: str, role: str) -> TextFile:
        asked = {
            DOCUMENT: self.columns.document,
            REFERENCE: next(iter(self.columns.references), ""),
        }
        return read_column(path, role, asked[role], self.input_format)

    def _aligned(self, path: str, role: str, count: int) -> TextFile:
        file = self._column(path, role)
        check_aligned(file.lines, path, self.source or self.references[0], count)
        return file

    def _document_ids(self, known: Sequence[str] | None, count: int) -> Sequence[str | None]:
        if self.documents is None:
            return [None] * count if known is None else known
        ids = self._aligned(self.documents, DOCUMENT, count).lines
        if missing := [number for number, text in enumerate(ids, 1) if is_blank(text)]:
            raise EvalHarnessError(f"no document id: {listed(missing)}", where=self.documents)
        return ids


@dataclass(frozen=True)
class GivenTestSet(TestSet):
    """Texts that are in memory already.

    Attributes:
        texts: The texts.
        source_lang: Tag of the source's language; kept as BCP 47 writes it (`tr` for `tur_Latn`).
        target_lang: Tag of the references' language, likewise.
        name: The test set's name in tables and folders.
        provenance: Who made the references: `human`, `post-edited`, `machine-drafted` or
            `unstated`; one of these for all, or a list with one for each reference.
        on_empty: `error` or `skip` for an empty source.
    """

    texts: Texts
    source_lang: str
    target_lang: str
    name: str = "text"
    provenance: Any = UNSTATED
    on_empty: str = "error"

    def __post_init__(self) -> None:
        _check(self)

    def missing_requirement(self) -> str | None:
        """Nothing."""
        return None

    def load(self) -> Sequence[Bitext]:
        """Makes a bitext of the texts.

        Raises:
            EvalHarnessError: See `assemble`.
        """
        return [assemble(self, self.texts)]


@dataclass(frozen=True)
class Texts:
    """The texts of a test set, line by line.

    Attributes:
        sources: The sources; `None` for a test set without them.
        references: The lines of each reference.
        documents: The document id of each line, or `None`.
        path: Where they come from, for messages.
        notes: What was found in their files.
        names: What the references are called; empty for A, B, ...
        ids: What the segments are called; `None` for the numbers of their lines.
        facts: What else is known of each line; `None` for nothing.
    """

    sources: Sequence[str] | None
    references: Sequence[Sequence[str]]
    documents: Sequence[str | None]
    path: str
    notes: tuple[str, ...] = ()
    names: Sequence[str] = ()
    ids: Sequence[str] | None = None
    facts: Sequence[Mapping[str, Any]] | None = None


def split(texts: Texts) -> Texts:
    """Splits texts at their empty lines: the parts of text ID are called `ID#1`, `ID#2`, ...

    The parts of a text are a document where no document is known.

    Raises:
        EvalHarnessError: A reference has another number of paragraphs than its source.
    """
    rows: list[tuple[str, list[str], str | None, str, Mapping[str, Any]]] = []
    for at, document in enumerate(texts.documents):
        id_ = texts.ids[at] if texts.ids else str(at + 1)
        versions = [lines[at] for lines in (texts.sources or (), *texts.references) if lines]
        parts = [_PARAGRAPHS.split(text.strip()) for text in versions]
        wanted = len(parts[0])
        for number, several in enumerate(parts):
            if len(several) != wanted and not is_blank(versions[number]):
                raise EvalHarnessError(
                    f"{id_}: a reference has {len(several)} paragraphs, its source {wanted}",
                    where=texts.path,
                )
        parts = [several if len(several) == wanted else [""] * wanted for several in parts]
        facts = texts.facts[at] if texts.facts else {}
        for number in range(wanted):
            row = [several[number] for several in parts]
            source, *references = row if texts.sources is not None else ["", *row]
            rows.append((source, references, document or id_, f"{id_}#{number + 1}", facts))
    sources, references, documents, ids, facts_ = zip(*rows, strict=True)
    return replace(
        texts,
        sources=None if texts.sources is None else sources,
        references=list(zip(*references, strict=True)),
        documents=documents,
        ids=ids,
        facts=facts_,
    )


_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


def assemble(testset: TextTestSet | GivenTestSet, texts: Texts) -> Bitext:
    """Makes a bitext of what has a source and, where there are references, one of them.

    Args:
        testset: What is known of the texts.
        texts: The texts; all have as many lines as `documents`.

    Raises:
        EvalHarnessError: A source is empty, where that is not allowed, or nothing is left.
    """
    total = len(texts.documents)
    sources = texts.sources
    empty = [n for n, text in enumerate(sources or (), 1) if is_blank(text)]
    if empty and testset.on_empty == "error":
        raise EvalHarnessError(
            f"empty source: {listed(empty)}",
            where=texts.path,
            hint="fill it, or leave it out with testset.on_empty=skip",
        )
    segments = tuple(_segments(texts))
    if not segments:
        parts = [] if sources is None else ["a source"]
        parts += ["a reference"] if texts.references else []
        lacking = f"{'both ' if len(parts) > 1 else ''}{' and '.join(parts)}"
        raise EvalHarnessError(f"no segment left: no line has {lacking}", where=texts.path)
    makers = makers_of(testset.provenance, len(texts.references))
    return Bitext(
        testset.name,
        testset.source_lang,
        testset.target_lang,
        segments,
        texts.path,
        total,
        tuple(sorted(set(makers))) or (NO_REFERENCES,),
        (*_left_out(empty, total - len(empty) - len(segments)), *texts.notes),
        tuple(texts.names) or reference_letters(len(texts.references)),
        makers=makers,
    )


def _segments(texts: Texts) -> Iterator[Segment]:
    """What has a source and, where there are references, at least one of them."""
    sources = texts.sources if texts.sources is not None else [""] * len(texts.documents)
    for position, (source, document) in enumerate(zip(sources, texts.documents, strict=True)):
        id_ = texts.ids[position] if texts.ids else str(position + 1)
        facts = texts.facts[position] if texts.facts else {}
        present = tuple(text for lines in texts.references if not is_blank(text := lines[position]))
        if (not is_blank(source) or texts.sources is None) and (present or not texts.references):
            yield Segment(id_, position, document, source, present, facts)


def _left_out(empty: Sequence[int], unreferenced: int) -> Iterator[str]:
    if empty:
        yield f"left out: empty source, {listed(empty)}"
    if unreferenced:
        yield f"left out: no reference, {unreferenced} segments"


def _check(testset: TextTestSet | GivenTestSet) -> None:
    for option in ("source_lang", "target_lang"):
        tag = normalised(getattr(testset, option), where=option)
        object.__setattr__(testset, option, tag)  # the one spelling that folders and caches have
    _one_of("on_empty", testset.on_empty, ("error", "skip"))
    check_provenance(testset.provenance)


def check_provenance(provenance: object) -> None:
    """Refuses another maker of references than those that are known.

    Args:
        provenance: One of `MAKERS`, or a list with one for each reference.

    Raises:
        EvalHarnessError: It is another.
    """
    for maker in [provenance] if isinstance(provenance, str) else _listed(provenance):
        _one_of("provenance", maker, MAKERS)


def _listed(provenance: object) -> Sequence[object]:
    return provenance if isinstance(provenance, Sequence) else [provenance]


def makers_of(provenance: Any, references: int) -> tuple[str, ...]:
    """Returns who made each of so many references.

    Args:
        provenance: See `check_provenance`.
        references: How many there are.

    Raises:
        EvalHarnessError: The list has another length.
    """
    if isinstance(provenance, str):
        return (provenance,) * references
    if len(provenance) != references:
        raise EvalHarnessError(
            f"{len(provenance)} makers for {references} references",
            where="testset.provenance",
            hint="give one for all, or a list with one for each, in the order of the references",
        )
    return tuple(provenance)


def _one_of(option: str, value: object, choices: Sequence[str]) -> None:
    if value not in choices:
        raise EvalHarnessError(f"unknown value {value!r}", where=option, hint=" | ".join(choices))
