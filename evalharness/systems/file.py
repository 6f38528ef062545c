"""Outputs that already exist: a file with one hypothesis per source line."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from omegaconf import MISSING

from evalharness.config import FilePath
from evalharness.hub import Checkpoint
from evalharness.systems.base import Facts
from evalharness.textfiles import TextFile, check_aligned, decode_text, read_bytes

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
class FileSystem:
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

    def unavailable(self) -> str | None:
        """Nothing beyond the file, which `hypotheses` checks."""
        return None

    def supports(self, source: str, target: str) -> bool:
        """Any pair."""
        return True

    def supported(self) -> str:
        """Any pair."""
        return "it holds any pair"

    def notes(self) -> Sequence[str]:
        """Nothing is known of how the file came to be."""
        return ()

    def private(self) -> bool:
        """Not more than the file is."""
        return False

    def hardware(self) -> str:
        """Nothing computes; what reads the file."""
        return "cpu"

    def fingerprint(self, source: str, target: str) -> Facts:
        """The digest of the file's lines, wherever it lies and however they end."""
        content = self._content(source, target).replace(b"\r\n", b"\n").removesuffix(b"\n")
        return {"system": "file", "sha256": hashlib.sha256(content).hexdigest()}

    def lacking(self) -> None:
        """Nothing."""

    def checkpoints(self, source: str, target: str) -> Sequence[Checkpoint]:
        """None."""
        return ()

    def release(self) -> None:
        """Nothing."""

    def hypotheses(self, source: str, target: str, source_path: str, source_lines: int) -> TextFile:
        """Reads one hypothesis per source line, also of those left out of scoring.

        Args:
            source: BCP-47 code of the source.
            target: BCP-47 code of the target.
            source_path: Where the sources come from, for the error.
            source_lines: How many lines they have.

        Raises:
            EvalHarnessError: The file cannot be read or has another number of lines.
        """
        path = self._path(source, target)
        file = decode_text(self._content(source, target), path)
        check_aligned(file.lines, path, source_path, source_lines)
        return file

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

    def hypotheses(self, source: str, target: str, source_path: str, source_lines: int) -> TextFile:
        """Returns the outputs.

        Raises:
            EvalHarnessError: There is not one for each segment.
        """
        check_aligned(self.lines, self.name, source_path, source_lines)
        return TextFile(list(self.lines))
