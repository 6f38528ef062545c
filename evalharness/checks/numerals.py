"""Numbers that are written in digits, with all that they may mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

_SPACED = r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)(?:[.,]\d+)?"
_JOINED = r"\d+(?:(?:[.,:\u066b\u066c]|['’](?=\d{3}(?!\d)))\d+)*"
_MIXED = r"\d{1,4} [1-9][/\u2044][2-9](?!\d)"  # 29 3/4
_NUMERAL = re.compile(rf"(?<!\d){_MIXED}|(?<!\d){_SPACED}|{_JOINED}")
_FRACTION = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4"}
_WORD_BEHIND = re.compile(r"[\s-]{0,2}([^\W\d_]+)")
_SUM = re.compile(r"\s*(?:\w{1,3}\s*)?")  # between the parts of "2 million and 300 thousand"
_RANGE = re.compile(r"\s*(?:[-–—/]|[^\W\d]{1,6})\s*")  # between those of "30 to 40 million"
_LONGEST_ENDING = 4
_FIRST_IDEOGRAPH = "\u2e80"  # what follows has no spaces between words


class Reading(NamedTuple):
    """What a number may mean.

    Attributes:
        values: Its values, such as hours and minutes: all have to be found elsewhere.
        spares_small: Whether those that are small need not be.
    """

    values: tuple[Decimal, ...]
    spares_small: bool = False


@dataclass(frozen=True)
class Numeral:
    """A number in a text.

    Attributes:
        text: How it is written, with ASCII digits and the word for a power of ten behind it.
        start: Where it begins.
        end: Where it ends.
        readings: What it may mean: one of the readings has to be found elsewhere.
        factor: What the word behind it, such as `million`, makes of it; 1 without one.
    """

    text: str
    start: int
    end: int
    readings: tuple[Reading, ...]
    factor: int = 1


def numerals(text: str, magnitudes: Mapping[str, int]) -> list[Numeral]:
    """Returns the numbers that a text writes in digits of any script.

    Args:
        text: The text.
        magnitudes: The language's words for powers of ten, without regard to case.
    """
    plain = text if text.isascii() else "".join(map(_plain, text, " " + text))
    found = [_numeral(plain, match, magnitudes) for match in _NUMERAL.finditer(plain)]
    for at in range(len(found) - 1):
        one, two = found[at : at + 2]
        between = plain[one.end : two.start]
        if one.factor == 1 < two.factor and _RANGE.fullmatch(between):
            found[at] = replace(one, readings=one.readings + _times(one.readings, two.factor))
        elif one.factor > two.factor and _SUM.fullmatch(between):
            both = Reading((one.readings[0].values[0] + two.readings[0].values[0],))
            found[at] = replace(one, readings=(*one.readings, both))
            found[at + 1] = replace(two, readings=(*two.readings, both))
    return found


@lru_cache(maxsize=4096)
def _plain(char: str, before: str) -> str:
    if char in _FRACTION and before.isdecimal():
        return _FRACTION[char]
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


def _numeral(text: str, match: re.Match[str], magnitudes: Mapping[str, int]) -> Numeral:
    raw, start, end = match.group(), match.start(), match.end()
    readings = _readings(raw)
    behind = _WORD_BEHIND.match(text, end)
    if behind is None:
        return Numeral(raw, start, end, readings)
    factor, is_certain = _factor(behind.group(1).casefold(), magnitudes)
    multiplied = _times(readings, factor)
    if factor == 1 or not multiplied:
        return Numeral(raw, start, end, readings)
    if not is_certain:
        multiplied += readings
    return Numeral(text[start : behind.end()], start, behind.end(), multiplied, factor)


def _times(readings: Sequence[Reading], factor: int) -> tuple[Reading, ...]:
    return tuple(Reading((one.values[0] * factor,)) for one in readings if len(one.values) == 1)


def _factor(word: str, magnitudes: Mapping[str, int]) -> tuple[int, bool]:
    """The power of ten that a word names, and whether it can be nothing else."""
    if factor := magnitudes.get(word):
        return factor, len(word) > 2 or word[0] >= _FIRST_IDEOGRAPH
    longest = max((name for name in magnitudes if _inflects(word, name)), key=len, default="")
    return magnitudes.get(longest, 1), longest[:1] >= _FIRST_IDEOGRAPH


def _inflects(word: str, name: str) -> bool:
    if not word.startswith(name):
        return False
    more = len(word) - len(name)
    return name[0] >= _FIRST_IDEOGRAPH or (len(name) > 2 and more <= _LONGEST_ENDING)


@lru_cache(maxsize=65536)
def _readings(raw: str) -> tuple[Reading, ...]:
    parts, signs = re.split(r"\D", raw), re.findall(r"\D", raw)
    if signs[:1] == [" "] and signs[1:] in (["/"], ["\u2044"]):
        units, upper, lower = map(Decimal, parts)
        return (Reading((units + upper / lower,)),)
    split = tuple(map(Decimal, parts))
    if not signs:
        whole = Reading(split, spares_small=True)
        if not _is_clock(raw):
            return (whole,)
        return whole, Reading((Decimal(raw[:2]), Decimal(raw[2:])))  # 1930 is 19:30
    readings = [] if ":" in signs else _as_one(parts, signs)
    # A date, a time or a version has parts of which some are small.
    readings.append(Reading(split, spares_small=len(parts) > 2 or ":" in signs))
    if len(parts) == 2 and len(parts[1]) == 2 and 12 < split[0] <= 24:  # 21:30 is 9:30 pm
        readings.append(Reading((split[0] - 12, split[1]), spares_small=":" in signs))
    return tuple(readings)


def _is_clock(raw: str) -> bool:
    return len(raw) == 4 and raw[:2] <= "24" and raw[2] <= "5"


def _as_one(parts: Sequence[str], signs: Sequence[str]) -> list[Reading]:
    """What a number with separators means as one number: with thousands, with decimals."""
    values = []
    if _are_thousands(parts) and len(set(signs)) == 1:
        values.append(Decimal("".join(parts)))
    if len(signs) == 1 and signs[0] in ".,\u066b":
        values.append(Decimal(".".join(parts)))
    elif _are_thousands(parts[:-1]) and signs[-1] not in signs[:-1]:
        values.append(Decimal("".join(parts[:-1]) + "." + parts[-1]))
    return [Reading((value,)) for value in values]


def _are_thousands(parts: Sequence[str]) -> bool:
    """Whether these are groups of three digits; of two but for the last one, as in India."""
    first, *middle, last = parts if len(parts) > 1 else ("", "")
    if not first or len(first) > 3 or first[0] == "0" or len(last) != 3:
        return False
    sizes = set(map(len, middle))
    return sizes <= {3} or (sizes == {2} and len(first) < 3)
