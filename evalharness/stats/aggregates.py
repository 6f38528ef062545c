"""How summed statistics become a score, as data: a formula's name and its numbers.

Run folders and baselines hold an aggregate beside each score. Whoever reads one calls a function of
ours by that name, and imports nothing: intervals, tests, ranks and gates of finished runs need
neither the metric nor its packages.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from evalharness.stats.bootstrap import Array
from evalharness.stats.formulas import bleu_scores, chrf_scores, ter_scores

_ORDERS = 4  # of sacreBLEU's BLEU
_MOST = 100

MOST_REPEATS = 20
"""The most passes of a run: more say little more about what passes vary by."""

MOST_PASSES = 380
"""The most that systems are aligned to (`passes.aligned`): where those of 19 and 20 passes meet."""


class Aggregate(Protocol):
    """A formula with its numbers: a frozen dataclass of JSON's values, whose fields are written."""

    @property
    def formula(self) -> str:
        """What the formula is called."""
        ...

    @property
    def width(self) -> int:
        """How many columns the statistics have."""
        ...

    @property
    def higher_is_better(self) -> bool | None:
        """The direction that the formula itself has; `None` for one that may have either."""
        ...

    def corpus(self, totals: Array) -> Array:
        """Scores sums of rows of statistics, of shape (..., width), as (...)."""
        ...

    def segment_scores(self, statistics: Array) -> Array:
        """Scores each row of statistics, of shape (n_segments, width), on its own."""
        ...


@dataclass(frozen=True)
class BleuAggregate:
    """sacreBLEU's BLEU; segments are scored with the effective order.

    Attributes:
        smooth_method: `exp`, `floor`, `add-k` or `none`.
        smooth_value: The value for `floor` and `add-k`; 0 for the others.
        effective_order: Whether the corpus score leaves out orders without n-grams.
    """

    formula: str = field(default="bleu", init=False)
    smooth_method: str
    smooth_value: float
    effective_order: bool

    def __post_init__(self) -> None:
        if self.smooth_method not in ("exp", "floor", "add-k", "none"):
            raise ValueError(f"smooth_method is {self.smooth_method!r}")
        if not 0 <= self.smooth_value < math.inf:
            raise ValueError(f"smooth_value is {self.smooth_value}")

    @property
    def width(self) -> int:
        """Two lengths, and matches and n-grams of each order."""
        return 2 + 2 * _ORDERS

    @property
    def higher_is_better(self) -> bool | None:
        """More matches are better."""
        return True

    def corpus(self, totals: Array) -> Array:
        """Returns corpus BLEU of summed statistics."""
        return self._scores(totals, self.effective_order)

    def segment_scores(self, statistics: Array) -> Array:
        """Returns sentence BLEU of each row."""
        return self._scores(statistics, effective_order=True)

    def _scores(self, totals: Array, effective_order: bool) -> Array:
        return bleu_scores(
            totals,
            smooth_method=self.smooth_method,
            smooth_value=self.smooth_value,
            effective_order=effective_order,
        )


@dataclass(frozen=True)
class ChrfAggregate:
    """sacreBLEU's chrF.

    Attributes:
        char_order: The longest character n-grams.
        word_order: The longest word n-grams.
        beta: How many times as much recall counts as precision.
        eps_smoothing: Whether it smooths as chrF++.py does.
    """

    formula: str = field(default="chrf", init=False)
    char_order: int
    word_order: int
    beta: int
    eps_smoothing: bool

    def __post_init__(self) -> None:
        for name, least in (("char_order", 1), ("word_order", 0), ("beta", 1)):
            if not least <= getattr(self, name) <= _MOST:
                raise ValueError(f"{name} is {getattr(self, name)}, not from {least} to {_MOST}")

    @property
    def width(self) -> int:
        """The n-grams of hypothesis, reference and both, of each order."""
        return 3 * (self.char_order + self.word_order)

    @property
    def higher_is_better(self) -> bool | None:
        """More matches are better."""
        return True

    def corpus(self, totals: Array) -> Array:
        """Returns chrF of summed statistics."""
        return chrf_scores(totals, beta=self.beta, eps_smoothing=self.eps_smoothing)

    def segment_scores(self, statistics: Array) -> Array:
        """Returns chrF of each row."""
        return self.corpus(statistics)


@dataclass(frozen=True)
class TerAggregate:
    """Edits by reference words, in percent."""

    formula: str = field(default="ter", init=False)

    @property
    def width(self) -> int:
        """Edits and reference words."""
        return 2

    @property
    def higher_is_better(self) -> bool | None:
        """Fewer edits are better."""
        return False

    def corpus(self, totals: Array) -> Array:
        """Returns TER of summed statistics."""
        return ter_scores(totals)

    def segment_scores(self, statistics: Array) -> Array:
        """Returns TER of each row."""
        return self.corpus(statistics)


