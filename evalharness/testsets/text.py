"""Parallel text files: a source, its references, and optionally document ids."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from omegaconf import MISSING

from evalharness.config import FilePath
from evalharness.errors import EvalHarnessError
from evalharness.languages import language
from evalharness.testsets.base import MAKERS, NO_REFERENCES, UNSTATED, Bitext, Segment
from evalharness.textfiles import listed, read_aligned, read_lines

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TextTestSet:
    r"""UTF-8 files with one segment per line; only `\n` ends a line.

    Attributes:
        name: The test set's name in tables and folders.
        source_lang: BCP-47 code of the source.
        target_lang: BCP-47 code of the references.
        source: The source file.
        references: One file per reference; an empty line means that this reference leaves the
            segment out, and a segment that no reference covers is not scored. Without any file,
            every segment is scored, by metrics that need no reference.
        documents: A file with the document id of each segment.
        provenance: Who made the references: `human`, `machine-drafted` or `unstated`.
        on_empty: `error` or `skip` for an empty source line.
    """

    name: str = "text"
    source_lang: str = MISSING
    target_lang: str = MISSING
    source: FilePath = MISSING
    references: list[FilePath] = field(default_factory=list)
    documents: FilePath | None = None
    provenance: str = UNSTATED
    on_empty: str = "error"

    def __post_init__(self) -> None:
        language(self.source_lang, where="source_lang")
        language(self.target_lang, where="target_lang")
        _one_of("on_empty", self.on_empty, ("error", "skip"))
        _one_of("provenance", self.provenance, MAKERS)
        if not all(isinstance(path, str) for path in self.references):
            raise EvalHarnessError("not a list of files", where="references")
        if not self.references and self.provenance != UNSTATED:
            raise EvalHarnessError(
                f"{self.provenance}, but there are no references",
                where="provenance",
                mend="give 'testset.references=[REF.txt]'",
            )

    def unavailable(self) -> str | None:
        """Nothing beyond the files, which `load` checks."""
        return None

    def load(self) -> Sequence[Bitext]:
        """Reads the files; they must have equally many lines.

        Raises:
            EvalHarnessError: See `TestSet.load`.
        """
        sources = read_lines(self.source)
        if not sources:
            raise EvalHarnessError("the file is empty", where=self.source)
        references = [read_aligned(path, self.source, len(sources)) for path in self.references]
        documents = self._document_ids(len(sources))
        empty = [number for number, text in enumerate(sources, 1) if not text.strip()]
        if empty and self.on_empty == "error":
            raise EvalHarnessError(
                f"empty source: {listed(empty)}",
                where=self.source,
                mend="fill it, or leave it out with testset.on_empty=skip",
            )
        segments = list(_segments(sources, documents, references))
        if not segments:
            lacking = "both a source and a reference" if references else "a source"
            raise EvalHarnessError(f"no segment left: no line has {lacking}", where=self.source)
        notes = self._notes(empty, len(sources) - len(empty) - len(segments))
        bitext = Bitext(
            self.name,
            self.source_lang,
            self.target_lang,
            tuple(segments),
            self.source,
            len(sources),
            (self.provenance if references else NO_REFERENCES,),
            notes,
        )
        return [bitext]

    def _notes(self, empty: Sequence[int], unreferenced: int) -> tuple[str, ...]:
        notes = []
        if empty:
            notes.append(f"left out: empty source, {listed(empty)}")
        if unreferenced:
            notes.append(f"left out: no reference, {unreferenced} segments")
        for note in notes:
            log.warning("%s: %s", self.source, note)
        return tuple(notes)

    def _document_ids(self, expected: int) -> Sequence[str | None]:
        if self.documents is None:
            return [None] * expected
        ids = read_aligned(self.documents, self.source, expected)
        if missing := [number for number, text in enumerate(ids, 1) if not text.strip()]:
            raise EvalHarnessError(f"no document id: {listed(missing)}", where=self.documents)
        return ids


def _segments(
    sources: Sequence[str], documents: Sequence[str | None], references: Sequence[Sequence[str]]
) -> Iterator[Segment]:
    """What has a source and, where there are references, at least one of them."""
    for position, (source, document) in enumerate(zip(sources, documents, strict=True)):
        present = tuple(text for of in references if (text := of[position]).strip())
        if source.strip() and (present or not references):
            yield Segment(str(position + 1), position, document, source, present)


def _one_of(option: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise EvalHarnessError(f"unknown value {value!r}", where=option, mend=" | ".join(choices))
