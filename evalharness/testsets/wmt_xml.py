"""A test set in WMT's XML, with the references and outputs that the file holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from evalharness.config import FilePath
from evalharness.errors import EvalHarnessError
from evalharness.formats.text import read_bytes
from evalharness.formats.wmt_xml import Document, Version, read_wmt_xml
from evalharness.languages import UNDETERMINED, normalised
from evalharness.testsets.given import GivenTestSet, Texts
from evalharness.testsets.makers import check_provenance
from evalharness.testsets.testset import TestSet
from evalharness.values.segments import UNSTATED, Bitext


@dataclass(frozen=True)
class WmtXmlTestSet(TestSet):
    """A file in WMT's XML, from 2021 on; documents of test suites are passed over.

    A segment without any reference is left out, as sacreBLEU does, unless no segment has one.

    Attributes:
        path: The file.
        name: The test set's name in tables and folders; empty for the file's.
        source_lang: Tag of the source's language; empty for the file's.
        target_lang: Tag of the references' language; empty for the file's, if it has one.
        references: The translators whose references are used, in this order; empty for all, by
            name.
        provenance: Who made the references: `human`, `post-edited`, `machine-drafted`, `unstated`;
            one for all, or a list with one for each reference.
    """

    path: FilePath = MISSING
    name: str = ""
    source_lang: str = ""
    target_lang: str = ""
    references: list[str] = field(default_factory=list)
    provenance: Any = UNSTATED

    def __post_init__(self) -> None:
        check_provenance(self.provenance)
        if not self.name:
            object.__setattr__(self, "name", Path(self.path).stem)

    def missing_requirement(self) -> str | None:
        """Nothing beyond the file, which `load` checks."""
        return None

    @cached_property
    def _documents(self) -> Sequence[Document]:
        return read_wmt_xml(read_bytes(self.path), self.path)

    def load(self) -> Sequence[Bitext]:
        """Reads the file's language pair.

        Raises:
            EvalHarnessError: The file is no WMT XML, lacks a reference that is named, or has
                several languages where one is wanted.
        """
        source = self._language("source_lang", [v for d in self._documents for v in d.sources])
        versions = [
            version
            for document in self._documents
            for version in (*document.references, *document.hypotheses)
        ]
        target = self._language("target_lang", versions)
        names = self._names(target)
        rows = list(self._rows(names, target))
        texts = Texts(
            [row[1] for row in rows],
            [[row[2][at] for row in rows] for at in range(len(names))],
            [row[3] for row in rows],
            self.path,
            names=names,
            ids=[row[0] for row in rows],
            facts=[row[4] for row in rows],
        )
        return [GivenTestSet(texts, source, target, self.name, self.provenance).load()[0]]

    def outputs(self, bitext: Bitext) -> Mapping[str, str]:
        """The systems whose outputs the file holds, each with the file."""
        names = {made.name for document in self._documents for made in document.hypotheses}
        return {name: self.path for name in sorted(names) if name}

    def _language(self, option: str, versions: Sequence[Version]) -> str:
        """The language of texts: as it is asked for, else the file's."""
        asked = str(getattr(self, option))
        if asked:
            return normalised(asked, where=option)
        found = sorted({normalised(v.lang, where=self.path) for v in versions if v.lang})
        if len(found) > 1:
            raise EvalHarnessError(
                f"has {', '.join(found)}", where=self.path, hint=f"name one with testset.{option}="
            )
        return found[0] if found else UNDETERMINED.code

    def _names(self, target: str) -> list[str]:
        known = {
            reference.name: None
            for document in self._documents
            for reference in document.references
            if _is_in(reference, target)
        }
        if unknown := [name for name in self.references if name not in known]:
            raise EvalHarnessError(
                f"no reference {unknown[0]!r}",
                where="testset.references",
                hint=f"{self.path} has {', '.join(sorted(known)) or 'none'}",
            )
        return self.references or sorted(known)

    def _rows(
        self, names: Sequence[str], target: str
    ) -> Iterator[tuple[str, str, list[str], str, dict[str, Any]]]:
        """The id, source, references, document and facts of each segment."""
        for document in self._documents:
            facts = {"domain": document.domain, "origlang": document.origlang}
            known = {name: value for name, value in facts.items() if value}
            versions = {
                reference.name: reference.segments
                for reference in document.references
                if _is_in(reference, target)
            }
            for id_, source in document.sources[0].segments.items():
                references = [versions.get(name, {}).get(id_, "") for name in names]
                yield f"{document.id}#{id_}", source, references, document.id, known


def _is_in(version: Version, target: str) -> bool:
    return not version.lang or normalised(version.lang, where="lang") == target
