"""`reference_language`: references are not in the target language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import NOT_APPLICABLE, Check, Look
from evalharness.checks.wrong_language import WrongLanguage
from evalharness.checks.wrong_script import WrongScript
from evalharness.languages import UNDETERMINED, language
from evalharness.values.checks import Finding
from evalharness.values.outputs import Outputs
from evalharness.values.segments import Bitext, Segment, reference_letters


@dataclass(frozen=True)
class ReferenceLanguage(Check):
    """References are in another language, as where files have changed places.

    Of each reference, up to 100 texts from all over the test set are looked at as `wrong_language`
    looks, or as `wrong_script` does where lingua does not know the target language. It fires where
    more than half of at least three that can be judged are in another language.
    """

    id: str = "reference_language"
    meaning = "references are not in the target language"
    structural = True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the rule."""
        return (
            f"texts:{_LOOKED}|least:{_FEWEST}|share:0.5|{_looker(bitext).signature(bitext, None)}"
        )

    def prepare(self, bitext: Bitext, prompt: str | None) -> None:
        """Returns nothing: hypotheses do not show it."""

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        """Returns which references are in which language instead."""
        bitext = outputs.bitext
        look = _looker(bitext).prepare(bitext, None)
        if look is None:
            return ()
        most = max((len(segment.references) for segment in bitext.segments), default=0)
        names = bitext.reference_names or reference_letters(most)
        found = (self._finding(bitext, look, place, name) for place, name in enumerate(names))
        return [finding for finding in found if finding is not None]

    def _finding(self, bitext: Bitext, look: Look, place: int, name: str) -> Finding | None:
        seen = [
            (segment.id, look(segment, segment.references[place], None))
            for segment in _sample([one for one in bitext.segments if place < len(one.references)])
        ]
        judged = [(id_, value) for id_, value in seen if value is not NOT_APPLICABLE]
        wrong = [(id_, value) for id_, value in judged if value is not None]
        if len(judged) < _FEWEST or 2 * len(wrong) <= len(judged):
            return None
        ((value, _),) = Counter(value for _, value in wrong).most_common(1)
        message = (
            f"reference {name} is in {_described(value)}, not in {_described(bitext.target_lang)}"
            f" ({len(wrong)} of {len(judged)} texts that were looked at)"
        )
        return Finding(self.id, message, [id_ for id_, _ in wrong], warn=True)


_LOOKED = 100
_FEWEST = 3


def _looker(bitext: Bitext) -> Check:
    known = WrongLanguage()
    return WrongScript() if known.prepare(bitext, None) is None else known


def _sample(segments: Sequence[Segment]) -> Sequence[Segment]:
    return segments[:: max(1, len(segments) // _LOOKED)][:_LOOKED]


def _described(value: Any) -> str:
    """The name of a language, or of a script, which is written in capitals."""
    if value == UNDETERMINED.code:
        return "another language"
    return f"{value.capitalize()} letters" if value.isupper() else language(value).name
