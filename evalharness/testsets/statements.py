"""The statements: seeds/ in their languages, references/ in the pivot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from omegaconf import MISSING

from evalharness import resources
from evalharness.config import FilePath
from evalharness.errors import EvalHarnessError
from evalharness.formats.text import TextFile, is_blank, listed, read_aligned, read_text
from evalharness.languages import language, normalised, tag_or_none
from evalharness.testsets.identification import foreign_lines
from evalharness.testsets.provenance import maker_of, read_provenance
from evalharness.testsets.testset import TestSet
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class _Statement:
    """One seed with its references: its segments, and what a reader should know."""

    segments: list[Segment]
    lines: int
    makers: set[str]
    notes: list[str]


@dataclass(frozen=True)
class StatementsTestSet(TestSet):
    """Statements as published, one file each, with line-aligned references in the pivot.

    Attributes:
        name: The test set's name in tables and folders.
        source_langs: Languages to use; `None` for all that have references in the pivot.
        target_lang: The pivot.
        seeds_dir: Folder with `<language>/<statement>.txt`; `None` for the one that comes along.
        references_dir: Folder with `<pivot>/<language>/<statement>.<name>.txt` and
            `provenance.yaml`; `None` for the one that comes along.
    """

    name: str = "statements"
    source_langs: list[str] | None = None
    target_lang: str = MISSING
    seeds_dir: FilePath | None = None
    references_dir: FilePath | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "target_lang", normalised(self.target_lang, where="target_lang"))
        if self.source_langs:
            tags = [normalised(tag, where="source_langs") for tag in self.source_langs]
            object.__setattr__(self, "source_langs", list(dict.fromkeys(tags)))

    @property
    def _seeds(self) -> Path:
        return Path(self.seeds_dir) if self.seeds_dir else resources.folder("seeds")

    @property
    def _references(self) -> Path:
        if self.references_dir:
            return Path(self.references_dir)
        return resources.folder("references")

    @property
    def _in_pivot(self) -> Path:
        """The folder of the references in the pivot."""
        there = _folders(self._references)
        return there.get(self.target_lang, self._references / self.target_lang)

    def missing_requirement(self) -> str | None:
        """The statements travel with the package."""
        return None

    def load(self) -> Sequence[Bitext]:
        """Reads one bitext per source language.

        Raises:
            EvalHarnessError: See `TestSet.load`; also a pivot without references, a provenance
                entry that is missing or made for another version of the seed.
        """
        entries = read_provenance(self._references)
        return [self._bitext(code, entries) for code in self._languages()]

    def _languages(self) -> Sequence[str]:
        found = _folders(self._seeds)
        if not found:
            raise EvalHarnessError("no seeds: no <language>/ folder", where=self._seeds)
        referenced = _folders(self._in_pivot)
        wanted = self.source_langs or [code for code in found if code in referenced]
        if not wanted:
            raise EvalHarnessError(
                f"no references in the pivot {self.target_lang!r}",
                where=self._references,
                hint=f"pivots with references: {', '.join(_folders(self._references)) or 'none'}",
            )
        for code in wanted:
            for folder, has in ((self._seeds, found), (self._references, referenced)):
                if code not in has:
                    raise EvalHarnessError(
                        f"no statements in {code!r} with references in {self.target_lang!r}",
                        where=folder,
                        hint=f"languages that have both: "
                        f"{', '.join(c for c in found if c in referenced) or 'none'}",
                    )
        return wanted

    def _bitext(self, code: str, entries: Mapping[str, Mapping[str, object]]) -> Bitext:
        statements: list[_Statement] = []
        folder = _folders(self._seeds)[code]
        seeds = sorted(folder.glob("*.txt"))
        files = self._reference_files(code, [seed.stem for seed in seeds])
        for seed in seeds:
            start = sum(statement.lines for statement in statements)
            statements.append(self._statement(seed, files[seed.stem], code, start, entries))
        segments = [segment for statement in statements for segment in statement.segments]
        where = str(seeds[0] if len(seeds) == 1 else folder)
        notes = [note for statement in statements for note in statement.notes]
        if not segments:
            raise EvalHarnessError(
                "no segment left: no line has both the right language and a reference", where=where
            )
        return Bitext(
            self.name,
            code,
            self.target_lang,
            tuple(segments),
            where,
            sum(statement.lines for statement in statements),
            tuple(sorted(set().union(*(statement.makers for statement in statements)))),
            tuple(notes),
        )

    def _statement(
        self,
        seed: Path,
        files: Sequence[Path],
        code: str,
        start: int,
        entries: Mapping[str, Mapping[str, object]],
    ) -> _Statement:
        source = read_text(seed)
        lines = source.lines
        if not files:
            note = f"{code}/{seed.name}: left out: no reference in {self.target_lang!r}"
            return _Statement([], len(lines), set(), [note])
        aligned = [_read_reference(file, seed, lines) for file in files]
        references = [file.lines for file in aligned]
        foreign = foreign_lines(lines, code)
        segments = [
            Segment(f"{seed.stem}:{line + 1}", start + line, seed.stem, source, present)
            for line, (source, refs) in enumerate(
                zip(lines, zip(*references, strict=True), strict=True)
            )
            if line not in foreign and (present := tuple(ref for ref in refs if not is_blank(ref)))
        ]
        notes = _foreign_notes(f"{code}/{seed.name}", language(code).name, foreign)
        notes += [note for file in (source, *aligned) for note in file.notes]
        makers = {maker_of(file, seed, self._references, entries) for file in files}
        return _Statement(segments, len(lines), makers, notes)

    def _reference_files(self, code: str, statements: Sequence[str]) -> dict[str, list[Path]]:
        """The references of each statement; every file in the folder belongs to one."""
        files: dict[str, list[Path]] = {statement: [] for statement in statements}
        for path in sorted(_folders(self._in_pivot)[code].glob("[!.]*")):
            statement, _, name = path.stem.rpartition(".")
            if statement not in files or not name or path.suffix != ".txt":
                raise EvalHarnessError(
                    "belongs to no seed",
                    where=path,
                    hint="name it <statement>.<reference name>.txt; statements: "
                    + (", ".join(statements) or "none"),
                )
            files[statement].append(path)
        return files


def _folders(path: Path) -> dict[str, Path]:
    """The folders of languages by their tags, however their names spell them; others by name."""
    entries = [entry for entry in path.iterdir() if entry.is_dir()] if path.is_dir() else []
    named = [(tag_or_none(entry.name) or entry.name, entry) for entry in sorted(entries)]
    return dict(sorted(named, key=lambda known: (known[0], known[0] == known[1].name)))


def _read_reference(path: Path, seed: Path, sources: Sequence[str]) -> TextFile:
    file = read_aligned(path, seed, len(sources))
    stray = [
        number
        for number, (source, text) in enumerate(zip(sources, file.lines, strict=True), 1)
        if not is_blank(text) and is_blank(source)
    ]
    if stray:
        raise EvalHarnessError(
            f"text where {seed} is empty: {listed(stray)}",
            where=path,
            hint="line n of the reference translates line n of the seed",
        )
    return file


def _foreign_notes(name: str, expected: str, foreign: Mapping[int, str]) -> list[str]:
    notes = []
    for other in sorted(set(foreign.values())):
        lines = [line + 1 for line, found in foreign.items() if found == other]
        notes.append(f"{name}: left out: {listed(lines)}: {other}, not {expected}")
    return notes
