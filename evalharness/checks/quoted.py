"""`quoted`: the whole hypothesis stands in quotation marks that the source does not have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import Check, Look
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment

_QUOTES = {
    '"': '"',
    "'": "'",
    "“": "”",
    "‘": "’",
    "„": "“”",
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
}
_MARKS = frozenset("".join((*_QUOTES, *_QUOTES.values(), "-–—―…")))
_END = ".!?。！？،؟,"


@dataclass(frozen=True)
class Quoted(Check):
    """Quotation marks are around the whole hypothesis, as chat models put them there.

    None are within it, and the source neither begins nor ends with one, or with the dash of direct
    speech. People add such marks now and then, in FLORES and NTREX to one of 300 segments: the
    references say how often. The check sees the marks.
    """

    id: str = "quoted"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the whole hypothesis stands in quotation marks that the source does not have"

    @property
    def structural(self) -> bool:
        """Translators mark direct speech, too."""
        return False

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the definition."""
        return "quotes:around|spared:quotes+dashes"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        """Returns the look; `None` without sources, which could have such marks."""
        return _look if bitext.has_sources else None


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    plain, source = text.strip(), segment.source.strip().rstrip(_END)
    if len(plain) < 3 or plain[-1] not in _QUOTES.get(plain[0], ""):
        return None
    within = any(mark in plain[1:-1] for mark in (plain[0], plain[-1]))
    spared = bool(source) and (source[0] in _MARKS or source[-1] in _MARKS)
    return None if within or spared else plain[0] + plain[-1]
