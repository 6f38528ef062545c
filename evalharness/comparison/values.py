"""What a comparison of runs says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from evalharness.config import PairedTest
from evalharness.evidence import FoundRun
from evalharness.ranking import Ranking
from evalharness.scoring import Score
from evalharness.store import RunRecord
from evalharness.testsets.base import Segment

POWER = 0.8
"""How often the differences that are called detectable would be found."""


@dataclass(frozen=True)
class Family:
    """How the pairs were tested: all tests of one comparison are one family.

    Attributes:
        tests: How many tests: pairs of systems by metrics by language pairs.
        test: The test.
        alpha: How often a family without differences may find one.
        trials: Randomization trials.
        resamples: Bootstrap resamples.
        seed: Seeds both.
    """

    tests: int
    test: PairedTest
    alpha: float
    trials: int
    resamples: int
    seed: int


@dataclass(frozen=True)
class Difference:
    """What one metric says about two systems.

    Attributes:
        first: The one with the better score.
        second: The other.
        difference: The first's score minus the second's, in the metric's unit.
        low: Where the interval of that difference begins; it holds for this pair alone.
        high: Where it ends.
        standard_error: The difference's.
        p_value: Of "they do not differ", two-sided.
        corrected: The same after Holm's correction over the family.
        significant: Whether that is at most alpha.
        detectable: The true difference that would have been found with a probability of `POWER`.
        won: On how many segments the first is better.
        lost: On how many the second is.
        tied: On how many they are equal.
    """

    first: str
    second: str
    difference: float
    low: float
    high: float
    standard_error: float
    p_value: float
    corrected: float
    significant: bool
    detectable: float
    won: int
    lost: int
    tied: int


@dataclass(frozen=True)
class ByMetric:
    """What one metric says about the runs of one test.

    Attributes:
        column: The metric's name, with what tells its signatures apart if there are several.
        higher_is_better: Its direction.
        scores: The scores that runs have, the best first, by the system's label.
        differences: One per pair, in the order of the scores.
    """

    column: str
    higher_is_better: bool
    scores: Mapping[str, Score]
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Example:
    """A segment that two systems translated differently; one hypothesis and score of each."""

    segment: Segment
    hypotheses: tuple[str, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True)
class Examples:
    """The segments where two systems differ most, by one metric.

    Attributes:
        column: The metric.
        systems: The two, the better one first.
        rows: The segments, the largest difference first.
    """

    column: str
    systems: tuple[str, str]
    rows: tuple[Example, ...]


@dataclass(frozen=True)
class Section:
    """The runs on one language pair of one test set, compared.

    Attributes:
        runs: The runs by label: the system's name, or what tells it from others of that name.
        metrics: What each metric says; none that fewer than two runs have.
        examples: Where two of them differ most, if that was asked for.
    """

    runs: Mapping[str, FoundRun]
    metrics: tuple[ByMetric, ...]
    examples: Examples | None

    @property
    def records(self) -> list[RunRecord]:
        """What the runs say, each under its label."""
        return [
            replace(
                run.record,
                system=label,
                folder=f"{run.record.testset}.{run.record.pair}/{label}",
            )
            for label, run in self.runs.items()
        ]


@dataclass(frozen=True)
class Comparison:
    """The answer to one question about runs.

    Attributes:
        family: How the pairs were tested.
        sections: The language pairs of test sets.
        ranking: Where the runs stand, by the folders of the sections' records.
        notes: What was left out, and why.
    """

    family: Family
    sections: tuple[Section, ...]
    ranking: Ranking
    notes: tuple[str, ...]
