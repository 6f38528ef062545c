"""What a system made of segments: translations, failures, and the outputs of a whole bitext."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Union

from evalharness.values.segments import Bitext

Fact = Union[str, int, float, bool, None, "Facts", Sequence["Fact"]]
Facts = Mapping[str, Fact]
"""JSON-serialisable facts about a system; never secrets."""

Observations = Mapping[str, Any]
"""What a metric or a system says about one segment besides a number: names to JSON values.

A value that says nothing (`False`, an empty list, `None`) is left out. Of systems: `truncated` and
`unfinished` are `True`, `removed` is a list of texts, `failed` says why there is no hypothesis. Of
metrics: `truncated` and `error_spans`.
"""

Usage = Mapping[str, Mapping[str, float]]
"""Tokens, characters and cost, by what they are counted of."""

Counts = Mapping[str, int | Mapping[str, int]]
"""How many segments have an observation, by its name; of texts, by the text."""


def observed(**facts: object) -> Observations:
    """Returns the facts that say something, as observations."""
    return {name: value for name, value in facts.items() if value}


def count_observations(observations: Iterable[Observations]) -> Counts:
    """Counts the segments with each observation; where it is a text or texts, with each text."""
    flags: Counter[str] = Counter()
    texts: dict[str, Counter[str]] = {}
    for facts in observations:
        for name, value in facts.items():
            several = [value] if isinstance(value, str) else value
            if isinstance(several, list) and all(isinstance(text, str) for text in several):
                texts.setdefault(name, Counter()).update(dict.fromkeys(several, 1))
            else:
                flags[name] += 1
    return {**flags, **{name: dict(counts) for name, counts in texts.items()}}


def total_usage(several: Iterable[Usage]) -> dict[str, dict[str, float]]:
    """Adds up what several passes used; see `Outputs.usage`."""
    total: dict[str, dict[str, float]] = {}
    for usage in several:
        for which, counts in usage.items():
            sums = total.setdefault(which, {})
            for what, count in counts.items():
                sums[what] = round(sums.get(what, 0) + count, 9)
    return total


@dataclass(frozen=True)
class Translation:
    """What a system made of a text.

    Attributes:
        text: The translation.
        observations: What the system says about it: `truncated` if the text was longer than the
            system takes, and its end was cut off; `unfinished` if the translation reached the
            length limit before it ended; `removed`, what was taken out of the answer, in words:
            `["a reasoning block"]`.
        raw: What the system answered, where that is not `text`.
        input_tokens: What the system says it read; `None` if it says nothing.
        output_tokens: What the system says it wrote; `None` if it says nothing.
        day: The day, in UTC, of the answer of a service that may answer otherwise another day.
    """

    text: str
    observations: Observations = field(default_factory=dict)
    raw: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    day: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Failure:
    """Says that a system made nothing of a text.

    Attributes:
        reason: Why, in a few words that can be counted: `"HTTP 500"`, `"timed out"`. No secrets.
    """

    reason: str


@dataclass(frozen=True)
class Outputs:
    """One system's hypotheses for one bitext, in one pass or several.

    Attributes:
        system: The system's name.
        bitext: What was translated.
        hypotheses: One per segment, `None` where the system failed.
        observations: What the system says about each of them; empty where it says nothing of any.
        from_store: How many of them had been translated before.
        usage: Tokens, characters and cost: of what this run asked for, and of all hypotheses.
        notes: What a reader has to know of the system and its outputs, a line each.
        prompt: The words that the system was asked with, without the text; `None` for one that is
            not asked in words, or whose words are not known.
        samples: Whether the system draws its hypotheses.
        further: The outputs of the second pass and of those after it; empty after one pass.
    """

    system: str
    bitext: Bitext
    hypotheses: tuple[str | None, ...]
    observations: Sequence[Observations] = ()
    from_store: int = 0
    usage: Usage = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    prompt: str | None = None
    samples: bool = False
    further: tuple[Outputs, ...] = ()

    def first(self, bitext: Bitext) -> Outputs:
        """Returns the outputs for the first segments alone, which `bitext` holds."""
        count = len(bitext.segments)
        return replace(
            self,
            bitext=bitext,
            hypotheses=self.hypotheses[:count],
            observations=self.observations[:count],
            further=tuple(one.first(bitext) for one in self.further),
        )

    @property
    def passes(self) -> tuple[Outputs, ...]:
        """The outputs of each pass, these first."""
        return (self, *self.further)

    @property
    def failed(self) -> int:
        """On how many segments the system failed, in any pass."""
        rows = zip(*(one.hypotheses for one in self.passes), strict=True)
        return sum(None in texts for texts in rows)

    @property
    def texts(self) -> list[str]:
        """The hypotheses, where none failed.

        Raises:
            ValueError: One did.
        """
        texts = [text for text in self.hypotheses if text is not None]
        if len(texts) < len(self.hypotheses):
            raise ValueError(f"{self.failed} of {len(self.hypotheses)} segments failed")
        return texts
