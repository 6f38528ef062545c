"""`encoding`: the hypothesis has characters that come from a wrong encoding."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from evalharness.checks.check import Check, Look
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class Encoding(Check):
    """The hypothesis has characters that come from text read in the wrong encoding.

    They are mojibake such as `Ã¼` for `ü`, sequences that ftfy's heuristic (`ftfy.badness`) finds
    improbable and that it can read in the right encoding; the replacement character U+FFFD; C1
    controls; characters for private use; and combining marks with nothing before them to combine
    with. What stands in the source as well does not count. The check sees the sequences.
    """

    id: str = "encoding"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the hypothesis has characters that come from a wrong encoding"

    @property
    def structural(self) -> bool:
        """Never right: nobody can read them."""
        return True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the library's version, and whether sources could spare anything."""
        spared = "source" if bitext.has_sources else "nothing"
        others = "replacement+controls+private+lone-marks"
        return f"mojibake:ftfy|others:{others}|spared:{spared}|ftfy:{version('ftfy')}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        """Returns the look; without sources, nothing is excepted."""
        return _look


# U+FFFD, C1 controls without U+0085 (a line's end), and the first area of private use.
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_NO_TEXT = re.compile("[\ufffd\x80-\x84\x86-\x9f\ue000-\uf8ff]+")


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    if text.isascii():
        return None
    found = list(_mojibake(text)) + _NO_TEXT.findall(text) + _lone_marks(text)
    return sorted({part for part in found if part not in segment.source}) or None


def _mojibake(text: str) -> Iterator[str]:
    from ftfy import fix_encoding
    from ftfy.badness import BADNESS_RE

    if BADNESS_RE.search(text):
        # "½“" is improbable, too, and nothing but a fraction before a quotation mark.
        for part in _NOT_ASCII.findall(text):
            if BADNESS_RE.search(part) and fix_encoding(part) != part:
                yield part


def _lone_marks(text: str) -> list[str]:
    return [
        char
        for at, char in enumerate(text)
        if unicodedata.combining(char) and (at == 0 or not _is_base(text[at - 1]))
    ]


def _is_base(char: str) -> bool:
    return char == "\u00a0" or unicodedata.category(char) not in ("Cc", "Zl", "Zp", "Zs")
