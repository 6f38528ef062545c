"""Which lines of a text are not in the language they should be in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from evalharness.languages import language
from evalharness.languages.identification import (
    accurate_detector,
    fast_detector,
    lingua_languages,
)

# Below it a line is foreign. A line lost wrongly is worse than one missed: names of foreign places
# put single Turkish news sentences at 0.003, while one in six English ones stays above 0.001.
_LEAST_CONFIDENCE = 0.001


def foreign_lines(lines: Sequence[str], code: str) -> Mapping[int, str]:
    """Finds the lines written in another language than `code`.

    A fast detector over all languages proposes the most likely one; where that is another, an
    accurate detector decides between the two. Empty lines, languages that lingua does not know,
    and tags with a script of their own (`sr-Latn`) are never reported.

    Args:
        lines: The lines of a text.
        code: BCP-47 code of the language they should be in.

    Returns:
        The English name of the language found, by 0-based line.
    """
    expected = language(code).code
    if re.search("-[A-Z][a-z]{3}", code) or expected not in lingua_languages():
        return {}
    codes = {known: name for name, known in lingua_languages().items()}
    wanted = lingua_languages()[expected]
    found = {}
    for position, line in enumerate(lines):
        likely = fast_detector().detect_language_of(line) if line.strip() else None
        if likely is None or likely == wanted:
            continue
        judge = accurate_detector(frozenset((expected, codes[likely])))
        if judge.compute_language_confidence(line, wanted) < _LEAST_CONFIDENCE:
            found[position] = likely.name.capitalize()
    return found
