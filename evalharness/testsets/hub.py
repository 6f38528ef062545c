"""Test sets of the Hugging Face hub, or of a folder, through the library `datasets`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from omegaconf import MISSING

from evalharness.config import FilePath
from evalharness.errors import EvalHarnessError
from evalharness.extras import lacks_extra
from evalharness.formats.text import is_blank
from evalharness.languages import family_code, language, normalised, split_pair
from evalharness.testsets.loading import load_rows
from evalharness.testsets.makers import check_provenance, makers_of
from evalharness.testsets.testset import TestSet
from evalharness.values.segments import NO_REFERENCES, UNSTATED, Bitext, Segment

log = logging.getLogger(__name__)

LANG = "{lang}"


@dataclass(frozen=True)
class HubTestSet(TestSet):
    """A data set of the hub whose tables hold texts by language.

    A table is one of the data set's configurations. The two languages of a pair may stand in one
    table, or in a table each: rows are joined on their ids, never on their order. Rows without a
    text on either side, rows that the data set marks as bad, and repeated ids are left out,
    counted and told.

    Attributes:
        repository: Its id on the hub, such as `openlanguagedata/flores_plus`.
        folder: A folder with the data set's files, instead of a repository.
        revision: The branch, tag or commit; empty for the newest.
        name: The test set's name in tables and folders.
        config: The table of a language; `{lang}` in it stands for what the data set calls the
            language. Empty for the only table.
        split: Which part of the tables.
        text: The column with a language's text, `{lang}` likewise; `translation.{lang}` for a
            column of translations.
        original_lang: The language that stands beside each other one in every table, if one does.
        original_text: The column with its text.
        id: The columns that together tell rows apart; empty for the order, in one table.
        document: The columns that together tell documents apart, where they are there.
        facts: Columns that become facts of the segments, such as `domain`, where they are there.
        bad: A column that is true in rows that are left out.
        codes: What the data set calls languages, by tag; others are called as in FLORES.
        pairs: The language pairs, such as `tr-en`; a tag with a region is written `ar_EG`.
        written_in: The language that the texts were written in, if it is known.
        provenance: Who made the references: `human`, `post-edited`, `machine-drafted`, `unstated`;
            one for all, or a list with one for each reference.
    """

    repository: str = ""
    folder: FilePath = ""
    revision: str = ""
    name: str = MISSING
    config: str = ""
    split: str = "test"
    text: str = "text"
    original_lang: str = ""
    original_text: str = ""
    id: list[str] = field(default_factory=list)
    document: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    bad: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    pairs: list[str] = field(default_factory=list)
    written_in: str = ""
    provenance: Any = UNSTATED

    def __post_init__(self) -> None:
        check_provenance(self.provenance)

    def missing_requirement(self) -> str | None:
        """Why the library is not here."""
        return lacks_extra("datasets", ("datasets",))

    def load(self) -> Sequence[Bitext]:
        """Downloads what is missing, and reads the language pairs.

        Raises:
            EvalHarnessError: The data set, a table, a column or a language is missing, the data set
                is gated, or it cannot be downloaded.
        """
        if bool(self.repository) == bool(self.folder):
            raise EvalHarnessError("give one of repository and folder", where="testset.repository")
        if not self.pairs:
            hint = "such as 'testset.pairs=[tr-en]'"
            raise EvalHarnessError("none", where="testset.pairs", hint=hint)
        return [self._bitext(*split_pair(pair)) for pair in dict.fromkeys(self.pairs)]

    def _bitext(self, source: str, target: str) -> Bitext:
        left, version = self._side(source, target)
        right, _ = self._side(target, source)
        dropped: dict[str, int] = {}
        segments = tuple(self._segments(left, right, dropped))
        where = self.repository or self.folder
        if not segments:
            raise EvalHarnessError(f"no row has {source} and {target}", where=where)
        notes = [f"{where}, {self.split}, revision {version}"] if version else []
        notes += [f"left out: {count} {why}" for why, count in dropped.items()]
        if self.document and all(segment.document is None for segment in segments):
            notes.append(f"no documents: no column {', '.join(self.document)}")
        if self.written_in:
            notes.append(self._origin(source, target))
        makers = makers_of(self.provenance, len(segments[0].references))
        return Bitext(
            self.name,
            source,
            target,
            segments,
            where,
            len(left),
            tuple(sorted(set(makers))) or (NO_REFERENCES,),
            tuple(notes),
            ("A",),
            version,
            makers,
        )

    def _origin(self, source: str, target: str) -> str:
        written = normalised(self.written_in, where="written_in")
        name = language(written).name
        if target == written:
            return f"written in {name}: the sources are translations, the references the originals"
        if source == written:
            return f"written in {name}"
        return f"written in {name}: sources and references are both translations"

    def _side(self, tag: str, other: str) -> tuple[Sequence[_Row], str]:
        """The rows with the text of a language, and the version that they are of."""
        original = self.original_lang and normalised(self.original_lang, where="original_lang")
        table = other if tag == original else tag
        column = self.original_text if tag == original else self.text.replace(LANG, self._code(tag))
        config = self.config.replace(LANG, self._code(table)) if self.config else ""
        rows, version = load_rows(self.repository or self.folder, config, self.split, self.revision)
        return [self._row(row, column, number) for number, row in enumerate(rows, 1)], version

    def _code(self, tag: str) -> str:
        known = {normalised(name, where="codes"): code for name, code in self.codes.items()}
        if tag in known:
            return known[tag]
        near = sorted(name for name in known if name.split("-")[0] == tag)
        if len(near) == 1:
            return known[near[0]]
        if near:
            raise EvalHarnessError(
                f"{tag} may be {' or '.join(near)}",
                where="testset.pairs",
                hint=f"write {near[0].replace('-', '_')} in the pair",
            )
        if not self.codes and (code := family_code(tag, "nllb")) is not None:
            return code
        names = f": {', '.join(sorted(known))}" if known else ""
        raise EvalHarnessError(
            f"it is not known what {self.name} calls {tag}",
            where="testset.pairs",
            hint=f"give +testset.codes.{tag}=CODE{names}",
        )

    def _row(self, row: Mapping[str, Any], column: str, number: int) -> _Row:
        value = _value(row, column)
        return _Row(
            tuple(_value(row, name) for name in self.id) or (number,),
            value if isinstance(value, str) else "",
            self._document(row),
            {
                name: value
                for name in self.facts
                if isinstance(value := row.get(name), str | int | list | dict)
            },
            bool(self.bad and _value(row, self.bad)),
        )

    def _document(self, row: Mapping[str, Any]) -> str | None:
        """The document of a row; `None` where a part of its name is not there."""
        parts = [_value(row, name, None) for name in self.document]
        return "#".join(map(str, parts)) if parts and None not in parts else None

    def _segments(
        self, left: Sequence[_Row], right: Sequence[_Row], dropped: dict[str, int]
    ) -> Iterator[Segment]:
        answers: dict[tuple[Any, ...], _Row] = {}
        for row in right:
            answers.setdefault(row.id, row)
        seen: set[tuple[Any, ...]] = set()
        origin = {"origlang": self.written_in} if self.written_in else {}
        for position, row in enumerate(left):
            answer = answers.get(row.id)
            why = ""
            if row.id in seen:
                why = "rows with an id that was there before"
            elif row.is_bad or (answer is not None and answer.is_bad):
                why = f"rows that {self.bad} marks"
            elif answer is None or is_blank(row.text) or is_blank(answer.text):
                why = "rows without a text on one side"
            seen.add(row.id)
            if why or answer is None:
                dropped[why] = dropped.get(why, 0) + 1
                continue
            yield Segment(
                "#".join(map(str, row.id)),
                position,
                row.document,
                row.text,
                (answer.text,),
                {**origin, **row.facts},
            )


@dataclass(frozen=True)
class _Row:
    """One row of a table, as far as one language needs it."""

    id: tuple[Any, ...]
    text: str
    document: str | None
    facts: Mapping[str, Any]
    is_bad: bool


_NEEDED = object()


def _value(row: Mapping[str, Any], column: str, otherwise: Any = _NEEDED) -> Any:
    """The value of a column, also of one within a column of translations.

    Raises:
        EvalHarnessError: There is no such column, and nothing is given that stands for it.
    """
    if column in row:
        return row[column]
    outer, _, inner = column.partition(".")
    within = row.get(outer)
    if inner and isinstance(within, Mapping) and inner in within:
        return within[inner]
    if otherwise is not _NEEDED:
        return otherwise
    known = []
    for name, value in row.items():
        inside = value if isinstance(value, Mapping) else ()
        known += [f"{name}.{key}" for key in inside] or [name]
    raise EvalHarnessError(
        f"no column {column!r}", where="testset", hint=f"columns: {', '.join(known)}"
    )
