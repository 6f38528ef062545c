"""Words for numbers, powers of ten and months, from Unicode's CLDR (Babel) and num2words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

# Where names of months differ from the language's own: the Levant, Algeria, Morocco.
_MORE_LOCALES = {"ar": ("ar_LB", "ar_DZ", "ar_MA")}
# Those of Libya from 1986 to 2011, which are also common words: they count beside a day alone.
_LIBYAN = (
    "أي النار|آي النار|اي النار", "النوار", "الربيع", "الطير", "الماء", "الصيف", "ناصر", "هانيبال",
    "الفاتح", "التمور", "الحرث", "الكانون",
)  # fmt: skip
# Which CLDR does not have.
_MORE_MAGNITUDES = {
    "ar": {"الف": 10**3, "بليون": 10**9, "بلايين": 10**9, "مليارات": 10**9, "تريليون": 10**12},
    "en": {"m": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12, "lakh": 10**5, "crore": 10**7},
}
_NUM2WORDS = {"zh": "ja", "yue": "ja", "kk": "kz", "nb": "no", "nn": "no"}
_ARABIC_ORDINALS = ["حادي", "ثاني", "ثالث", "رابع", "خامس", "سادس", "سابع", "ثامن", "تاسع"]
_LARGEST = 10**15
_FOLDED = str.maketrans(
    {"ı": "i", "萬": "万", "億": "亿", "两": "二", "兩": "二", "ـ": None, "ة": None, "ß": "ss"}
)
_NO_LETTER = re.compile(r"[\W\d_]+")
_ARTICLE = re.compile(r"(?<!\w)([وبلفك]?)ال(?=[^\W\dف]\w\w)")
# Arabic's case endings, and its two spellings of a hundred.
_ENDINGS = (("ون", "ين"), ("ان", "ين"), ("مايه", "ميه"), ("ماي", "مي"))


def fold(text: str) -> str:
    """Returns the letters of a text without spaces, case, accents, articles and cases of Arabic."""
    letters = unicodedata.normalize("NFKC", text).casefold()
    letters = _NO_LETTER.sub("", _ARTICLE.sub(r"\1", letters))
    if not letters.isascii():
        letters = unicodedata.normalize("NFD", letters.translate(_FOLDED))
        letters = "".join(char for char in letters if not unicodedata.combining(char))
        for ending, same in _ENDINGS:
            letters = letters.replace(ending, same)
    return letters


@lru_cache(maxsize=64)
def magnitudes(lang: str) -> Mapping[str, int]:
    """Returns what a language calls powers of ten, in words and short, by the casefolded name."""
    found: dict[str, int] = {}
    locale = _locale(lang)
    for form in ("long", "short") if locale else ():
        for patterns in locale.compact_decimal_formats[form].values():
            for power, pattern in patterns.items():
                word = re.sub(r"[0'\s.]+", "", pattern.pattern).casefold()
                if word and word.isalpha():
                    found.setdefault(word, int(power) // 10 ** (pattern.pattern.count("0") - 1))
    return found | _MORE_MAGNITUDES.get(_primary(lang), {})


@lru_cache(maxsize=65536)
def spelled(value: Decimal, lang: str) -> frozenset[str]:
    """Returns how a language may write a whole number in words, each folded."""
    if not 0 < value < _LARGEST or value != int(value):
        return frozenset()
    words = set(filter(None, map(fold, _spellings(int(value), _primary(lang)))))
    duals = {word[:-1] + "ي" for word in words if word.endswith("ا")}  # Arabic's, but nominative
    return frozenset(words | duals)


def _spellings(value: int, lang: str) -> Iterator[str]:
    from num2words import num2words

    code = _NUM2WORDS.get(lang, lang)
    if lang == "ar":
        yield from _arabic_ordinal(value)
    for kind in ("cardinal", "ordinal", "year"):
        if kind == "year" and not 1000 < value < 2100:
            continue
        try:
            words = num2words(value, lang=code, to=kind)
            one = num2words(1, lang=code)
        except Exception:  # not this language, kind or number: its words are not known then
            continue
        yield words
        first, _, rest = words.partition(" ")  # "a hundred" is one hundred
        if rest and fold(first).startswith(fold(one)):
            yield rest
        elif fold(words).startswith(fold(one)) and value in (100, 1000):
            yield fold(words)[len(fold(one)) :]
        if words.endswith("y"):  # the seventies
            yield words[:-1] + "i"


def _arabic_ordinal(value: int) -> Iterator[str]:
    """The ordinals up to 99, which num2words lacks."""
    from num2words import num2words

    tens, unit = divmod(value, 10)
    if unit > 0 and tens < 10:
        more = {0: "", 1: " عشر"}.get(tens) or f" و{num2words(10 * tens, lang='ar')}"
        yield _ARABIC_ORDINALS[unit - 1] + more


@lru_cache(maxsize=64)
def month_names(lang: str) -> tuple[re.Pattern[str], Mapping[str, int]] | None:
    """Returns the pattern of a language's names of months, and the month (1 to 12) of each name."""
    names: dict[str, int] = {}
    primary = _primary(lang)
    for locale in filter(None, map(_locale, (lang, *_MORE_LOCALES.get(primary, ())))):
        for form in ("format", "stand-alone"):
            for month, name in locale.months[form]["wide"].items():
                if not any(char.isdecimal() for char in name):
                    names |= {name: month, name[:1].upper() + name[1:]: month}
    if not names:
        return None
    any_name = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    pattern = rf"(?<!\w)(?:[وبلفك]{{0,2}})({any_name})(?!\w)"
    if primary == "ar":
        old = {name: month for month, one in enumerate(_LIBYAN, 1) for name in one.split("|")}
        pattern += rf"|(?<=\d )({'|'.join(old)})(?!\w)"
        names = old | names
    return re.compile(pattern), names


def months(text: str, lang: str) -> set[int]:
    """Returns the months that a text names."""
    known = month_names(lang)
    if known is None:
        return set()
    pattern, numbers = known
    return {numbers[match.group(match.lastindex or 0)] for match in pattern.finditer(text)}


def _primary(lang: str) -> str:
    return lang.partition("-")[0].lower()


@lru_cache(maxsize=64)
def _locale(lang: str) -> Any:
    from babel import Locale, UnknownLocaleError

    for name in (lang.replace("-", "_"), _primary(lang)):
        try:
            return Locale.parse(name)
        except (ValueError, UnknownLocaleError):
            continue
    return None
