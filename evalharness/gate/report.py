"""What a gate found, as a value."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    """The verdict on one metric of one language pair of one test set."""

    PASS = "pass"
    BETTER = "better"
    INCONCLUSIVE = "inconclusive"
    FAIL = "fail"


@dataclass(frozen=True)
class Measured:
    """What a verdict rests on; scores, differences and the margin in the metric's own unit.

    Attributes:
        baseline: The baseline's score; `None` where the candidate's is held to a limit, so that the
            difference is the score itself.
        candidate: The candidate's.
        low: How low the candidate's true score less the baseline's may be, at the level that the
            correction holds this question to.
        high: How high it may be.
        margin: How much worse is still good enough.
        higher_is_better: The direction of the score.
        unit: What was resampled: `segment` or `document`.
        units: How many there are.
        units_needed: On how many an unchanged system would pass in 80 of 100 cases, where the
            question is open; infinity where it never would.
        p_not_worse: Of "worse by the margin or more", corrected.
        p_worse: Of "worse by the margin at most", corrected.
        p_better: Of "not better", corrected.
        believed: Why the hypotheses were not scored again, and what the run folder and the baseline
            say of them is believed; empty where they were.
        changed: The versions that differ from those of the baseline; empty where none does.
        passes_vary: Whether passes of a system that samples differ by more than their segments
            explain, so that the range stays wide on any number of units.
    """

    baseline: float | None
    candidate: float
    low: float
    high: float
    margin: float
    higher_is_better: bool
    unit: str
    units: int
    units_needed: float
    p_not_worse: float
    p_worse: float
    p_better: float
    believed: str = ""
    changed: str = ""
    passes_vary: bool = False

    @property
    def difference(self) -> float:
        """The candidate's score minus the baseline's, if there is one."""
        return self.candidate - (self.baseline or 0.0)

    @property
    def allowed(self) -> float:
        """The worst difference that is still good enough: below 0 where higher is better."""
        return -self.margin if self.higher_is_better else self.margin


@dataclass(frozen=True)
class Verdict:
    """The verdict on one metric or check of one language pair of one test set.

    Attributes:
        testset: The test set's name.
        pair: The language pair as `tr-en`.
        metric: The metric's name; of a check the option that asks, such as `max_rate.empty`.
        outcome: The verdict.
        obstacle: Why nothing could be compared; empty where it could.
        measured: What the verdict rests on; `None` where nothing could be compared.
    """

    testset: str
    pair: str
    metric: str
    outcome: Outcome
    obstacle: str = ""
    measured: Measured | None = None


@dataclass(frozen=True)
class GateReport:
    """What a gate found.

    Attributes:
        verdicts: One per metric, language pair and test set of the baseline.
        alpha: How often the gate may pass any question wrongly, and how often fail any.
        inconclusive_fails: Whether an open question stops the candidate.
        notes: What a reader has to know.
    """

    verdicts: tuple[Verdict, ...]
    alpha: float
    inconclusive_fails: bool
    notes: tuple[str, ...] = ()

    def stops(self, verdict: Verdict) -> bool:
        """Whether a verdict stops the candidate."""
        open_question = verdict.outcome is Outcome.INCONCLUSIVE
        return verdict.outcome is Outcome.FAIL or (open_question and self.inconclusive_fails)

    @property
    def passes(self) -> bool:
        """Whether nothing stops the candidate."""
        return not any(self.stops(verdict) for verdict in self.verdicts)

    @property
    def summary(self) -> str:
        """The decision and how many verdicts of each kind there are, in one line."""
        counts = Counter(verdict.outcome for verdict in self.verdicts)
        counted = ", ".join(f"{counts[kind]} {kind.value}" for kind in Outcome if counts[kind])
        let = self.passes and counts[Outcome.INCONCLUSIVE]
        why = " (gate.on_inconclusive=warn)" if let else ""
        return f"{'PASS' if self.passes else 'FAIL'}: {counted}{why}"
