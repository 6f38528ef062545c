"""Turkish words to English glosses: zeyrek's morphology, then KeNet's links to WordNet 3.1.

The small tables here list closed-class words only (and the two light verbs): KeNet links hardly any
of them.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from evalharness.systems.gloss.english import gerund, past, plural
from evalharness.systems.gloss.kenet import POS, fold, lower, read_dictionary
from evalharness.systems.gloss.morphology import Morphology, Parse


def _table(pairs: str) -> dict[str, str]:
    split = (pair.partition("=") for pair in pairs.split())
    return {word: english.replace("_", " ") for word, _, english in split}


_FUNCTION_WORDS = _table(
    # conjunctions and particles
    "ve=and veya=or ya=or yahut=or de=also da=also ki=that ama=but fakat=but ancak=however "
    "lakin=but çünkü=because eğer=if ise= mi= mı= mu= mü= diye=that hem=both ne=what değil=not "
    "var=there_is yok=there_is_no olarak=as ayrıca=also bile=even yani=that_is "
    # pronouns, determiners, quantifiers, degree adverbs
    "ben=I sen=you o=that biz=we siz=you onlar=they bu=this şu=that bunlar=these şunlar=those "
    "kendi=own kim=who hangi=which nasıl=how neden=why niçin=why nerede=where bir=a biri=one "
    "her=every herkes=everyone bazı=some tüm=all bütün=all birçok=many birkaç=a_few diğer=other "
    "böyle=such aynı=same şey=thing hiçbir=no bura=here ora=there çok=very daha=more en=most "
    # the verbs that only carry tense beside a noun
    "olmak=be etmek=do "
    # months and days
    "ocak=January şubat=February mart=March nisan=April mayıs=May haziran=June temmuz=July "
    "ağustos=August eylül=September ekim=October kasım=November aralık=December "
    "pazartesi=Monday salı=Tuesday çarşamba=Wednesday perşembe=Thursday cuma=Friday "
    "cumartesi=Saturday pazar=Sunday"
)
_POSTPOSITIONS = _table(
    "ile=with için=for gibi=like kadar=until göre=according_to karşı=against doğru=towards "
    "sonra=after önce=before beri=since rağmen=despite üzere=to dolayı=because_of dair=about "
    "hakkında=about arasında=between boyunca=during tarafından=by"
)
_CLOSED_CLASS = _FUNCTION_WORDS | _POSTPOSITIONS
_CASES = _table("Loc=in Abl=from Dat=to Ins=with Gen=of With=with Without=without")
# Case endings behind an apostrophe, on names and numbers that need no dictionary.
_ENDINGS = (
    ("from", re.compile("[dt][ae]n$")),
    ("in", re.compile("[dt][ae]")),
    ("of", re.compile("n?[ıiuü]n$")),
    ("to", re.compile("[yn]?[ae]$")),
    ("with", re.compile("y?l[ae]$")),
)
_POSSESSORS = _table("P1sg=my P1pl=our P2pl=your")
_PAST = {"Past", "Narr", "PastPart", "NarrPart"}
_GERUND = {"Inf1", "Inf2", "Inf3", "Prog1", "Prog2", "PresPart", "ByDoingSo", "AfterDoingSo"}
_GERUND |= {"When", "While"}
_FUTURE = {"Fut", "FutPart"}
_UNLIKELY = {"P2sg", "P2pl", "A2sg", "A2pl", "Imp", "Opt"}  # written prose rarely says "you"
_SENTENCE_END = re.compile('[.!?:"“]')


class _Gloss(NamedTuple):
    """A word's English, with the preposition its case ending stands for kept apart."""

    text: str = ""
    case: str = ""
    possessed: bool = False
    postposition: bool = False


