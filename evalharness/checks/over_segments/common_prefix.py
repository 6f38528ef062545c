"""`common_prefix`: hypotheses begin with the same words, as chatty answers do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evalharness.checks.check import Check
from evalharness.checks.over_segments.likeness import first_references
from evalharness.stats.exchange import exchange_p_value
from evalharness.values.checks import Finding
from evalharness.values.outputs import Outputs
from evalharness.values.segments import Bitext


@dataclass(frozen=True)
class CommonPrefix(Check):
    """Many hypotheses begin alike, and the references of these segments do not.

    Beginnings of 12 characters are counted. It fires where at least five hypotheses and 2 % of all
    begin so, significantly more (exchange test, 0.01) than references or sources.
    """

    id: str = "common_prefix"
    meaning = "many hypotheses begin with the same words, and their references do not"
    structural = True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the rule."""
        return "characters:12|share:0.02|alpha:0.01"

    def prepare(self, bitext: Bitext, prompt: str | None) -> None:
        """Returns nothing: no single text shows it."""

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        """Returns the most frequent beginning where references do not have it."""
        texts = [text or "" for text in outputs.hypotheses]
        starts = Counter(text[:_LENGTH] for text in set(texts) if len(text) > _LENGTH)
        for start, _ in starts.most_common(1):
            flags = [text.startswith(start) for text in texts]
            others = zip(first_references(outputs), outputs.bitext.segments, strict=True)
            usual = Counter(ref[:_LENGTH] or one.source[:_LENGTH] for ref, one in others)
            count, most = sum(flags), max(usual.values(), default=0)
            if count < max(_FEWEST, _SHARE * len(texts)):
                return ()
            if exchange_p_value([1] * count + [-1] * most) > _ALPHA:
                return ()
            prefix = _common_start([text for text in texts if text.startswith(start)])
            ids = [one.id for one, on in zip(outputs.bitext.segments, flags, strict=True) if on]
            message = f"{count:,} of {len(texts):,} hypotheses begin with {prefix[:_SHOWN]!r}"
            return (Finding(self.id, message, ids, warn=True),)
        return ()


_LENGTH = 12
_FEWEST = 5
_SHARE = 0.02
_ALPHA = 0.01
_SHOWN = 60


def _common_start(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    alike = (at for at, character in enumerate(first) if last[at : at + 1] != character)
    return first[: next(alike, len(first))]
