"""Parallel text files: a source, its references, and optionally document ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from omegaconf import MISSING

from evalharness.config import FilePath
from evalharness.errors import EvalHarnessError
from evalharness.formats.columns import DOCUMENT, REFERENCE, Columns
from evalharness.formats.parallel import Parallel, read_column, read_parallel
from evalharness.formats.recognition import AUTO
from evalharness.formats.text import TextFile, check_aligned, is_blank, listed
from evalharness.testsets.given import GivenTestSet, Texts, check_options, split
from evalharness.testsets.makers import one_of
from evalharness.testsets.testset import TestSet
from evalharness.values.segments import (
    UNSTATED,
    Bitext,
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
        check_options(self, self.on_empty, self.provenance)
        one_of("split", self.split, ("none", "paragraphs"))
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
        given = GivenTestSet(
            texts if self.split == "none" else split(texts),
            self.source_lang,
            self.target_lang,
            self.name,
            self.provenance,
            self.on_empty,
        )
        return given.load()

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
