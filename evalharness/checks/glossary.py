"""Terms and their translations: where they come from, and how they are found in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from evalharness.errors import EvalHarnessError
from evalharness.formats.text import read_text

RULE = "stem-1of4-2of6+ending-4+inside-4"
"""The name of the rule of inflection that `stands_in` follows."""

_WORD = re.compile(r"[^\W_]+")
_FIRST_UNSPACED = "\u0e00"  # from Thai on, most scripts have no spaces between words
_LEAST_INSIDE = 4
_LONGEST_ENDING = 4
_SOURCE_NAMES, _TARGET_NAMES = ("source", "src"), ("target", "tgt")


@dataclass(frozen=True)
class Term:
    """A term.

    Attributes:
        source: The term in the source language.
        targets: Its accepted translations.
    """

    source: str
    targets: tuple[str, ...]


class Glossary:
    """Terms, found quickly in many texts."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = terms
        self._by_stem: dict[str, list[tuple[list[str], Term]]] = {}
        self._unspaced: list[Term] = []
        for term in terms:
            words = _words(term.source)
            if words and words[0][0] < _FIRST_UNSPACED:
                self._by_stem.setdefault(_stem(words[0]), []).append((words, term))
            else:
                self._unspaced.append(term)

    def found_in(self, source: str) -> list[Term]:
        """Returns the terms that a source has; one that is a part of another counts once."""
        words = _words(source)
        found = []
        for at, word in enumerate(words):
            for end in range(1, len(word) + 1):
                for wanted, term in self._by_stem.get(word[:end], ()):
                    if _begins_with(words[at : at + len(wanted)], wanted):
                        found.append((range(at, at + len(wanted)), term))
        found.sort(key=lambda one: -len(one[0]))
        taken: set[int] = set()
        kept = {}
        for places, term in found:
            if not taken.issuperset(places):
                kept[term.source] = term
            if len(places) > 1:
                taken.update(places)
        return [*kept.values(), *(term for term in self._unspaced if term.source in source)]


def stands_in(target: str, text: str) -> bool:
    """Whether a text has a term, also inflected or inside a compound.

    The words of the term stand one after another. A word of six letters and more may end otherwise
    from its last two letters on, one of four and five from its last, and a shorter one may have an
    ending; the word in the text is at most four letters longer. A term of four letters and more, or
    in a script without spaces, may also stand inside a word, as in a compound or after an article,
    and a shorter one at a word's end. Case and accents do not count.
    """
    folded = _folded(target)
    if not folded:
        return True
    if len(folded) >= _LEAST_INSIDE or folded[0] >= _FIRST_UNSPACED or not _words(target):
        return folded in _folded(text) or has_words(target, text)
    return has_words(target, text) or any(word.endswith(folded) for word in _words(text))


def has_words(term: str, text: str) -> bool:
    """Whether the words of a term stand one after another in a text, each maybe inflected."""
    wanted, words = _words(term), _words(text)
    if not wanted or _stem(wanted[0]) not in _folded(text):
        return False
    return any(_begins_with(words[at:], wanted) for at in range(len(words) - len(wanted) + 1))


def _begins_with(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return len(words) >= len(wanted) and all(map(_is_form_of, wanted, words))


def _is_form_of(wanted: str, word: str) -> bool:
    return word.startswith(_stem(wanted)) and len(word) - len(wanted) <= _LONGEST_ENDING


def _stem(word: str) -> str:
    return word[:-2] if len(word) >= 6 else word[:-1] if len(word) >= 4 else word


class _WithoutMarks(dict[int, int | None]):
    """A table for `str.translate` that drops combining marks, and the difference of ı and i."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


_WITHOUT_MARKS = _WithoutMarks({ord("ı"): ord("i")})


@lru_cache(maxsize=4096)
def _words(text: str) -> list[str]:
    return _WORD.findall(_folded(text))


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    if text.isascii():
        return text.casefold()
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return letters.translate(_WITHOUT_MARKS)


def own_terms(facts: Mapping[str, Any], source_lang: str, target_lang: str) -> list[Term]:
    """Returns the terms that a test set gives for a segment, as `terms` among its facts.

    They are an object (`{"space": "Space"}`, or a list of translations as the value), or a list of
    pairs or of objects with `source` and `target`, or the languages' codes, as names. Whatever
    else is there is no term.
    """
    given = facts.get("terms")
    if isinstance(given, Mapping):
        rows: Iterator[tuple[Any, Any]] = iter(given.items())
    elif isinstance(given, list | tuple):
        rows = filter(None, (_pair(one, source_lang, target_lang) for one in given))
    else:
        return []
    return [
        Term(source, targets) for source, target in rows if (targets := _texts(target)) and source
    ]


def _pair(given: Any, source_lang: str, target_lang: str) -> tuple[Any, Any] | None:
    if isinstance(given, Mapping):
        sides = ((*_SOURCE_NAMES, source_lang), (*_TARGET_NAMES, target_lang))
        source, target = (
            next((given[name] for name in names if name in given), None) for names in sides
        )
    elif isinstance(given, list | tuple) and len(given) == 2:
        source, target = given
    else:
        return None
    return (source, target) if isinstance(source, str) else None


def _texts(given: Any) -> tuple[str, ...]:
    several = given if isinstance(given, list | tuple) else [given]
    return tuple(text for text in several if isinstance(text, str) and text.strip())


def read_glossary(path: str) -> list[Term]:
    """Returns the terms of a TSV file: the term, a tab, its translation.

    Rows with the same term are its accepted translations. Further columns are not read.

    Raises:
        EvalHarnessError: The file cannot be read, or a row has no term or no translation.
    """
    targets: dict[str, list[str]] = {}
    for number, line in enumerate(read_text(path).lines, 1):
        if not line.strip():
            continue
        source, _, rest = line.partition("\t")
        target = rest.partition("\t")[0]
        if not source.strip() or not target.strip():
            raise EvalHarnessError(
                f"line {number}: no term and translation with a tab between them",
                where=path,
                hint="write one pair on each line, such as 'ateşkes<TAB>ceasefire'",
            )
        targets.setdefault(source.strip(), []).append(target.strip())
    if not targets:
        raise EvalHarnessError("no terms", where=path, hint="write one pair on each line")
    return [Term(source, tuple(several)) for source, several in targets.items()]