class TurkishGlosser:
    """Glosses the words of a segment; what it loads and finds is kept for the process's life."""

    def __init__(self) -> None:
        self._dictionary = read_dictionary()
        self._parses = Morphology(self._dictionary).parses
        self._word = lru_cache(maxsize=None)(self._gloss_word)

    def __call__(self, words: Sequence[str], gaps: Sequence[str]) -> list[str | None]:
        """Gloss `words`, each followed by the text in `gaps`; `None` where nothing is known."""
        glosses: list[_Gloss | None] = []
        starts_sentence = True
        while (i := len(glosses)) < len(words):
            named = None if starts_sentence else words[i][0].isupper()
            starts_sentence = bool(_SENTENCE_END.search(gaps[i]))
            compound = None
            if gaps[i] == " " and i + 1 < len(words):
                compound = self._compound(words[i], words[i + 1])
            if compound:
                glosses += [_named(compound, named), _Gloss()]
                starts_sentence = bool(_SENTENCE_END.search(gaps[i + 1]))
            else:
                glosses.append(self._token(words[i], named))
        _reorder(glosses, gaps)
        return [gloss and f"{gloss.case} {gloss.text}".strip() for gloss in glosses]

    def _token(self, word: str, named: bool | None) -> _Gloss | None:
        stem, apostrophe, ending = word.replace("’", "'").partition("'")
        if not apostrophe:
            return None if word[0].isdigit() else self._word(word, named)
        case = next((case for case, form in _ENDINGS if form.match(lower(ending))), "")
        if word[0].isdigit():
            return _Gloss(stem + "s" * ending.startswith(("lar", "ler")), case)
        parses = self._parses(fold(stem))
        if any(parse.proper and lower(parse.lemma) == lower(stem) for parse in parses):
            return _Gloss(self._dictionary.look_up(fold(stem), "n") or stem, case)
        # The head of a compound name has its possessive ending inside: `Çalışma Grubu'nun`.
        heads = [parse for parse in parses if not parse.proper and "P3sg" in parse.tags]
        if heads and (gloss := self._word(stem, True)):
            return gloss._replace(case=case)
        return _Gloss(stem, case)

    def _gloss_word(self, word: str, named: bool | None) -> _Gloss | None:
        form = lower(word)
        if form in _CLOSED_CLASS:
            return _Gloss(_CLOSED_CLASS[form], postposition=form in _POSTPOSITIONS)
        if len(word) == 1 and word.isupper():
            return None  # an initial, which the dictionaries take for an element or a note
        parses = self._parses(fold(word))
        if not parses:
            english = self._dictionary.look_up(fold(word), "n")
            return _Gloss(english) if english else None
        parse = min(parses, key=lambda parse: (self._cost(parse, named), parse))
        english = self._english(parse)
        if english is None and parse.proper and word[0].isupper():
            english = parse.lemma
        return None if english is None else _named(_inflect(english, parse), named)

    def _english(self, parse: Parse) -> str | None:
        closed = _CLOSED_CLASS.get(lower(parse.lemma))
        pos = POS.get(parse.pos, "")
        return self._dictionary.look_up(fold(parse.lemma), pos) if closed is None else closed

    def _cost(self, parse: Parse, named: bool | None) -> float:
        """How unlikely a reading is: few derivations, a long stem and a known word are likely.

        `named` says whether the word is written as a name; `None`, that one cannot tell.
        """
        cost = 0.5 if named is None else -1.0 if named else 3.0
        cost = cost if parse.proper else 0.0
        cost += sum(tag in ("Noun", "Verb", "Adj", "Adv", "Zero") for tag in parse.tags[1:])
        cost += 2 * (self._english(parse) is None) + 2 * bool(_UNLIKELY.intersection(parse.tags))
        return cost - 0.2 * len(parse.surfaces[0])

    def _compound(self, first: str, second: str) -> _Gloss | None:
        """Gloss two words that KeNet lists as one, such as `devam etmek`."""
        if lower(first) in _CLOSED_CLASS:
            return None
        for parse in self._parses(fold(second)):
            # A noun compound is listed with its possessive ending: `insan hakları`.
            endings = [place for place, tag in enumerate(parse.tags) if tag in _CASES]
            listed = "".join(parse.surfaces[: min(endings, default=None)])
            for form in [fold(parse.lemma)] + [listed] * (parse.pos == "Noun"):
                pos = POS.get(parse.pos, "")
                if english := self._dictionary.look_up(f"{fold(first)} {form}", pos, strict=True):
                    tags = [tag for tag in parse.tags if form != listed or tag != "A3pl"]
                    return _inflect(english, parse._replace(tags=tuple(tags)))
        return None


def _inflect(english: str, parse: Parse) -> _Gloss:
    """Put tense, negation, plural and possessor into English words."""
    tags = set(parse.tags)
    if parse.pos == "Verb":
        if tags & _PAST:
            english = past(english)
        elif tags & _GERUND:
            english = gerund(english)
        elif tags & _FUTURE:
            english = f"will {english}"
        english = "can " * ("Able" in tags) + english
        english = "not " * bool(tags & {"Neg", "Unable"}) + english
    elif parse.pos == "Noun" and "A3pl" in tags:
        english = plural(english)
    owners = [_POSSESSORS[tag] for tag in parse.tags if tag in _POSSESSORS]
    case = next((_CASES[tag] for tag in reversed(parse.tags) if tag in _CASES), "")
    return _Gloss(" ".join([*owners, english]), case, possessed=bool(tags & {"P3sg", "P3pl"}))


def _named(gloss: _Gloss, named: bool | None) -> _Gloss:
    return gloss._replace(text=gloss.text[:1].upper() + gloss.text[1:]) if named else gloss


def _reorder(glosses: list[_Gloss | None], gaps: Sequence[str]) -> None:
    """Put postpositions before their noun and owned things before their owner, in place."""
    for move_owner in (False, True):
        for i in range(len(glosses) - 1):
            left, right = glosses[i], glosses[i + 1]
            if left is None or right is None or gaps[i] != " ":
                continue
            if right.postposition and not move_owner:
                glosses[i], glosses[i + 1] = right, left._replace(case="")
            elif left.case == "of" and right.possessed and move_owner:
                glosses[i], glosses[i + 1] = right._replace(possessed=False), left


def load() -> TurkishGlosser:
    """Load zeyrek, KeNet and WordNet; takes two to three seconds."""
    collects = gc.isenabled()
    gc.disable()  # so many lasting objects are made that collecting takes a third of the time
    try:
        return TurkishGlosser()
    finally:
        if collects:
            gc.enable()
