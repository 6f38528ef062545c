"""Checks of a user's own, by the protocol alone: what `_target_` can name besides our classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evalharness.checks import (
    NOT_APPLICABLE,
    Bitext,
    Check,
    Finding,
    Look,
    Observations,
    Outputs,
    Segment,
)


@dataclass(frozen=True)
class Shouting(Check):
    """Flags texts in capitals, and finds that most texts of a run are the same.

    Attributes:
        id: Its name in tables.
        least: How many letters a text has to have.
    """

    id: str = "shouting"
    least: int = 1

    @property
    def meaning(self) -> str:
        return "the hypothesis is written in capitals"

    @property
    def structural(self) -> bool:
        return False

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        return f"least:{self.least}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        def look(segment: Segment, text: str, observations: Observations | None) -> Any:
            letters = sum(map(str.isalpha, text))
            if letters < self.least:
                return NOT_APPLICABLE
            return {"letters": letters} if text.isupper() else None

        return look

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        ((text, count),) = Counter(outputs.hypotheses).most_common(1)
        if count <= len(outputs.hypotheses) / 2:
            return ()
        segments = zip(outputs.bitext.segments, outputs.hypotheses, strict=True)
        ids = [segment.id for segment, hypothesis in segments if hypothesis == text]
        return (Finding("constant", f"{count} hypotheses are {text!r}", ids),)


@dataclass(frozen=True)
class Echo(Check):
    """Sees in every hypothesis what it is given, and says nothing of references.

    Attributes:
        id: Its name in tables.
        sees: What it sees; an exception is raised.
    """

    id: str = "echo"
    sees: Any = None

    meaning = "the hypothesis exists"
    structural = True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        return f"prompt:{prompt}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        def look(segment: Segment, text: str, observations: Observations | None) -> Any:
            if isinstance(self.sees, Exception):
                raise self.sees
            return NOT_APPLICABLE if observations is None else self.sees

        return look


@dataclass(frozen=True)
class Fails(Echo):
    """Fails on every segment.

    Attributes:
        id: Its name in tables.
    """

    id: str = "fails"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        def look(segment: Segment, text: str, observations: Observations | None) -> Any:
            raise KeyError("oh")

        return look


@dataclass(frozen=True)
class Versioned(Shouting):
    """Looks with a package whose version its signature names.

    The first version sees nothing, the second one sees copies of the source.
    """

    id: str = "versioned"
    package: str = "1"

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        return f"least:{self.least}|version:{self.package}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        def look(segment: Segment, text: str, observations: Observations | None) -> Any:
            return True if self.package == "2" and text.startswith("source") else None

        return look


@dataclass(frozen=True)
class Speechless(Shouting):
    """Fails when it is asked what it needs, or how it looks.

    Attributes:
        fails: What fails.
    """

    fails: str = "signature"

    def missing_requirement(self) -> str | None:
        if self.fails == "requirement":
            raise OSError("no list of words")
        return None

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        if self.fails == "signature":
            raise OSError("no list of words")
        return super().signature(bitext, prompt)
