"""Which lines of a text are not in the language they should be in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from evalharness.languages import language

if TYPE_CHECKING:
    from lingua import Language, LanguageDetector

# Below it a line is foreign. A line lost wrongly is worse than one missed: names of foreign places
# put single Turkish news sentences at 0.003, while one in six English ones stays above 0.001.
_LEAST_CONFIDENCE = 0.001


def foreign_lines(lines: Sequence[str], code: str) -> Mapping[int, str]:
    """Finds the lines written in another language than `code`.

    A fast detector over all languages proposes the most likely one; where that is another, an
    accurate detector decides between the two. Empty lines, languages that lingua does not know,
    and tags with a script of their own (`sr-Latn`) are never reported. Both detectors are lingua's
    (https://github.com/pemistahl/lingua-py).

    Args:
        lines: The lines of a text.
        code: BCP-47 code of the language they should be in.

    Returns:
        The English name of the language found, by 0-based line.
    """
    has_script = re.search("-[A-Z][a-z]{3}", code)
    expected = None if has_script else _lingua_language(language(code).code)
    if expected is None:
        return {}
    found = {}
    for position, line in enumerate(lines):
        likely = _proposer().detect_language_of(line) if line.strip() else None
        if likely is None or likely == expected:
            continue
        confidence = _judge(expected, likely).compute_language_confidence(line, expected)
        if confidence < _LEAST_CONFIDENCE:
            found[position] = likely.name.capitalize()
    return found


def _lingua_language(code: str) -> Language | None:
    from lingua import Language

    return next(
        (known for known in Language.all() if known.iso_code_639_1.name.lower() == code), None
    )


@lru_cache(maxsize=1)
def _proposer() -> LanguageDetector:
    from lingua import LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode().build()


@lru_cache(maxsize=16)
def _judge(expected: Language, likely: Language) -> LanguageDetector:
    from lingua import LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(expected, likely).build()
