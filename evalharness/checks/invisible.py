"""`invisible`: the hypothesis has invisible characters that the source does not have."""

from __future__ import annotations

import unicodedata
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from langcodes import Language

from evalharness.checks.check import Check, Look
from evalharness.formats.text import is_blank
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class Invisible(Check):
    """The hypothesis has zero-width characters or bidirectional controls that the source has not.

    They are Unicode's format characters (general category Cf) without the visible signs of Arabic
    and other scripts. Three kinds belong to a text: joiners (U+200C, U+200D) beside a character
    from U+0600 (Arabic) to U+18AF (Mongolian) or beside a symbol, as in emoji; directional marks
    (U+200E, U+200F, U+061C) in scripts written from right to left; the zero-width space in the
    scripts of Burmese, Khmer, Lao, Thai and Tibetan. The check sees code points, as `"U+200B"`.
    """

    id: str = "invisible"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the hypothesis has invisible controls that the source does not have"

    @property
    def structural(self) -> bool:
        """They are not seen, and a few belong to good texts."""
        return False

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the definition and what the target language allows."""
        spared = "source" if bitext.has_sources else "nothing"
        allowed = "+".join(["joiners", *_named(_allowed(bitext.target_lang)).split()])
        return f"characters:Cf|allowed:{allowed}|spared:{spared}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        """Returns the look; without sources, nothing is excepted for theirs."""
        allowed = _allowed(bitext.target_lang)

        def look(segment: Segment, text: str, observations: Observations | None) -> Any:
            return _strange(segment.source, text, allowed)

        return look


_JOINERS = frozenset("\u200c\u200d")
_DIRECTIONAL = frozenset("\u200e\u200f\u061c")
_ZERO_WIDTH_SPACE = "\u200b"
_RIGHT_TO_LEFT = {"Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"}
_WITHOUT_SPACES = {"Khmr", "Laoo", "Mymr", "Thai", "Tibt"}
_FIRST_JOINING, _LAST_JOINING = "\u0600", "\u18af"  # from Arabic to Mongolian
_SYMBOLS = {"Mn", "Sk", "So"}  # emoji, and what changes how they look


def _allowed(target: str) -> frozenset[str]:
    script = str(Language.get(target).maximize().script)
    allowed = _DIRECTIONAL if script in _RIGHT_TO_LEFT else frozenset()
    return allowed | {_ZERO_WIDTH_SPACE} if script in _WITHOUT_SPACES else allowed


def _strange(source: str, text: str, allowed: frozenset[str]) -> str | None:
    if text.isascii():
        return None
    places = [
        at
        for at, char in enumerate(text)
        if unicodedata.category(char) == "Cf"
        and is_blank(char)
        and char not in allowed
        and char not in source
        and not (char in _JOINERS and _joins(text, at))
    ]
    return _named({text[at] for at in places}) or None


def _joins(text: str, at: int) -> bool:
    beside = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
    return any(
        _FIRST_JOINING <= char <= _LAST_JOINING or unicodedata.category(char) in _SYMBOLS
        for char in beside
    )


def _named(characters: Set[str]) -> str:
    return " ".join(f"U+{ord(char):04X}" for char in sorted(characters))
