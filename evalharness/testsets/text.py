"""Parallel text files: a source, its references, and optionally document ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from omegaconf import MISSING

from evalharness.config import FilePath
from evalharness.errors import EvalHarnessError
from evalharness.formats.text import is_blank, listed, read_aligned, read_text
from evalharness.languages import normalised
from evalharness.values.segments import (
    MAKERS,
    NO_REFERENCES,
    UNSTATED,
    Bitext,
    Segment,
    reference_letters,
)


@dataclass(frozen=True)
class TextTestSet:
    r"""UTF-8 files with one segment per line; only `\n` ends a line.

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
        provenance: Who made the references: `human`, `machine-drafted` or `unstated`.
        on_empty: `error` or `skip` for an empty source line.
    """

    name: str = "text"
    source_lang: str = MISSING
    target_lang: str = MISSING
    source: FilePath | None = MISSING
    references: list[FilePath] = field(default_factory=list)
    reference_names: list[str] = field(default_factory=list)
    documents: FilePath | None = None
    provenance: str = UNSTATED
    on_empty: str = "error"

    def __post_init__(self) -> None:
        _check(self)
        if not all(isinstance(path, str) for path in self.references):
            raise EvalHarnessError("not a list of files", where="references")
        if not self.references and self.provenance != UNSTATED:
            raise EvalHarnessError(
                f"{self.provenance}, but there are no references",
                where="provenance",
                hint="give 'testset.references=[REF.txt]'",
            )
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
        first = read_text(aligned_with)
        if not first.lines:
            raise EvalHarnessError("the file is empty", where=aligned_with)
        count = len(first.lines)
        references = [read_aligned(path, aligned_with, count) for path in self.references]
        files = references if self.source is None else [first, *references]
        texts = Texts(
            None if self.source is None else first.lines,
            [file.lines for file in references],
            self._document_ids(aligned_with, count),
            aligned_with,
            tuple(note for file in files for note in file.notes),
            self.reference_names,
        )
        return [assemble(self, texts)]

    def _document_ids(self, aligned_with: str, expected: int) -> Sequence[str | None]:
        if self.documents is None:
            return [None] * expected
        ids = read_aligned(self.documents, aligned_with, expected).lines
        if missing := [number for number, text in enumerate(ids, 1) if is_blank(text)]:
            raise EvalHarnessError(f"no document id: {listed(missing)}", where=self.documents)
        return ids


@dataclass(frozen=True)
class GivenTestSet:
    """Texts that are in memory already.

    Attributes:
        texts: The texts.
        source_lang: Tag of the source's language; kept as BCP 47 writes it (`tr` for `tur_Latn`).
        target_lang: Tag of the references' language, likewise.
        name: The test set's name in tables and folders.
        provenance: Who made the references: `human`, `machine-drafted` or `unstated`.
        on_empty: `error` or `skip` for an empty source.
    """

    texts: Texts
    source_lang: str
    target_lang: str
    name: str = "text"
    provenance: str = UNSTATED
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
    """

    sources: Sequence[str] | None
    references: Sequence[Sequence[str]]
    documents: Sequence[str | None]
    path: str
    notes: tuple[str, ...] = ()
    names: Sequence[str] = ()


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
    return Bitext(
        testset.name,
        testset.source_lang,
        testset.target_lang,
        segments,
        texts.path,
        total,
        (testset.provenance if texts.references else NO_REFERENCES,),
        (*_left_out(empty, total - len(empty) - len(segments)), *texts.notes),
        tuple(texts.names) or reference_letters(len(texts.references)),
    )


def _segments(texts: Texts) -> Iterator[Segment]:
    """What has a source and, where there are references, at least one of them."""
    sources = texts.sources if texts.sources is not None else [""] * len(texts.documents)
    for position, (source, document) in enumerate(zip(sources, texts.documents, strict=True)):
        present = tuple(text for lines in texts.references if not is_blank(text := lines[position]))
        if (not is_blank(source) or texts.sources is None) and (present or not texts.references):
            yield Segment(str(position + 1), position, document, source, present)


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
    _one_of("provenance", testset.provenance, MAKERS)


def _one_of(option: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise EvalHarnessError(f"unknown value {value!r}", where=option, hint=" | ".join(choices))
