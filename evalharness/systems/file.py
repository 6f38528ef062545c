"""Outputs that already exist: a file with one hypothesis per source line."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from omegaconf import MISSING

from evalharness.config import FilePath
from evalharness.formats.text import check_aligned, decode_text, read_bytes
from evalharness.systems.system import System
from evalharness.values.outputs import Facts, Failure, Outputs, Translation
from evalharness.values.segments import Bitext

log = logging.getLogger(__name__)

_NO_LETTERS = re.compile(r"[^A-Za-z0-9._+-]+")


def name_after(path: str) -> str:
    """Returns the name of a system whose outputs lie in a file: the file's, without its suffix.

    Letters that no folder's name may have become plain ones or `-`, and the log says so. It depends
    on the file's name alone: another file does not change it.
    """
    stem = re.sub(r"\{(source|target)_lang\}", "", Path(path).stem).strip("._-")
    letters = unicodedata.normalize("NFKD", stem.replace("ı", "i"))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    digest = hashlib.sha256(Path(path).name.encode(errors="surrogateescape")).hexdigest()
    name = _NO_LETTERS.sub("-", letters).strip("._+-") or f"file-{digest[:8]}"
    if name != stem:
        log.info("%s: %r cannot name a folder; the system is called %s", path, stem, name)
    return name


@dataclass(frozen=True)
class FileSystem(System):
    """A file of outputs. It does not translate: it is read, aligned with the source.

    Attributes:
        path: The file; `{source_lang}` and `{target_lang}` in it stand for the pair's codes.
        name: The system's name in tables; empty for the file's, see `name_after`.
    """

    path: FilePath = MISSING
    name: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", name_after(self.path))

    def missing_requirement(self) -> str | None:
        """Nothing beyond the file, which `existing` checks."""
        return None

    def supports(self, source: str, target: str) -> bool:
        """Any pair."""
        return True

    def fingerprint(self, source: str, target: str) -> Facts:
        """The digest of the file's lines, wherever it lies and however they end."""
        content = self._content(source, target).replace(b"\r\n", b"\n").removesuffix(b"\n")
        return {"system": "file", "sha256": hashlib.sha256(content).hexdigest()}

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | Failure]]:
        """Yields nothing: its outputs belong to lines, and not to texts."""
        return iter(())

    def existing(self, bitext: Bitext) -> Outputs:
        """Reads one hypothesis per source line, also of those left out of scoring.

        Raises:
            EvalHarnessError: The file cannot be read or has another number of lines.
        """
        lines, notes = self._lines(bitext)
        hypotheses = tuple(lines[segment.position] for segment in bitext.segments)
        return Outputs(self.name, bitext, hypotheses, notes=tuple(notes))

    def _lines(self, bitext: Bitext) -> tuple[Sequence[str], Sequence[str]]:
        """The lines, and what a reader has to know of the file."""
        source, target = bitext.source_lang, bitext.target_lang
        path = self._path(source, target)
        file = decode_text(self._content(source, target), path)
        check_aligned(file.lines, path, bitext.source_path, bitext.source_lines)
        return file.lines, file.notes

    @cached_property
    def _contents(self) -> dict[str, bytes]:
        """What was read, by path: what is scored is what was fingerprinted, also of a pipe."""
        return {}

    def _content(self, source: str, target: str) -> bytes:
        path = self._path(source, target)
        if path not in self._contents:
            self._contents[path] = read_bytes(path)
        return self._contents[path]

    def _path(self, source: str, target: str) -> str:
        return self.path.replace("{source_lang}", source).replace("{target_lang}", target)


@dataclass(frozen=True)
class GivenOutputs(FileSystem):
    """Outputs that are in memory already.

    Attributes:
        lines: One hypothesis per segment; it may hold line breaks.
    """

    lines: tuple[str, ...] = ()

    def fingerprint(self, source: str, target: str) -> Facts:
        """The digest that a file of these lines has; of the list, if a text has line breaks."""
        content = "\n".join(self.lines)
        if any("\n" in line for line in self.lines):
            content = json.dumps(self.lines)
        return {"system": "file", "sha256": hashlib.sha256(content.encode()).hexdigest()}

    def _lines(self, bitext: Bitext) -> tuple[Sequence[str], Sequence[str]]:
        check_aligned(self.lines, self.name, bitext.source_path, bitext.source_lines)
        return self.lines, ()
