"""What a comparison of runs says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evalharness.config import FamilyScope, PairedTest
from evalharness.results import Ranking, Run
from evalharness.stats import Units, usual_trials
from evalharness.values.scores import Score
from evalharness.values.segments import Segment

POWER = 0.8
"""How often the differences that are called detectable would be found."""


@dataclass(frozen=True)
class Family:
    """How the pairs were tested, and what the correction is for.

    Attributes:
        tests: How many tests there are: pairs of systems by metrics by language pairs. Pairs on
            too few documents are not tested.
        test: The test.
        scope: What is a family: the pairs by one metric on one language pair of a test set, or all
            tests by metrics.
        alpha: How often a family without differences may find one.
        trials: Randomization trials; `None` for as many as each family takes.
        resamples: Bootstrap resamples.
        seed: Seeds both.
    """

    tests: int
    test: PairedTest
    scope: FamilyScope
    alpha: float
    trials: int | None
    resamples: int
    seed: int

    def size(self, tests: int) -> int:
        """Returns how many tests are corrected together where a metric has so many."""
        return self.tests if self.scope is FamilyScope.all else tests

    def trials_for(self, tests: int) -> int:
        """Returns how many trials a family of so many tests takes; or resamples."""
        if self.test is PairedTest.bootstrap:
            return self.resamples
        return usual_trials(tests, self.alpha) if self.trials is None else self.trials


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
        p: The p-value of "they do not differ", two-sided; `None` where units are too few to test.
        p_corrected: The same after Holm's correction over the family.
        at_floor: Whether no trial was as far apart: the p-values are upper bounds.
        significant: Whether the corrected p-value is at most alpha.
        differing: On how many units (segments or documents) the statistics of the two differ.
        obstacle: Why so few units cannot show a difference; empty where they can.
        detectable: The true difference that would have been found with a probability of `POWER`;
            `None` where the two differ on fewer than 30 units, of which that cannot be said.
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
    p: float | None
    p_corrected: float | None
    at_floor: bool
    significant: bool
    differing: int
    obstacle: str
    detectable: float | None
    won: int
    lost: int
    tied: int


@dataclass(frozen=True)
class ByMetric:
    """What one metric, or one check, says about the runs of one test.

    Attributes:
        column: The metric's name, with what tells its signatures apart if there are several.
        higher_is_better: Its direction.
        scores: The scores that runs have, the best first, by the system's label.
        differences: One per pair, in the order of the scores.
        tests: How many tests the correction is for.
        trials: How many trials, or resamples, p-values come from.
        obstacle: Why no difference can be shown, whatever the scores; empty where one can.
    """

    column: str
    higher_is_better: bool
    scores: Mapping[str, Score]
    differences: tuple[Difference, ...]
    tests: int
    trials: int
    obstacle: str


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
        units: What is resampled and swapped.
        metrics: What each metric says; none that fewer than two runs have.
        examples: Where two of them differ most, if that was asked for.
        checks: What each check says that fired unequally often; a family of tests each.
    """

    runs: Mapping[str, Run]
    units: Units
    metrics: tuple[ByMetric, ...]
    examples: Examples | None
    checks: tuple[ByMetric, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The answer to one question about runs.

    Attributes:
        family: How the pairs were tested.
        sections: The language pairs of test sets.
        ranking: Where the runs stand.
        notes: What was left out, and why.
    """

    family: Family
    sections: tuple[Section, ...]
    ranking: Ranking
    notes: tuple[str, ...]
