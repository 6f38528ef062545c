"""`wrong_script`: most of the hypothesis is not in the target language's script."""

from __future__ import annotations

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
    script is not known. The check sees the script of most letters, such as `"CYRILLIC"`.
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
        return f"scripts:{names}|letters:{_LEAST_LETTERS}|share:0.5"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        """Returns the look; `None` where the target's script is not known."""
        if UNDETERMINED.code == bitext.target_lang:
            return None
        expected = scripts_of_language(bitext.target_lang)

        def look(segment: Segment, text: str, observations: Observations | None) -> Any:
            found = Counter(map(script_of_letter, text))
            del found[""]
            if found.total() < _LEAST_LETTERS:
                return NOT_APPLICABLE
            right = sum(found[script] for script in expected)
            return found.most_common(1)[0][0] if right * 2 < found.total() else None

        return look if expected else None
