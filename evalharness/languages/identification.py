"""lingua's detectors, and what it calls the languages of the house.

lingua (https://github.com/pemistahl/lingua-py) compares how probable the letters of a text are in
each of the languages that a detector knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from evalharness.languages.tags import normalised

if TYPE_CHECKING:
    from lingua import Language, LanguageDetector

# Too alike to be told apart line by line, or one language by several names: the macrolanguages of
# ISO 639-3 that lingua knows several members of, and the kinds of Chinese, which it knows as one.
_SAME = (
    {"bs", "cnr", "hr", "sh", "sr"},
    {"id", "ms", "zsm"},
    {"nb", "nn", "no"},
    {"cmn", "wuu", "yue", "zh"},
    {"fil", "tl"},
)


@cache
def lingua_languages() -> Mapping[str, Language]:
    """Returns the languages that lingua knows, by their codes in this house."""
    from lingua import Language

    return {normalised(one.iso_code_639_1.name.lower()): one for one in Language.all()}


def same_languages(code: str) -> tuple[str, ...]:
    """Returns the codes of lingua's languages that count as one with a language, sorted.

    Args:
        code: A primary subtag, such as `nb`.

    Returns:
        The codes, `("nb", "nn")`; none where lingua does not know the language.
    """
    family = next((several for several in _SAME if code in several), {code})
    return tuple(sorted(family & lingua_languages().keys()))


@cache
def fast_detector() -> LanguageDetector:
    """Returns the detector of all languages that only looks at groups of three letters."""
    from lingua import LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode().build()


@lru_cache(maxsize=16)
def accurate_detector(codes: frozenset[str]) -> LanguageDetector:
    """Returns the detector that decides between a few languages, by groups of one to five letters.

    Args:
        codes: Two and more codes of `lingua_languages`.
    """
    from lingua import LanguageDetectorBuilder

    known = lingua_languages()
    return LanguageDetectorBuilder.from_languages(*(known[code] for code in codes)).build()


def probabilities(detector: LanguageDetector, text: str) -> Mapping[str, float]:
    """Returns how probable a detector finds each of its languages, by code, the first one most.

    The probabilities sum to 1; they are all 0 where no language has the text's letters.
    """
    found = detector.compute_language_confidence_values(text)
    return {_codes()[one.language]: one.value for one in found}


@cache
def _codes() -> Mapping[Language, str]:
    return {known: code for code, known in lingua_languages().items()}
