"""A structural loss: what is never right, and is in the candidate's hypotheses more often.

It stops a candidate before fluency is looked at, whatever its scores are. A check of which a limit
is asked (`margin.<check>`, `max_rate.<check>`) is left to that question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evalharness.checks import look_at, with_warnings
from evalharness.checks.warning import ALPHA, changes_by_unit
from evalharness.gate.baselines import BaselineRun
from evalharness.gate.flags import CandidateFlags, baseline_flags, candidate_flags
from evalharness.gate.likeness import why_other_signature
from evalharness.gate.limits import Limits
from evalharness.gate.report import Outcome, Verdict
from evalharness.results import Run
from evalharness.stats import holm
from evalharness.stats.bootstrap import Array
from evalharness.stats.exchange import exchange_p_value
from evalharness.values import CheckRate, CheckResult

STRUCTURAL = "structural."
"""What stands before a check in the name of its verdict."""

_MOST_IDS = 5


class _Loss(NamedTuple):
    """Where a structural check fires on both sides.

    Attributes:
        held: The baseline's run.
        run: The candidate's.
        check: The check's id.
        now: Where it fires on the candidate, (n_segments, 2).
        then: Where it fires on the baseline, likewise.
        is_warned: Whether the rule for warnings warns of the candidate, and not of the baseline.
    """

    held: BaselineRun
    run: Run
    check: str
    now: Array
    then: Array
    is_warned: bool

    @property
    def p_value(self) -> float:
        """How often as many more flags come about by exchanging the sides."""
        documents = [segment.document for segment in self.run.bitext.segments]
        return exchange_p_value(changes_by_unit(self.now, self.then, documents))


def structural_losses(
    runs: Sequence[tuple[BaselineRun, Run | None]], limits: Limits
) -> dict[tuple[str, str], list[Verdict]]:
    """Returns the verdicts on structural checks that stop a candidate, by test set and pair.

    A check fires significantly more often than on the baseline (the exact exchange test of
    documents or segments, with Holm's correction for all structural checks of all runs, at 0.01);
    or the rule for warnings warns of the candidate and not of the baseline.

    Args:
        runs: What is held, and the candidate's run on the same segments.
        limits: What is asked of checks otherwise.

    Raises:
        EvalHarnessError: The baseline or the run is damaged, or a check fails.
    """
    found = [part for held, run in runs if run is not None for part in _compared(held, run, limits)]
    losses: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in (part for part in found if isinstance(part, Verdict)):
        losses.setdefault((verdict.testset, verdict.pair), []).append(verdict)
    measured = [part for part in found if isinstance(part, _Loss)]
    corrected = holm([loss.p_value for loss in measured])
    for loss, p_value in zip(measured, corrected, strict=True):
        if p_value <= ALPHA or loss.is_warned:
            losses.setdefault(loss.held.key, []).append(_verdict(loss))
    return losses


def _compared(held: BaselineRun, run: Run, limits: Limits) -> Iterator[_Loss | Verdict]:
    for rate in run.checks:
        before, check = held.check(rate.check), limits.check(rate.check)
        is_structural = rate.structural if check is None else check.structural
        if before is None or not is_structural or list(limits.asked(rate.check, before)):
            continue
        if why_other_signature(before.signature, rate.signature):
            continue
        found = candidate_flags(run, rate, check)
        if isinstance(found, str):
            yield Verdict(*held.key, f"{STRUCTURAL}{rate.check}", Outcome.FAIL, found)
            continue
        then = baseline_flags(held, before, run, found)
        yield _Loss(held, run, rate.check, found.table, then, _is_warned(held, run, rate, found))


def _is_warned(held: BaselineRun, run: Run, rate: CheckRate, found: CandidateFlags) -> bool:
    """Whether the rule for warnings warns of the candidate, and not of the baseline."""
    if found.check is None:
        before = held.check(rate.check)
        return rate.warn and (before is None or not before.flagged)
    sides = [look_at(found.check, one) for one in (run.outputs, held.outputs(run.bitext))]
    now, then = (_warns(result, run) for result in sides)
    return now and not then


def _warns(result: CheckResult | None, run: Run) -> bool:
    return result is not None and with_warnings([result], run.bitext)[0].rate.warn


def _verdict(loss: _Loss) -> Verdict:
    segments = loss.run.bitext.segments
    fired = [segment.id for segment, row in zip(segments, loss.now, strict=True) if row[0]]
    ids = ", ".join(fired[:_MOST_IDS]) + (", ..." if len(fired) > _MOST_IDS else "")
    before = int(loss.then[:, 0].sum())
    why = f"never right in {len(fired):,} segments, in the baseline in {before:,}: {ids}"
    return Verdict(*loss.held.key, f"{STRUCTURAL}{loss.check}", Outcome.FAIL, why)
