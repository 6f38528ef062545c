"""How much worse is still good enough, metric by metric."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalharness.errors import EvalHarnessError
from evalharness.gate.baselines import BaselineScore
from evalharness.results import family_of

FAMILIES = ("bleu", "chrf", "chrfpp", "ter", "comet", "cometkiwi", "xcomet")
"""The metrics that have a usual margin, as `metric=` calls them."""


@dataclass(frozen=True)
class Margins:
    """The margins of a gate, in the metrics' own units.

    Attributes:
        configured: By what `metric=` calls the metrics, or by their names.
        given: Which of them the command line gives: these go before the baseline's own.
        base: The revision that the baseline is taken from, whose margins may only be narrowed;
            `None` where it is taken from the working tree.
    """

    configured: Mapping[str, float]
    given: frozenset[str] = frozenset()
    base: str | None = None

    def __post_init__(self) -> None:
        for name, margin in self.configured.items():
            if not 0 < margin < math.inf:
                raise EvalHarnessError(
                    f"{margin:g} is not a margin",
                    where=f"margin.{name}",
                    hint="give a number above 0: with 0, only a candidate that is shown to be"
                    " better could pass",
                )

    def margin_of(self, score: BaselineScore, choice: str | None = None) -> float:
        """Returns the margin of a score: the command line's, the baseline's, or the usual one.

        Args:
            score: The baseline's score.
            choice: What `metric=` calls the metric that is configured as the score's was; `None`
                where none is.

        Raises:
            EvalHarnessError: There is none, or it is wider than the base's.
        """
        key = self._key(score, choice)
        if key in self.given:
            return self._narrowed(score, key)
        if score.margin is not None:
            return score.margin
        if key is None:
            raise _none_for(score, choice)
        return self.configured[key]

    def _key(self, score: BaselineScore, choice: str | None) -> str | None:
        return next((key for key in _keys(score, choice) if key in self.configured), None)

    def _narrowed(self, score: BaselineScore, key: str) -> float:
        given = self.configured[key]
        if self.base is None or (score.margin is not None and given <= score.margin):
            return given
        held = "none" if score.margin is None else f"{score.margin:g}"
        raise EvalHarnessError(
            f"{given:g}, but the baseline of {self.base} holds {held} for {score.metric}",
            where=f"margin.{key}",
            hint=f"write the baseline anew with gate update=true margin.{key}={given:g}, and bring"
            f" it into {self.base}",
        )


def _none_for(score: BaselineScore, choice: str | None) -> EvalHarnessError:
    name = choice or family_of(score.metric, score.signature)
    if name is None and score.metric in FAMILIES:
        hint = "give the metric a name that is no other's"
    else:
        hint = f"give +margin.{name or score.metric}=NUMBER, in the metric's own unit"
    return EvalHarnessError(f"none for {score.metric}", where="margin", hint=hint)


def _keys(score: BaselineScore, choice: str | None) -> Iterator[str]:
    """What a margin may be called that is meant for a score; a name of ours only for its family."""
    family = family_of(score.metric, score.signature)
    if score.metric not in FAMILIES:
        yield score.metric
    yield from (key for key in (choice, family) if key is not None)
