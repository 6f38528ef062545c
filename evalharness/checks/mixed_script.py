"""`mixed_script`: a word has letters of two alphabets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import Check, Look
from evalharness.checks.scripts import script_of_letter
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment

_ALPHABETS = {"LATIN", "CYRILLIC", "GREEK"}
_WORD = re.compile(r"[^\W\d_]{3,}")
_MOST_SHOWN = 5


@dataclass(frozen=True)
class MixedScript(Check):
    """A word of three letters and more mixes Latin, Cyrillic and Greek letters, which look alike.

    Other scripts are not looked at: Latin letters rightly stand beside Han or Arabic ones within a
    word. A word whose first letter alone is Greek is a symbol (`βHCG`), and a word that the source
    has, too, is spared. The check sees the words, five at most.
    """

    id: str = "mixed_script"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "a word of the hypothesis mixes Latin, Cyrillic and Greek letters"

    @property
    def structural(self) -> bool:
        """A brand or a formula may rightly mix them."""
        return False

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the alphabets, the least length, and whether sources could spare anything."""
        spared = "greekfirst+source" if bitext.has_sources else "greekfirst"
        return f"alphabets:latin+cyrillic+greek|letters:3|spared:{spared}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        """Returns the look; it needs nothing of the bitext."""
        return _look


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    if text.isascii():
        return None
    words = [word for word in _WORD.findall(text) if _is_mixed(word) and word not in segment.source]
    return words[:_MOST_SHOWN] or None


def _is_mixed(word: str) -> bool:
    if word.isascii():
        return False
    rest = {script_of_letter(letter) for letter in word[1:]} & _ALPHABETS
    first = script_of_letter(word[0])
    return len(rest) > 1 or (len(rest | {first} & _ALPHABETS) > 1 and first != "GREEK")
