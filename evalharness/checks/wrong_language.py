"""`wrong_language`: the hypothesis is in another language than the target language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from evalharness.checks.check import NOT_APPLICABLE, Check, Look
from evalharness.checks.scripts import script_of_letter, scripts_of_language, usual_scripts
from evalharness.languages import UNDETERMINED
from evalharness.languages.identification import (
    accurate_detector,
    fast_detector,
    lingua_languages,
    probabilities,
    same_languages,
)
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment

_LEAST_LETTERS = 20
# Below it a text is rather in the source language. Of the human references of FLORES tr-en and
# ar-en, WMT23 en-de and NTREX en-tr, en-ar, tr-en, ar-en none is.
_EVEN = 0.5
# Below it, for both detectors, a text is in neither of the two: 83 to 99 % of English, German and
# Turkish lines where they do not belong, and none of those references.
_HARDLY = 0.02
# At most so many answers are kept: with their texts about 100 MB.
_KEPT = 2**18


@dataclass(frozen=True)
class WrongLanguage(Check):
    """lingua takes the hypothesis for another language, such as `"tr"`.

    It is the source language where the accurate detector finds that one more probable than the
    target language; words of it that are left may be enough. It is a third one where the fast
    detector of all languages, and then the accurate one, leave source and target language a
    probability below 0.02, and both halves of the text are rather in it. Where most letters are of
    a script that the target language is not written in, nothing else is asked; `"und"` is a
    language that lingua does not know.

    Names and quotations are spared: words that begin with a capital or stand in quotation marks
    count only where no reference of the segment has them, without regard to accents; without
    references, and for a third language, never. Addresses, `@names`, `#tags` and markup
    are left out. What counts must have 20 letters.
    Languages that are hardly told apart by their letters are the same: Bosnian,
    Croatian and Serbian; Indonesian and Malay; both kinds of Norwegian; all kinds of Chinese.
    """

    id: str = "wrong_language"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the hypothesis is not in the target language, or words of the source are left in it"

    @property
    def structural(self) -> bool:
        """Quotations and titles may stay as they are."""
        return False

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the languages, the bounds and lingua's version."""
        compared = f"source:{_code(bitext.source_lang)}|target:{_code(bitext.target_lang)}"
        bounds = f"letters:{_LEAST_LETTERS}|even:{_EVEN}|hardly:{_HARDLY}|spared:names+quotes"
        return f"{compared}|{bounds}|lingua:{version('lingua-language-detector')}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        """Returns the look; `None` where lingua does not know the target language so written."""
        source, target = _code(bitext.source_lang), _code(bitext.target_lang)
        family = same_languages(target)
        allowed, usual = scripts_of_language(bitext.target_lang), usual_scripts(family)
        if not family or (allowed and not allowed & usual):
            return None
        alone = usual and not usual & usual_scripts(lingua_languages().keys() - family)

        def look(segment: Segment, text: str, observations: Observations | None) -> Any:
            judged = _words(text, segment.references)
            if sum(map(str.isalpha, judged)) < _LEAST_LETTERS:
                return NOT_APPLICABLE
            if allowed and not _mostly(allowed, judged):
                likely = _likely(probabilities(fast_detector(), judged)) or UNDETERMINED.code
                return None if likely in family else likely
            if allowed and not _mostly(usual, judged):
                return NOT_APPLICABLE
            return None if alone else _other_language(judged, _words(text), source, target)

        return look


def _code(tag: str) -> str:
    return tag.partition("-")[0]


_MARKUP = re.compile("<[^<>]*>")
_QUOTED = re.compile('["“”„«»][^"“”„«»]*["“”„«»]')
_NO_WORD = re.compile("^#|@|://|^www[.]")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def _words(text: str, references: Sequence[str] = ()) -> str:
    """The words of a text that count: none that may be a name or be quoted.

    Args:
        text: The text.
        references: Words that no reference has are neither.
    """
    text = _MARKUP.sub(" ", text)
    known = {_plain(word) for reference in references for word in _LETTERS.findall(reference)}
    quotations = [match.span() for match in _QUOTED.finditer(text)]
    kept = []
    for match in re.finditer(r"\S+", text):
        word = match.group()
        if _NO_WORD.search(word):
            continue
        is_quoted = any(start <= match.start() < end for start, end in quotations)
        if is_quoted or next(filter(str.isalpha, word), "").isupper():
            parts = [_plain(part) for part in _LETTERS.findall(word)]
            if not known or known.issuperset(parts):
                continue
        kept.append(word)
    return " ".join(kept)


def _plain(word: str) -> str:
    """A word without accents and case; the Turkish i without a dot is one with a dot."""
    letters = unicodedata.normalize("NFKD", word.casefold()).replace("ı", "i")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _mostly(scripts: frozenset[str], text: str) -> bool:
    found = Counter(map(script_of_letter, text))
    del found[""]
    return 2 * sum(found[script] for script in scripts) >= found.total()


@lru_cache(maxsize=_KEPT)
def _other_language(text: str, small: str, source: str, target: str) -> str | None:
    """The code of the language that a text is in, if it is not the target language.

    Args:
        text: The words that count beside the source language.
        small: Those that count beside a third one.
        source: The source language.
        target: The target language.
    """
    family = frozenset(same_languages(target))
    rivals = frozenset(same_languages(source)) - family
    is_long = sum(map(str.isalpha, small)) >= _LEAST_LETTERS
    if is_long and (third := _third_language(small, family | rivals)):
        return third
    return source if rivals and _share(text, family, rivals) < _EVEN else None


def _third_language(text: str, asked: frozenset[str]) -> str | None:
    """The code of the language that most of a text is in, if it is none of those asked for."""
    proposed = probabilities(fast_detector(), text)
    likely = _likely(proposed)
    if likely is None or sum(proposed[code] for code in asked) >= _HARDLY:
        return None
    found = frozenset((likely,))
    if likely in asked or _share(text, asked, found) >= _HARDLY:
        return None
    half = len(text) // 2
    both = all(_share(part, asked, found) < _EVEN for part in (text[:half], text[half:]))
    return likely if both else None


def _share(text: str, codes: frozenset[str], rivals: frozenset[str]) -> float:
    """How probable some languages are together, beside rivals; 1 where none is possible."""
    found = probabilities(accurate_detector(codes | rivals), text)
    total = sum(found.values())
    return sum(found[code] for code in codes) / total if total else 1.0


def _likely(found: Mapping[str, float]) -> str | None:
    code = max(found, key=found.__getitem__)
    return code if found[code] else None
