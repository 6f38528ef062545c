"""Texts that are in memory already: what every format that is read becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evalharness.errors import EvalHarnessError
from evalharness.formats.text import is_blank, listed
from evalharness.languages import normalised
from evalharness.testsets.makers import check_provenance, makers_of, one_of
from evalharness.testsets.testset import TestSet
from evalharness.values.segments import (
    NO_REFERENCES,
    UNSTATED,
    Bitext,
    Segment,
    reference_letters,
)


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
        check_options(self, self.on_empty, self.provenance)

    def missing_requirement(self) -> str | None:
        """Nothing."""
        return None

    def load(self) -> Sequence[Bitext]:
        """Makes a bitext of what has a source and, where there are references, one of them.

        Raises:
            EvalHarnessError: A source is empty, where that is not allowed, or nothing is left.
        """
        texts = self.texts
        total = len(texts.documents)
        sources = texts.sources
        empty = [n for n, text in enumerate(sources or (), 1) if is_blank(text)]
        if empty and self.on_empty == "error":
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
        makers = makers_of(self.provenance, len(texts.references))
        bitext = Bitext(
            self.name,
            self.source_lang,
            self.target_lang,
            segments,
            texts.path,
            total,
            tuple(sorted(set(makers))) or (NO_REFERENCES,),
            (*_left_out(empty, total - len(empty) - len(segments)), *texts.notes),
            tuple(texts.names) or reference_letters(len(texts.references)),
            makers=makers,
        )
        return [bitext]


def check_options(testset: TestSet, on_empty: str, provenance: object) -> None:
    """Writes the languages' tags as folders and caches have them, and checks the other options.

    Raises:
        EvalHarnessError: An option has a value that it cannot have.
    """
    for option in ("source_lang", "target_lang"):
        tag = normalised(getattr(testset, option), where=option)
        object.__setattr__(testset, option, tag)
    one_of("on_empty", on_empty, ("error", "skip"))
    check_provenance(provenance)


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
