"""How the numbers of a gate are written in tables for people."""

from __future__ import annotations

import math

from evalharness.views.cells import DASH, places, signed
from evalharness.views.gate.report import GateReport, Measured, Outcome, Verdict

_MOST_UNITS = 1_000_000

_EXPLANATION = (
    "range: where the true difference may lie, after Holm's correction for {count} at {alpha:g};"
    " a metric passes when the whole range is better than allowed, fails when it is all worse"
)


def explanation(report: GateReport) -> str:
    """Returns what the columns `range` and `allowed` mean."""
    count = sum(verdict.measured is not None for verdict in report.verdicts)
    questions = f"{count} question{'s' if count > 1 else ''}"
    return _EXPLANATION.format(count=questions, alpha=report.alpha)


def metric(verdict: Verdict) -> str:
    """Returns the metric's name with the direction in which it gets better, if that is known."""
    if verdict.measured is None:
        return verdict.metric
    return f"{verdict.metric} {'↑' if verdict.measured.higher_is_better else '↓'}"


def shown(name: str, score: float) -> str:
    """Returns one score of a metric."""
    return f"{score:.{places(name, [score])}f}"


def scores(verdict: Verdict) -> tuple[str, str]:
    """Returns the baseline's score and the candidate's."""
    found = verdict.measured
    if found is None:
        return DASH, DASH
    decimals = _decimals(verdict)
    return f"{found.baseline:.{decimals}f}", f"{found.candidate:.{decimals}f}"


def differences(verdict: Verdict) -> tuple[str, str, str]:
    """Returns the difference, its range and what is allowed."""
    found = verdict.measured
    if found is None:
        return DASH, DASH, DASH
    decimals = _decimals(verdict)
    between = f"{signed(found.low, decimals)}…{signed(found.high, decimals)}"
    return signed(found.difference, decimals), between, signed(found.allowed, decimals)


def remarks(report: GateReport) -> list[str]:
    """Returns what is to be said of single verdicts, those first that stop the candidate."""
    metrics: dict[tuple[str, str, str], list[str]] = {}
    for verdict in sorted(report.verdicts, key=lambda verdict: not report.stops(verdict)):
        if why := reason(verdict):
            metrics.setdefault((verdict.testset, verdict.pair, why), []).append(verdict.metric)
    return [
        f"{testset} {pair} {', '.join(several)}: {why}"
        for (testset, pair, why), several in metrics.items()
    ]


def reason(verdict: Verdict) -> str:
    """Says what a verdict is and why; empty for one that just passes."""
    found = verdict.measured
    if found is None:
        return f"{verdict.outcome.value}: {verdict.obstacle}"
    decimals = _decimals(verdict)
    margin = f"{found.margin:.{decimals}f}"
    if verdict.outcome is Outcome.FAIL:
        least = _loss(found, least=True)
        return f"fail: worse by at least {least:.{decimals}f}, {margin} is allowed"
    if verdict.outcome is Outcome.BETTER:
        return f"better by {abs(found.difference):.{decimals}f}, p {_p_value(found.p_better)}"
    if verdict.outcome is Outcome.PASS:
        return ""
    most = _loss(found, least=False)
    why = f"may be worse by up to {most:.{decimals}f}, {margin} is allowed"
    return f"inconclusive: {why}; {_settled_by(found)}"


def _loss(found: Measured, *, least: bool) -> float:
    """How much worse the candidate is at least, or at most."""
    ends = (-found.low, -found.high) if found.higher_is_better else (found.low, found.high)
    return min(ends) if least else max(ends)


def _settled_by(found: Measured) -> str:
    here = f"(there are {found.units:,})"
    if found.units_needed > _MOST_UNITS:
        return f"not even {_MOST_UNITS:,} {found.unit}s would settle it {here}"
    step = 10 ** max(0, len(f"{found.units_needed:.0f}") - 2)
    needed = math.ceil(found.units_needed / step) * step
    return f"about {needed:,} {found.unit}s would settle it {here}"


def _p_value(value: float) -> str:
    return f"= {value:.2g}" if value >= 0.0001 else "< 0.0001"


def _decimals(verdict: Verdict) -> int:
    found = verdict.measured
    return places(verdict.metric, (found.baseline, found.candidate)) if found else 0
