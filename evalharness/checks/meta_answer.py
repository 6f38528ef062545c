"""`meta_answer`: the hypothesis talks about the translation, or wraps it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evalharness.checks.chatter import (
    OF_MODELS,
    OF_REFUSING,
    OF_TRANSLATING,
    OPENING,
    REFUSAL,
    REMARK,
    SELF,
    WRAPPING,
)
from evalharness.checks.check import Check, Look
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment

_SHOWN = 60
_KINDS = {  # what it is, and what in a source spares its segment
    "announced": (OPENING, OF_TRANSLATING),
    "refused": (REFUSAL, OF_REFUSING),
    "of itself": (SELF, OF_MODELS),
    "remark": (REMARK, OF_TRANSLATING),
    "wrapped": (WRAPPING, WRAPPING),
}


@dataclass(frozen=True)
class MetaAnswer(Check):
    """The hypothesis says what a chat model says about a translation, besides it or instead of it.

    It announces the translation ("Here is the translation:", a label such as "Translation:"),
    refuses or asks back, speaks of itself as a model, adds a remark on the translation, or wraps
    everything up in a code fence, a tag such as `<think>`, or JSON. The phrases are those of some
    twenty languages (`chatter`). A source that speaks of the same spares its segment: of
    translating, of language models, an apology for a refusal, or a label of its own.
    Quotation marks around everything are for the check `quoted`. The check sees which `kind` it is,
    and the words.
    """

    id: str = "meta_answer"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the hypothesis talks about the translation, refuses it, or wraps it up"

    @property
    def structural(self) -> bool:
        """Never right where the source does not say so."""
        return True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the kinds, and whether sources could spare anything."""
        spared = "source" if bitext.has_sources else "nothing"
        return f"phrases:2|spared:{spared}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        """Returns the look; without sources, nothing is spared."""
        return _look


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    for kind, (pattern, sparing) in _KINDS.items():
        found = pattern.search(text)
        if found and not sparing.search(segment.source):
            return {"kind": kind, "words": found.group().strip()[:_SHOWN]}
    return None
