"""Which script a letter belongs to, and which scripts a language is written in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from langcodes import Language

_SCRIPTS = {
    "Latn": {"LATIN"},
    "Cyrl": {"CYRILLIC"},
    "Grek": {"GREEK"},
    "Arab": {"ARABIC"},
    "Hebr": {"HEBREW"},
    "Deva": {"DEVANAGARI"},
    "Beng": {"BENGALI"},
    "Armn": {"ARMENIAN"},
    "Geor": {"GEORGIAN"},
    "Ethi": {"ETHIOPIC"},
    "Thai": {"THAI"},
    "Taml": {"TAMIL"},
    "Telu": {"TELUGU"},
    "Hans": {"CJK"},
    "Hant": {"CJK"},
    "Jpan": {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"},
    "Kore": {"HANGUL", "CJK"},
}

# Languages that are written in several scripts today, where the tag names none: CLDR has one.
_SEVERAL = {
    "az": ("Latn", "Cyrl", "Arab"),
    "bs": ("Latn", "Cyrl"),
    "crh": ("Latn", "Cyrl"),
    "ha": ("Latn", "Arab"),
    "kk": ("Cyrl", "Latn", "Arab"),
    "ks": ("Arab", "Deva"),
    "ku": ("Latn", "Arab"),
    "ky": ("Cyrl", "Arab"),
    "ms": ("Latn", "Arab"),
    "sd": ("Arab", "Deva"),
    "sr": ("Cyrl", "Latn"),
    "tg": ("Cyrl", "Arab"),
    "tk": ("Latn", "Cyrl", "Arab"),
    "tt": ("Cyrl", "Latn"),
    "ug": ("Arab", "Cyrl", "Latn"),
    "uz": ("Latn", "Cyrl", "Arab"),
}


@lru_cache(maxsize=4096)
def script_of_letter(letter: str) -> str:
    """Returns the first word of a letter's name in Unicode, such as `LATIN`; `""` of no letter."""
    if not letter.isalpha():
        return ""
    name = unicodedata.name(unicodedata.normalize("NFKC", letter)[:1], "")
    return name.partition(" ")[0]


def scripts_of_language(tag: str) -> frozenset[str]:
    """Returns what letters of a language's scripts are called; empty where that is not known.

    A tag that names a script means that one. Of a language that is written in several, a tag that
    names none means all of them.
    """
    language = Language.get(tag)
    several = _SEVERAL.get(str(language.language)) if language.script is None else None
    scripts = several or (str(language.maximize().script),)
    return frozenset(name for script in scripts for name in _SCRIPTS.get(script, ()))


def usual_scripts(codes: Iterable[str]) -> frozenset[str]:
    """Returns what letters of the usual script of each of some languages are called (CLDR).

    Args:
        codes: Primary subtags, such as `sr`, whose usual script is Cyrillic.
    """
    tags = (f"{code}-{Language.get(code).maximize().script}" for code in codes)
    return frozenset(name for tag in tags for name in scripts_of_language(tag))
