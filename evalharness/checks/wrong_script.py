"""`wrong_script`: most of the hypothesis is not in the target language's script."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import NOT_APPLICABLE, Check, Look
from evalharness.checks.scripts import script_of_letter, scripts_of_language
from evalharness.languages import UNDETERMINED
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment

_LEAST_LETTERS = 10


@dataclass(frozen=True)
class WrongScript(Check):
    """More than half of the letters are of a script that the target language is not written in.

    A text of fewer than ten letters may be a name, and is not judged; nor is a language whose
    script is not known. Addresses do not count, and neither do names that the source has: words
    that begin with a capital, `#` or `@`, or have a digit. The check sees the script of most
    letters, such as `"CYRILLIC"`.
    """

    id: str = "wrong_script"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "most letters of the hypothesis are not in the target language's script"

    @property
    def structural(self) -> bool:
        """Never right: readers of the language cannot read it."""
        return True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the scripts and the bounds."""
        names = "+".join(sorted(scripts_of_language(bitext.target_lang)))
        return f"scripts:{names}|letters:{_LEAST_LETTERS}|share:0.5|spared:names+addresses"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        """Returns the look; `None` where the target's script is not known."""
        if UNDETERMINED.code == bitext.target_lang:
            return None
        expected = scripts_of_language(bitext.target_lang)

        def look(segment: Segment, text: str, observations: Observations | None) -> Any:
            found = _scripts(text)
            if found.total() < _LEAST_LETTERS:
                return NOT_APPLICABLE
            if _is_right(found, expected):
                return None
            found = _scripts(_without_names(text, segment.source))
            is_name = found.total() < _LEAST_LETTERS or _is_right(found, expected)
            return None if is_name else found.most_common(1)[0][0]

        return look if expected else None


_ADDRESS = re.compile(
    r"(?:[a-z]{2,8}://|www\.)[!-~]+|[\w.+-]{1,64}@[\w-]{1,64}\.[!-~]+", re.ASCII | re.IGNORECASE
)
_AROUND = ".,;:!?()[]{}\"'“”„«»…"


def _scripts(text: str) -> Counter[str]:
    found = Counter(map(script_of_letter, text))
    del found[""]
    return found


def _is_right(found: Counter[str], expected: frozenset[str]) -> bool:
    return 2 * sum(found[script] for script in expected) >= found.total()


def _without_names(text: str, source: str) -> str:
    """A text without addresses, and without what may be a name in its source."""
    text = _ADDRESS.sub(" ", text)
    words = {word.strip(_AROUND) for word in source.split()}
    names = {word for word in words if word and (word[0] in "#@" or word[0].isupper())}
    names |= {word for word in words if any(map(str.isdecimal, word))}
    for name in sorted(names, key=lambda name: (-len(name), name)):
        text = text.replace(name, " ")
    return text
