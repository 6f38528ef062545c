"""`numbers`: the numbers of the source are lost or changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from html import unescape
from importlib.metadata import version
from typing import Any

from evalharness.checks.check import NOT_APPLICABLE, Check, Look
from evalharness.checks.number_words import fold, magnitudes, months, spelled
from evalharness.checks.numerals import Reading, numerals
from evalharness.languages import UNDETERMINED
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment

SMALL = 20
"""Integers up to this one are often written as words, or not at all: alone, they do not count."""

_FIRST_YEAR, _LAST_YEAR = 1500, 2099
_CENTURIES = (1800, 1900, 2000)
_NOON = 12
_AFTERNOON = re.compile(r"\bp\.? ?m\b", re.IGNORECASE)


@dataclass(frozen=True)
class Numbers(Check):
    """Numbers that the source writes in digits are not in the hypothesis, or there are others.

    A number is found where its value is, in digits of any script, with a point or a comma for
    decimals and any sign between thousands, or in words of the other language (num2words), or with
    a word for a power of ten (`1.5 million` is `1,500,000`; the words are CLDR's). A sign that may
    stand for decimals or thousands is read both ways. `1990-95` has 1995, `21.30` is `9:30 pm`, and
    `8.1.2020` is `8 January 2020`. Integers up to 20 alone are not asked for. The month that a date
    names may not become another one.

    A source without digits is not applicable. The check sees which numbers are `lost`, and which
    are `invented`.
    """

    id: str = "numbers"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "numbers of the source are lost or changed"

    @property
    def structural(self) -> bool:
        """Translators round, convert and paraphrase numbers, too."""
        return False

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the sources of the words, and what is spared."""
        libraries = "|".join(f"{name}:{version(name)}" for name in ("babel", "num2words"))
        return f"numbers:digits|words:both|months:named|spared:1-{SMALL}|{libraries}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        """Returns the look; `None` without sources, or where the languages are not known."""
        source_lang, target_lang = bitext.source_lang, bitext.target_lang
        if UNDETERMINED.code in (source_lang, target_lang) or not bitext.has_sources:
            return None

        def look(segment: Segment, text: str, observations: Observations | None) -> Any:
            if not any(map(str.isdecimal, segment.source)):
                return NOT_APPLICABLE
            source, target = _Side(segment.source, source_lang), _Side(text, target_lang)
            lost, invented = target.lacking(source), source.lacking(target)
            other = source.months - target.months
            if other - target.values and target.months - source.months - source.values:
                lost += [f"month {month}" for month in sorted(other)]
            named = {"lost": lost, "invented": invented}
            return {side: marks for side, marks in named.items() if marks} or None

        return look


class _Side:
    """The numbers of a text, and what they are compared with."""

    def __init__(self, text: str, lang: str) -> None:
        self.text, self.lang = unescape(text), lang
        self.numerals = numerals(self.text, magnitudes(lang))
        self.values = {
            value for one in self.numerals for reading in one.readings for value in reading.values
        }

    @cached_property
    def months(self) -> set[int]:
        return months(self.text, self.lang)

    @cached_property
    def folded(self) -> str:
        return fold(self.text)

    @cached_property
    def short(self) -> set[int]:
        """The numbers of two digits, which may be years."""
        return {int(one.text) for one in self.numerals if len(one.text) == 2 and one.factor == 1}

    def lacking(self, other: _Side) -> list[str]:
        """Returns the numbers of another text that this one does not have."""
        return [one.text for one in other.numerals if not any(map(self._has, one.readings))]

    def _has(self, reading: Reading) -> bool:
        spared = SMALL if reading.spares_small else -1
        return all(value <= spared or self._has_value(value) for value in reading.values)

    def _has_value(self, value: Decimal) -> bool:
        if value in self.values or value in self.months:
            return True
        if value < 100 and any(century + value in self.values for century in _CENTURIES):
            return True
        if _NOON < value <= 2 * _NOON and value - _NOON in self.values:
            return bool(_AFTERNOON.search(self.text))
        if _FIRST_YEAR <= value <= _LAST_YEAR and self._has_year(int(value)):
            return True
        return self._has_words(value)

    def _has_year(self, year: int) -> bool:
        """Whether a year is there in short: as 96, the nineties, or the 20th century."""
        short, century = year % 100, Decimal(year // 100 + 1)
        if short == 0:
            return century in self.values or self._has_words(century)
        return short in self.short or (short % 10 == 0 and self._has_words(Decimal(short)))

    def _has_words(self, value: Decimal) -> bool:
        return any(words in self.folded for words in spelled(value, self.lang))
