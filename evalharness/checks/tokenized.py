"""`tokenized`: the hypothesis shows the marks of a tokenizer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import Check, Look
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class Tokenized(Check):
    """The hypothesis was not put together again: a tokenizer's marks, or its spaces, are left.

    Marks are sentencepiece's U+2581 and its sign of an unknown piece, U+2047; `@@` at the end of a
    word (subword-nmt); `@-@` (Moses); ` ##` before letters (WordPiece); `</w>`, `<unk>`, `[UNK]`,
    `<pad>`, `<s>` and `</s>`. Spaces are those before a comma or a full stop, where two and more of
    them stand and no such sign follows its word at once. What the source has, too, does not count.
    The check sees the marks.
    """

    id: str = "tokenized"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the hypothesis has the marks or the spaces of a tokenizer"

    @property
    def structural(self) -> bool:
        """Never right: the text was not put together again."""
        return True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the definition, and whether sources could spare anything."""
        spared = "source" if bitext.has_sources else "nothing"
        return f"marks:sentencepiece+bpe+wordpiece+moses+special|spaces:2|spared:{spared}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        """Returns the look; without sources, nothing is excepted."""
        return _look


_MARK = re.compile(
    r"\u2581|\u2047|(?<=\w)@@(?=\s|$)|(?<=\s)@-@(?=\s)|(?:(?<=\s)|^)\#\#(?=[^\W\d])"
    r"|</w>|<unk>|\[UNK\]|<pad>|</?s>"
)
_SPACED = re.compile(r"(?<=[^\W_]) [,.](?=\s|$)")
_PLAIN = re.compile(r"(?<=[^\W_])[,.](?=\s|$)")
_LEAST_SPACED = 2


_HINTS = ("\u2581", "\u2047", "@@", "@-@", "##", "<", "[UNK]")


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    marks: list[str] = []
    if any(hint in text for hint in _HINTS):
        marks = sorted(set(_MARK.findall(text)) - set(_MARK.findall(segment.source)))
    spaced = text.count(" ,") + text.count(" .") >= _LEAST_SPACED and _SPACED.findall(text)
    if spaced and len(spaced) >= _LEAST_SPACED and not _PLAIN.search(text):
        marks += sorted(set(spaced) - set(_SPACED.findall(segment.source)))
    return marks or None
