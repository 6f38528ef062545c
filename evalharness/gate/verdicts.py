"""Whether a candidate may take a baseline's place: the decision, as pure statistics.

Each question (a metric on a language pair of a test set) is asked in both directions. The candidate
passes where it is shown not to be worse than the baseline by the margin or more; it fails where it
is shown to be worse by more; otherwise the question is open (non-inferiority as in Piaggio et al.,
2012, "Reporting of Noninferiority and Equivalence Randomized Trials").

A gate can err in two ways, and Holm's correction over all its questions bounds each: the chance
that any row passes wrongly is at most alpha, and so is the chance that any row fails wrongly,
however the metrics depend on each other, which share their outputs. For failing, the correction is
needed: one wrong row stops the candidate (a union-intersection test). For passing, the gate as a
whole would not need it: all rows must pass, which errs no more often than its worst row does (an
intersection-union test; Berger, 1982, "Multiparameter Hypothesis Testing and Acceptance
Sampling"). But each row is a claim that is read by itself, also where another one stops the gate.
It costs little, since Holm asks the strict levels of the clearest rows, and no more than alpha of
the last. That an improvement is one is a third claim, with a correction of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from evalharness.gate.report import Outcome
from evalharness.stats import (
    Interval,
    NonInferiority,
    PairedDifference,
    PassNoise,
    gain_bounds,
    holm,
    non_inferiority,
    units_to_detect,
    widened_difference,
)
from evalharness.stats.bootstrap import Array

POWER = 0.8
"""How often an unchanged system passes on the number of units that is said to settle a question."""


class Asked(Protocol):
    """What is asked of one metric, or of one check, on one language pair of one test set."""

    @property
    def difference(self) -> float:
        """The measured gain: how much better the candidate is, in the unit of the score."""
        ...

    @property
    def margin(self) -> float:
        """How much worse is still good enough, in that unit."""
        ...

    @property
    def units(self) -> int:
        """How many segments or documents were measured."""
        ...

    def units_to_pass(self, level: float) -> float:
        """Returns on how many units an unchanged system would pass as often as `POWER` says."""
        ...

    def test(self) -> NonInferiority:
        """Tests the gain against the margin; not corrected."""
        ...

    def bounds(self, low_level: float, high_level: float) -> Interval:
        """Returns the gains that the test does not rule out at these levels."""
        ...


class Question(NamedTuple):
    """What is asked of one metric on one language pair of one test set.

    Attributes:
        gain: The candidate's score minus the baseline's, signed so that higher is better.
            It rests on how units vary.
        margin: How much worse is still good enough, in the unit of the score.
        noise: How the passes of both systems vary; `None` for one that was run once. Tests and
            bounds hold it.
    """

    gain: PairedDifference
    margin: float
    noise: Sequence[PassNoise | None] = ()

    @property
    def difference(self) -> float:
        """The measured gain."""
        return self.gain.difference

    @property
    def units(self) -> int:
        """How many segments or documents there are."""
        return self.gain.units

    def units_to_pass(self, level: float) -> float:
        """Returns on how many units an unchanged system would pass in 80 of 100 cases.

        units * ((z_level + z_power) * standard error / margin) ** 2, with Student's quantiles where
        units are few; the sum of the quantiles is 2.49 at a level of 0.05. What passes of systems
        that sample differ by stays as it is, however many units there are.
        """
        return units_to_detect(
            self.margin,
            self.gain.standard_error,
            self.units,
            alpha=level,
            power=POWER,
            sides=1,
            noise=self.noise,
        )

    def test(self) -> NonInferiority:
        """Tests the gain against the margin; not corrected."""
        return non_inferiority(self._widened, self.margin)

    def bounds(self, low_level: float, high_level: float) -> Interval:
        """Returns the gains that the test does not rule out at these levels."""
        return gain_bounds(self._widened, low_level, high_level)

    @property
    def _widened(self) -> PairedDifference:
        return widened_difference(self.gain, self.noise)


class Answer(NamedTuple):
    """What the data say to a question.

    Attributes:
        outcome: The verdict.
        low: How low the true gain may be: above minus the margin where the candidate passes.
        high: How high it may be: below minus the margin where the candidate fails.
        p_not_worse: Of "worse by the margin or more", corrected.
        p_worse: Of "worse by the margin at most", corrected.
        p_better: Of "not better", corrected.
        level: The level that Holm's procedure holds "worse by the margin or more" to, which has
            to be rejected for a pass.
    """

    outcome: Outcome
    low: float
    high: float
    p_not_worse: float
    p_worse: float
    p_better: float
    level: float


def judge(questions: Sequence[Asked], alpha: float) -> list[Answer]:
    """Answers all questions of a gate as one family.

    Args:
        questions: One per metric or check, language pair and test set.
        alpha: How often any of them may be answered wrongly in one direction.

    Returns:
        One answer per question. The bounds stand at the levels that Holm's procedure holds the
        question to, so that they and the verdict never disagree.
    """
    if not questions:
        return []
    raw = [question.test() for question in questions]
    not_worse, worse, better = (holm(p_values) for p_values in zip(*raw, strict=True))
    low_levels = _levels([test.p_not_worse for test in raw], alpha)
    high_levels = _levels([test.p_worse for test in raw], alpha)
    answers = []
    for row, question in enumerate(questions):
        answers.append(
            Answer(
                _outcome(not_worse[row], worse[row], better[row], alpha),
                *question.bounds(float(low_levels[row]), float(high_levels[row])),
                float(not_worse[row]),
                float(worse[row]),
                float(better[row]),
                float(low_levels[row]),
            )
        )
    return answers


def units_needed(question: Asked, answer: Answer) -> float:
    """Returns on how many units an unchanged system would pass in 80 of 100 cases.

    The measured gain is no guide: on fresh data it is another one, and the number that it gives
    with it. An unchanged system's true gain is known: 0. What is measured is how much the gain
    varies, or how often segments are flagged on one side only.

    Returns:
        A whole number: as many as there are where the question is settled; infinity where an
        unchanged system would never pass, since its rate is above what is allowed, or since its
        passes differ by too much.
    """
    if answer.outcome is not Outcome.INCONCLUSIVE:
        return question.units
    return question.units_to_pass(answer.level)


def _outcome(not_worse: float, worse: float, better: float, alpha: float) -> Outcome:
    if worse <= alpha:
        return Outcome.FAIL
    if better <= alpha:
        return Outcome.BETTER
    return Outcome.PASS if not_worse <= alpha else Outcome.INCONCLUSIVE


def _levels(p_values: Sequence[float], alpha: float) -> Array:
    """The level that Holm's procedure holds each question to.

    Of m questions the clearest is held to alpha / m, the next to alpha / (m - 1), and so on; where
    the procedure stops, all that are left are held to the level it stopped at.
    """
    position = np.argsort(np.argsort(p_values, kind="stable"))
    stop = np.count_nonzero(holm(p_values) <= alpha)
    levels: Array = alpha / (len(p_values) - np.minimum(position, stop))
    return levels
