"""Outputs that already exist: a file with a hypothesis for each segment."""

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
from evalharness.formats.hypotheses import Hypotheses, read_hypotheses
from evalharness.formats.recognition import AUTO
from evalharness.formats.text import check_aligned, read_bytes
from evalharness.languages import normalised
from evalharness.systems.system import System
from evalharness.values.outputs import Facts, Failure, Outputs, Translation, observed
from evalharness.values.segments import Bitext

log = logging.getLogger(__name__)

_NO_HYPOTHESIS = "the file has no hypothesis"
_NO_LETTERS = re.compile(r"[^A-Za-z0-9._+-]+")


def name_after(path: str) -> str:
    """Returns the name of a system whose outputs lie in a file: the file's, without its suffix.

    Letters that no folder's name may have become plain ones or `-`, and the log says so. It depends
    on the file's name alone: another file does not change it.
    """
    stem = re.sub(r"\{(source|target)_lang\}", "", Path(path).stem).strip("._-")
    name = safe_name(stem, Path(path).name)
    if name != stem:
        log.info("%s: %r cannot name a folder; the system is called %s", path, stem, name)
    return name


def safe_name(stem: str, whole: str = "") -> str:
    """Returns a name that a folder may bear: other letters become plain ones or `-`.

    Args:
        stem: The name.
        whole: What tells it apart from others if nothing is left of it; empty for the name.
    """
    letters = unicodedata.normalize("NFKD", stem.replace("ı", "i"))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    digest = hashlib.sha256((whole or stem).encode(errors="surrogateescape")).hexdigest()
    return _NO_LETTERS.sub("-", letters).strip("._+-") or f"file-{digest[:8]}"


@dataclass(frozen=True)
class FileSystem(System):
    """A file of outputs. It does not translate: it is read, aligned with the source.

    Attributes:
        path: The file; `{source_lang}` and `{target_lang}` in it stand for the pair's codes.
        name: The system's name in tables; empty for the file's, see `name_after`.
        column: Of a file with columns, keys or several systems, which; empty for the obvious one.
        input_format: Which format the file is in; `auto` for what it looks like.
    """

    path: FilePath = MISSING
    name: str = ""
    column: str = ""
    input_format: str = AUTO

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
        read_as = {"column": self.column} if self.column else {}
        if self.input_format != AUTO:
            read_as["input_format"] = self.input_format
        return {"system": "file", "sha256": hashlib.sha256(content).hexdigest(), **read_as}

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | Failure]]:
        """Yields nothing: its outputs belong to lines, and not to texts."""
        return iter(())

    def existing(self, bitext: Bitext) -> Outputs:
        """Reads the hypothesis of each segment, by its id where the file has ids, else by its line.

        Raises:
            EvalHarnessError: The file cannot be read, lacks a segment or has another number of
                lines.
        """
        file = self._hypotheses(bitext)
        hypotheses = file.of(
            [segment.id for segment in bitext.segments],
            [segment.position for segment in bitext.segments],
            bitext.source_path,
            bitext.source_lines,
        )
        failed = [observed(failed=_NO_HYPOTHESIS if text is None else "") for text in hypotheses]
        return Outputs(
            self.name,
            bitext,
            tuple(hypotheses),
            failed if None in hypotheses else (),
            notes=tuple(file.notes),
        )

    def _hypotheses(self, bitext: Bitext) -> Hypotheses:
        source, target = bitext.source_lang, bitext.target_lang
        content, path = self._content(source, target), self._path(source, target)

        def is_target(tag: str) -> bool:
            """As precisely as the less precise of the two tags says it."""
            pairs = zip(target.split("-"), normalised(tag, where=path).split("-"), strict=False)
            return all(ours == theirs for ours, theirs in pairs)

        return read_hypotheses(content, path, is_target, self.column, self.input_format)

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

    def _hypotheses(self, bitext: Bitext) -> Hypotheses:
        check_aligned(self.lines, self.name, bitext.source_path, bitext.source_lines)
        return Hypotheses(self.name, self.lines)
