"""`repetition`: the hypothesis is caught in a loop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import Check, Look
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment

_COPIES = 4
_LONGEST = 12
_LETTERS = re.compile(r"([^\W\d_]{2,12}?)\1{4,}")


@dataclass(frozen=True)
class Repetition(Check):
    """Up to twelve words stand four times in a row, or two to twelve letters five times.

    Words are what whitespace separates, without regard to case; those without a letter, such as
    numbers, make no loop. Letters are looked at within words, for scripts without spaces. A source
    with a loop of its own may rightly be followed, and its segment is not flagged. The check sees
    what is repeated.
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
        return f"words:1-12x4|letters:2-12x5|spared:{spared}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        """Returns the look; it needs nothing of the bitext."""
        return _look


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    found = _loop(text)
    return found if found and not _loop(segment.source) else None


def _loop(text: str) -> str | None:
    words = text.casefold().split()
    if len(words) - len(set(words)) >= _COPIES - 1:
        for period in range(1, min(_LONGEST, len(words) // _COPIES) + 1):
            equal = 0
            for at in range(period, len(words)):
                equal = equal + 1 if words[at] == words[at - period] else 0
                unit = " ".join(words[at - period + 1 : at + 1])
                if equal >= period * (_COPIES - 1) and any(map(str.isalpha, unit)):
                    return unit
    match = _LETTERS.search(text)
    return match[1] if match else None
