"""A gate's verdicts in words, and how its numbers are written for people."""

from __future__ import annotations

import math

from evalharness.gate.report import GateReport, Measured, Outcome, Verdict
from evalharness.render.wording import signed
from evalharness.results import decimals_of

_MOST_UNITS = 1_000_000

_EXPLANATION = (
    "range: where the true difference may lie, after Holm's correction for {count} at {alpha:g};"
    " a metric passes when the whole range is better than allowed, fails when it is all worse"
)
_LIMITED = "; the difference of a max_rate is the rate itself, which is held to no baseline"
_WORSE = {False: "worse by", True: "the rate is"}
_PERHAPS = {False: "may be worse by", True: "the rate may be"}


def explanation(report: GateReport) -> str:
    """Returns what the range and what is allowed mean."""
    count = sum(verdict.measured is not None for verdict in report.verdicts)
    questions = f"{count} question{'s' if count > 1 else ''}"
    words = _EXPLANATION.format(count=questions, alpha=report.alpha)
    found = [verdict.measured for verdict in report.verdicts if verdict.measured]
    return words + (_LIMITED if any(one.baseline is None for one in found) else "")


def shown(name: str, score: float) -> str:
    """Returns one score of a metric."""
    return f"{score:.{decimals_of(name, [score])}f}"


def decimals(verdict: Verdict, found: Measured) -> int:
    """Returns how many decimals people see of a verdict's numbers."""
    scores = (found.baseline, found.candidate)
    return decimals_of(verdict.metric, [score for score in scores if score is not None])


def numbers(verdict: Verdict, found: Measured) -> str:
    """Returns what was measured, in one line."""
    places = decimals(verdict, found)
    between = f"{signed(found.low, places)}…{signed(found.high, places)}"
    baseline = "" if found.baseline is None else f"baseline {found.baseline:.{places}f}, "
    return (
        f"{baseline}candidate {found.candidate:.{places}f},"
        f" difference {signed(found.difference, places)} ({between}),"
        f" allowed {signed(found.allowed, places)}"
    )


def reason(verdict: Verdict) -> str:
    """Says what a verdict is and why; empty for one that just passes."""
    found = verdict.measured
    if found is None:
        return f"{verdict.outcome.value}: {verdict.obstacle}"
    places = decimals(verdict, found)
    margin = f"{found.margin:.{places}f}"
    if verdict.outcome is Outcome.FAIL:
        least = _loss(found, least=True)
        worse = _WORSE[found.baseline is None]
        return f"fail: {worse} at least {least:.{places}f}, {margin} is allowed"
    if verdict.outcome is Outcome.BETTER:
        return f"better by {abs(found.difference):.{places}f}, p {_p_value(found.p_better)}"
    if verdict.outcome is Outcome.PASS:
        return ""
    most = _loss(found, least=False)
    perhaps = _PERHAPS[found.baseline is None]
    why = f"{perhaps} up to {most:.{places}f}, {margin} is allowed"
    return f"inconclusive: {why}; {_settled_by(found)}"


def _loss(found: Measured, *, least: bool) -> float:
    """How much worse the candidate is at least, or at most."""
    ends = (-found.low, -found.high) if found.higher_is_better else (found.low, found.high)
    return min(ends) if least else max(ends)


def _settled_by(found: Measured) -> str:
    units = f"{found.unit}s"
    if found.units_needed > _MOST_UNITS and found.passes_vary:
        return f"more {units} would not settle it, more passes of both sides may (model.repeats=)"
    here = f"(there are {found.units:,})"
    system = "an unchanged system" if found.baseline is not None else "a system of this rate"
    if math.isinf(found.units_needed):
        return f"no number of {units} would settle it for {system} {here}"
    if found.units_needed > _MOST_UNITS:
        return f"not even {_MOST_UNITS:,} {units} would settle it for {system} {here}"
    step = 10 ** max(0, len(f"{found.units_needed:.0f}") - 2)
    needed = math.ceil(found.units_needed / step) * step
    return f"about {needed:,} {units} would settle it for {system} {here}"


def _p_value(value: float) -> str:
    return f"= {value:.2g}" if value >= 0.0001 else "< 0.0001"
