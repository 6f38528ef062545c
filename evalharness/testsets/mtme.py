"""A test set in mt-metrics-eval's folders, with the outputs of the systems that lie there."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from evalharness.config import FilePath
from evalharness.errors import EvalHarnessError
from evalharness.formats.text import read_aligned, read_text
from evalharness.languages import normalised_pair, split_pair
from evalharness.testsets.given import GivenTestSet, Texts
from evalharness.testsets.makers import check_provenance
from evalharness.testsets.testset import TestSet
from evalharness.values.segments import UNSTATED, Bitext

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MtmeTestSet(TestSet):
    """A folder of mt-metrics-eval, version 2: `sources/`, `references/`, `documents/`, ...

    Attributes:
        path: The folder, such as `mt-metrics-eval-v2/wmt23`.
        name: The test set's name in tables and folders; empty for the folder's.
        pairs: Its language pairs, such as `en-de`; empty for all.
        references: Which references are used, in this order, such as `refA`; empty for the first.
        provenance: Who made the references: `human`, `post-edited`, `machine-drafted`, `unstated`;
            one for all, or a list with one for each reference.
    """

    path: FilePath = MISSING
    name: str = ""
    pairs: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    provenance: Any = UNSTATED

    def __post_init__(self) -> None:
        check_provenance(self.provenance)
        if not self.name:
            object.__setattr__(self, "name", Path(self.path).name)

    def missing_requirement(self) -> str | None:
        """Nothing beyond the folder, which `load` checks."""
        return None

    def load(self) -> Sequence[Bitext]:
        """Reads the language pairs, in the order in which they are asked for.

        Raises:
            EvalHarnessError: It is no such folder, a pair or a reference is missing, or files have
                different numbers of lines.
        """
        known = self._pairs()
        wanted = [normalised_pair(pair) for pair in self.pairs] or list(known)
        if unknown := [pair for pair in wanted if pair not in known]:
            raise EvalHarnessError(
                f"no pair {unknown[0]}",
                where="testset.pairs",
                hint=f"{self.path} has {', '.join(known)}",
            )
        return [self._bitext(pair, known[pair]) for pair in dict.fromkeys(wanted)]

    def outputs(self, bitext: Bitext) -> Mapping[str, str]:
        """The systems whose outputs lie there, by name, each with its file; no references."""
        folder = Path(self.path) / "system-outputs" / self._pairs()[bitext.pair]
        references = self._references(folder.name)
        paths = {path.stem: str(path) for path in sorted(folder.glob("*.txt"))}
        if left_out := [name for name in paths if name in references]:
            log.info("%s: left out, being references: %s", folder, ", ".join(left_out))
        return {name: path for name, path in paths.items() if name not in references}

    def _pairs(self) -> dict[str, str]:
        """The pairs there are, each with what its files are called."""
        names = [path.stem for path in sorted((Path(self.path) / "sources").glob("*.txt"))]
        if not names:
            raise EvalHarnessError(
                "no folder of mt-metrics-eval: it has no sources/*.txt",
                where=self.path or "testset.path",
            )
        return {normalised_pair(name): name for name in names}

    def _references(self, pair: str) -> dict[str, Path]:
        """The references of a pair, by name."""
        paths = sorted((Path(self.path) / "references").glob(f"{pair}.*.txt"))
        return {path.name.removeprefix(f"{pair}.").removesuffix(".txt"): path for path in paths}

    def _bitext(self, pair: str, called: str) -> Bitext:
        source = Path(self.path) / "sources" / f"{called}.txt"
        sources = read_text(source)
        references = self._references(called)
        if unknown := [name for name in self.references if name not in references]:
            raise EvalHarnessError(
                f"{called} has no reference {unknown[0]!r}",
                where="testset.references",
                hint=f"it has {', '.join(references) or 'none'}",
            )
        names = self.references or list(references)[:1]
        count = len(sources.lines)
        files = [read_aligned(references[name], source, count) for name in names]
        documents, facts = self._documents(called, source, count)
        texts = Texts(
            sources.lines,
            [file.lines for file in files],
            documents,
            str(source),
            tuple(note for file in (sources, *files) for note in file.notes),
            names,
            facts=facts,
        )
        source_lang, target_lang = split_pair(pair)
        testset = GivenTestSet(
            texts, source_lang, target_lang, self.name, self.provenance if names else UNSTATED
        )
        return testset.load()[0]

    def _documents(
        self, called: str, source: Path, count: int
    ) -> tuple[Sequence[str | None], Sequence[Mapping[str, str]] | None]:
        """The document and the domain of each line."""
        path = Path(self.path) / "documents" / f"{called}.docs"
        if not path.is_file():
            return [None] * count, None
        rows = [line.split("\t") for line in read_aligned(path, source, count).lines]
        if wrong := [number for number, row in enumerate(rows, 1) if len(row) != 2]:
            raise EvalHarnessError(f"line {wrong[0]}: not DOMAIN<TAB>DOCUMENT", where=path)
        return [document for _, document in rows], [{"domain": domain} for domain, _ in rows]
