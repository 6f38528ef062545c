"""Which script a letter belongs to, and which scripts a language is written in."""

from __future__ import annotations

import unicodedata
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


@lru_cache(maxsize=4096)
def script_of_letter(letter: str) -> str:
    """Returns the first word of a letter's name in Unicode, such as `LATIN`; `""` of no letter."""
    if not letter.isalpha():
        return ""
    name = unicodedata.name(unicodedata.normalize("NFKC", letter)[:1], "")
    return name.partition(" ")[0]


def scripts_of_language(tag: str) -> frozenset[str]:
    """Returns what letters of a language's script are called; empty where that is not known."""
    return frozenset(_SCRIPTS.get(str(Language.get(tag).maximize().script), ()))
