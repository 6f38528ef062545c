"""What a gate asks of checks: whether a rate is higher than the baseline's, or than a limit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalharness.gate.baselines import BaselineCheck, BaselineRun
from evalharness.gate.documents import documents_of, why_too_few
from evalharness.gate.flags import CandidateFlags, baseline_flags, candidate_flags
from evalharness.gate.likeness import changed_parts, why_other_signature
from evalharness.gate.limits import Limit, Limits
from evalharness.gate.verdicts import POWER
from evalharness.results import Run
from evalharness.stats import Interval, NonInferiority
from evalharness.stats.bootstrap import Array
from evalharness.stats.rates import (
    Flags,
    change_bounds,
    limit_bounds,
    rate_change,
    rate_limit,
    units_to_show,
)


@dataclass(frozen=True)
class RateChange:
    """Whether a rate is higher than the baseline's by more than a margin."""

    flags: Flags
    margin: float

    @property
    def difference(self) -> float:
        """The measured gain: how much lower the rate is."""
        return (self.flags.gone - self.flags.newly) / self.flags.units

    @property
    def units(self) -> int:
        """How many segments were looked at on both sides."""
        return self.flags.units

    def units_to_pass(self, level: float) -> float:
        """Returns on how many segments an unchanged system would pass in 80 of 100 cases.

        With an unchanged system, as many segments are newly flagged as no longer.
        """
        changed = (self.flags.newly + self.flags.gone) / 2 / self.flags.units
        return units_to_show(changed, self.margin, level, POWER)

    def test(self) -> NonInferiority:
        """Tests the gain against the margin; not corrected."""
        return rate_change(self.flags, self.margin)

    def bounds(self, low_level: float, high_level: float) -> Interval:
        """Returns the gains that the test does not rule out at these levels."""
        return change_bounds(self.flags, low_level, high_level)


@dataclass(frozen=True)
class RateLimit:
    """Whether a rate is higher than a limit."""

    count: int
    units: int
    margin: float

    @property
    def difference(self) -> float:
        """Minus the rate."""
        return -self.count / self.units

    def units_to_pass(self, level: float) -> float:
        """Returns on how many segments a system of this rate would pass in 80 of 100 cases."""
        return units_to_show(self.count / self.units, self.margin, level, POWER)

    def test(self) -> NonInferiority:
        """Tests the rate against the limit; not corrected."""
        return rate_limit(self.count, self.units, self.margin)

    def bounds(self, low_level: float, high_level: float) -> Interval:
        """Returns minus the rates that the test does not rule out at these levels."""
        return limit_bounds(self.count, self.units, low_level, high_level)


@dataclass(frozen=True)
class AskedRate:
    """A question about a check, and what is to be said with the answer.

    Attributes:
        limit: What is asked.
        question: The question.
        baseline: The baseline's rate; `None` where it is not asked about.
        candidate: The candidate's.
        believed: Why the hypotheses were not looked at again; empty where they were.
        changed: The versions that differ from those of the baseline; empty where none does, and
            where the baseline is not asked about.
    """

    limit: Limit
    question: RateChange | RateLimit
    baseline: float | None
    candidate: float
    believed: str
    changed: str


@dataclass(frozen=True)
class NotAsked:
    """A question that cannot be asked, and why; `is_open` where nothing speaks against passing."""

    limit: Limit
    why: str
    is_open: bool = False


def ask_rates(
    baseline: BaselineRun, run: Run | None, limits: Limits
) -> Iterator[AskedRate | NotAsked]:
    """Yields what is asked of the checks of one run.

    Args:
        baseline: The baseline's run.
        run: The candidate's run on the same segments; `None` without one.
        limits: What is asked.

    Raises:
        EvalHarnessError: The baseline or the run is damaged, a limit is none, or a check fails.
    """
    for name in names_of(baseline, run, limits):
        held = baseline.check(name)
        for limit in limits.asked(name, held):
            yield NotAsked(limit, "") if run is None else _ask(limit, baseline, held, run, limits)


def names_of(baseline: BaselineRun, run: Run | None, limits: Limits) -> Sequence[str]:
    """Returns the checks of either side, and those that are configured."""
    names = [held.check for held in baseline.checks]
    names += [rate.check for rate in run.checks] if run else []
    return list(dict.fromkeys([*names, *(check.id for check in limits.checks)]))


def ungated(
    baseline: BaselineRun, run: Run, limits: Limits, stopped: Collection[str]
) -> Iterator[str]:
    """Says which checks fire more or less often than in the baseline, and are asked nothing.

    Args:
        baseline: The baseline's run.
        run: The candidate's.
        limits: What is asked.
        stopped: The checks that stop the candidate already.
    """
    for rate in run.checks:
        held = baseline.check(rate.check)
        if held is None or list(limits.asked(rate.check, held)) or rate.check in stopped:
            continue
        if other := why_other_signature(held.signature, rate.signature):
            yield f"{rate.check} is not compared: {other}"
        elif len(held.flagged) != rate.count:
            yield (
                f"{rate.check} flags {rate.count:,} of {rate.applicable:,}, in the baseline"
                f" {len(held.flagged):,} of {len(baseline.ids) - len(held.unjudged):,}, which stops"
                f" nothing without margin.{rate.check} or max_rate.{rate.check}"
            )


def _ask(
    limit: Limit,
    baseline: BaselineRun,
    held: BaselineCheck | None,
    run: Run,
    limits: Limits,
) -> AskedRate | NotAsked:
    rate = run.check(limit.check)
    if rate is None:
        return NotAsked(limit, "the candidate was not looked at with it")
    if held is None and limit.option == "margin":
        return NotAsked(limit, "the baseline does not hold it; gate update=true writes it anew")
    if held is not None and (other := why_other_signature(held.signature, rate.signature)):
        return NotAsked(limit, other)
    found = candidate_flags(run, rate, limits.check(limit.check))
    if isinstance(found, str):
        return NotAsked(limit, found)
    if limit.option == "max_rate" or held is None:
        return _ask_limit(limit, run, found)
    changed = changed_parts(held.signature, found.signature)
    then = baseline_flags(baseline, held, run, found)
    return _ask_change(limit, run, then, found, changed)


def _ask_limit(limit: Limit, run: Run, found: CandidateFlags) -> AskedRate | NotAsked:
    judged = found.table[:, 1].astype(bool)
    if open_because := _why_open(run, judged):
        return NotAsked(limit, open_because, is_open=True)
    count, units = int(found.table[judged, 0].sum()), int(judged.sum())
    question = RateLimit(count, units, limit.rate)
    return AskedRate(limit, question, None, count / units, found.believed, "")


def _ask_change(
    limit: Limit, run: Run, then: Array, found: CandidateFlags, changed: str
) -> AskedRate | NotAsked:
    both = then[:, 1].astype(bool) & found.table[:, 1].astype(bool)
    if open_because := _why_open(run, both):
        return NotAsked(limit, open_because, is_open=True)
    before, now = (table[both, 0].astype(bool) for table in (then, found.table))
    newly, gone = (int(np.count_nonzero(rows)) for rows in (now & ~before, before & ~now))
    question = RateChange(Flags(newly, gone, int(both.sum())), limit.rate)
    rates = float(before.mean()), float(now.mean())
    return AskedRate(limit, question, *rates, found.believed, changed)


def _why_open(run: Run, judged: npt.NDArray[np.bool_]) -> str:
    """Why the segments that were judged cannot show anything; empty where they can."""
    if not judged.any():
        return "there is no segment that it could judge"
    documents = documents_of(run.bitext.segments)
    return why_too_few([one for one, seen in zip(documents, judged, strict=False) if seen])
