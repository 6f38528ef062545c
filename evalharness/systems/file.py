"""Outputs that already exist: a file with one hypothesis per source line."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from omegaconf import MISSING

from evalharness.systems.base import Facts
from evalharness.textfiles import read_aligned, read_bytes


@dataclass(frozen=True)
class FileSystem:
    """A file of outputs. It does not translate: it is read, aligned with the source.

    Attributes:
        path: The file; `{source_lang}` and `{target_lang}` in it stand for the pair's codes.
        name: The system's name in tables; `None` for the file's name without its last suffix.
    """

    path: str = MISSING
    name: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", Path(self.path).stem)

    def unavailable(self) -> str | None:
        """Nothing beyond the file, which `hypotheses` checks."""
        return None

    def supports(self, source: str, target: str) -> bool:
        """Any pair."""
        return True

    def fingerprint(self, source: str, target: str) -> Facts:
        """The digest of the file's content, wherever it lies."""
        content = read_bytes(self._path(source, target))
        return {"system": "file", "sha256": hashlib.sha256(content).hexdigest()}

    def hypotheses(
        self, source: str, target: str, source_path: str, source_lines: int
    ) -> list[str]:
        """Reads one hypothesis per source line, also of those left out of scoring.

        Args:
            source: BCP-47 code of the source.
            target: BCP-47 code of the target.
            source_path: Where the sources come from, for the error.
            source_lines: How many lines they have.

        Raises:
            EvalHarnessError: The file cannot be read or has another number of lines.
        """
        return read_aligned(self._path(source, target), source_path, source_lines)

    def _path(self, source: str, target: str) -> str:
        return self.path.replace("{source_lang}", source).replace("{target_lang}", target)