@dataclass(frozen=True)
class MeanAggregate:
    """The weighted mean of segment scores: each row holds score times weight, and the weight."""

    formula: str = field(default="mean", init=False)

    @property
    def width(self) -> int:
        """Weighted scores and weights."""
        return 2

    @property
    def higher_is_better(self) -> bool | None:
        """A mean may be of anything."""
        return None

    def corpus(self, totals: Array) -> Array:
        """Returns the mean of summed statistics; NaN where nothing has a weight."""
        with np.errstate(divide="ignore", invalid="ignore"):
            mean: Array = totals[..., 0] / totals[..., 1]
        return mean

    def segment_scores(self, statistics: Array) -> Array:
        """Returns the score of each row."""
        return self.corpus(statistics)


@dataclass(frozen=True)
class PassesAggregate:
    """The mean over the passes of a system that samples, which was run several times.

    A row holds the statistics of all passes, one pass after the other: (passes * each.width,).

    Attributes:
        passes: How many passes there are, at least 2.
        each: How the score of one pass is computed.
    """

    formula: str = field(default="passes", init=False)
    passes: int
    each: Aggregate

    def __post_init__(self) -> None:
        if not 2 <= self.passes <= MOST_PASSES or isinstance(self.each, PassesAggregate):
            raise ValueError(f"{self.passes} passes of {self.each.formula}")

    @property
    def width(self) -> int:
        """The columns of all passes."""
        return self.passes * self.each.width

    @property
    def higher_is_better(self) -> bool | None:
        """That of each pass."""
        return self.each.higher_is_better

    def corpus(self, totals: Array) -> Array:
        """Returns the mean of the passes' scores of summed statistics."""
        scores: Array = self.each.corpus(self.split(totals)).mean(axis=-1)
        return scores

    def segment_scores(self, statistics: Array) -> Array:
        """Returns the mean of the passes' scores of each row."""
        passes = np.moveaxis(self.split(statistics), 1, 0)
        mean: Array = np.mean([self.each.segment_scores(table) for table in passes], axis=0)
        return mean

    def split(self, statistics: Array) -> Array:
        """Parts the columns by pass: (..., width) as (..., passes, each.width)."""
        return statistics.reshape(*statistics.shape[:-1], self.passes, self.each.width)


_FORMULAS: Mapping[str, Any] = {
    "bleu": BleuAggregate,
    "chrf": ChrfAggregate,
    "ter": TerAggregate,
    "mean": MeanAggregate,
}
JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "float | None": (int, float, type(None)),
}
"""What JSON may hold for a field of a dataclass, by the field's annotation."""


def read_aggregate(facts: object) -> Aggregate | None:
    """Reads an aggregate from what JSON holds.

    Args:
        facts: What `dataclasses.asdict` makes of an aggregate, or whatever stands in its place.

    Returns:
        The aggregate; `None` where there is none, or its formula is none of ours.

    Raises:
        TypeError: It is no mapping, or an option is missing, unknown or of another type.
        ValueError: An option is out of its range.
    """
    if facts is None:
        return None
    if not isinstance(facts, dict) or not isinstance(facts.get("formula"), str):
        raise TypeError(f"the aggregate is {facts!r}")
    if facts["formula"] == "passes":
        return _read_passes(facts)
    kind = _FORMULAS.get(facts["formula"])
    if kind is None:
        return None
    options: dict[str, Any] = {name: value for name, value in facts.items() if name != "formula"}
    fields = {one.name: str(one.type) for one in dataclasses.fields(kind) if one.init}
    if options.keys() != fields.keys():
        raise TypeError(f"{facts['formula']} has the options {', '.join(map(str, options))}")
    for name, value in options.items():
        if type(value) not in JSON_TYPES[fields[name]]:
            raise TypeError(f"{name} is {value!r}")
    aggregate: Aggregate = kind(**options)
    return aggregate


def _read_passes(facts: Mapping[str, Any]) -> PassesAggregate | None:
    if facts.keys() != {"formula", "passes", "each"} or type(facts["passes"]) is not int:
        raise TypeError(f"the aggregate is {facts!r}")
    if facts["passes"] > MOST_REPEATS:
        raise ValueError(f"{facts['passes']} passes, more than {MOST_REPEATS}")
    each = read_aggregate(facts["each"])
    return None if each is None else PassesAggregate(facts["passes"], each)
