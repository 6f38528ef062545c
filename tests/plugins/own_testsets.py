"""A test set of a user's own, by the protocol alone: one source, translated into many languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalharness.testsets import Bitext, TextTestSet


@dataclass(frozen=True)
class Targets:
    """The files of a folder: `<source>.txt`, and `<target>.ref.txt` for each target language.

    Attributes:
        folder: The folder.
        source_lang: The language of the source.
        target_langs: The languages of the references.
        name: Its name in tables.
    """

    folder: str
    source_lang: str = "tr"
    target_langs: list[str] = field(default_factory=list)
    name: str = "targets"

    def missing_requirement(self) -> str | None:
        return None

    def load(self) -> Sequence[Bitext]:
        folder = Path(self.folder)
        return [
            bitext
            for target in self.target_langs
            for bitext in TextTestSet(
                self.name,
                self.source_lang,
                target,
                str(folder / f"{self.source_lang}.txt"),
                [str(folder / f"{target}.ref.txt")],
                provenance="machine-drafted",
            ).load()
        ]
