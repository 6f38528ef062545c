"""`repetition`: the hypothesis is caught in a loop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import Check, Look
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment

_COPIES, _OF_ONE_WORD = 4, 6  # in a hypothesis, from which on they are a loop
_OF_ONE_WORD_IN_SOURCE = 4
_LONGEST = 12
_AROUND = ".,;:!?()[]\"'“”„«»…-–—"
_LETTERS = re.compile(r"([^\W\d_]{3,12}?)\1{4,}|([^\W\d_]{2})\2{7,}")
_LETTERS_IN_SOURCE = re.compile(r"([^\W\d_]{2,12}?)\1{2,}")


@dataclass(frozen=True)
class Repetition(Check):
    """Two to twelve words stand four times in a row, or one six times, or some letters.

    These are three to twelve letters five times, or two of them eight times.
    Words are what whitespace separates, without regard to case and punctuation around them; those
    without a letter, such as numbers, make no loop. Letters are looked at within words, for scripts
    without spaces. A source with a loop of its own, of fewer copies, may rightly be followed, and
    its segment is not flagged. The check sees what is repeated.
    """

    id: str = "repetition"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the hypothesis repeats the same words over and over"

    @property
    def structural(self) -> bool:
        """Never right where the source has no loop."""
        return True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the bounds, and whether sources could spare anything."""
        spared = "source" if bitext.has_sources else "nothing"
        return f"words:2-12x4+1x6|letters:3-12x5+2x8|spared:{spared}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        """Returns the look; it needs nothing of the bitext."""
        return _look


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    found = _loop(text, _COPIES, _OF_ONE_WORD, _LETTERS)
    if not found:
        return None
    own = _loop(segment.source, _COPIES, _OF_ONE_WORD_IN_SOURCE, _LETTERS_IN_SOURCE)
    return None if own else found


def _loop(text: str, copies: int, of_one_word: int, letters: re.Pattern[str]) -> str | None:
    """What stands so many times in a row: some words, one word, or letters."""
    words = [word.strip(_AROUND) or word for word in text.casefold().split()]
    if len(words) - len(set(words)) >= copies - 1:
        for period in range(1, min(_LONGEST, len(words) // copies) + 1):
            least = period * ((of_one_word if period == 1 else copies) - 1)
            equal = 0
            for at in range(period, len(words)):
                equal = equal + 1 if words[at] == words[at - period] else 0
                if equal >= least:
                    unit = words[at - period + 1 : at + 1]
                    if any(map(str.isalpha, "".join(unit))) and (period == 1 or len(set(unit)) > 1):
                        return " ".join(unit)
    match = letters.search(text)
    return next((found for found in match.groups() if found), None) if match else None
