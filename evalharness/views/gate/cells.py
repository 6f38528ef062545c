"""How the numbers of a gate are written in tables for people."""

from __future__ import annotations

from evalharness.views.board import SACREBLEU_METRICS
from evalharness.views.cells import DASH
from evalharness.views.gate.report import GateReport, Measured, Verdict

EXPLANATION = (
    "range: where the true difference may lie, after Holm's correction for {count} at {alpha:g};"
    " a metric passes when the whole range is better than allowed, fails when it is all worse"
)


def explanation(report: GateReport) -> str:
    """Returns what the columns `range` and `allowed` mean."""
    count = sum(verdict.measured is not None for verdict in report.verdicts)
    questions = f"{count} question{'s' if count > 1 else ''}"
    return EXPLANATION.format(count=questions, alpha=report.alpha)


def metric(verdict: Verdict) -> str:
    """Returns the metric's name with the direction in which it gets better, if that is known."""
    if verdict.measured is None:
        return verdict.metric
    return f"{verdict.metric} {'↑' if verdict.measured.higher_is_better else '↓'}"


def scores(verdict: Verdict) -> tuple[str, str]:
    """Returns the baseline's score and the candidate's."""
    found = verdict.measured
    if found is None:
        return DASH, DASH
    places = _places(verdict.metric, found)
    return f"{found.baseline:.{places}f}", f"{found.candidate:.{places}f}"


def differences(verdict: Verdict) -> tuple[str, str, str]:
    """Returns the difference, its range and what is allowed."""
    found = verdict.measured
    if found is None:
        return DASH, DASH, DASH
    places = _places(verdict.metric, found)

    def signed(number: float) -> str:
        return f"{number:+.{places}f}".replace("-", "−")

    between = f"{signed(found.low)} … {signed(found.high)}"
    return signed(found.difference), between, signed(found.allowed)


def remarks(report: GateReport) -> list[str]:
    """Returns what is to be said of single verdicts, those first that stop the candidate."""
    told = [verdict for verdict in report.verdicts if verdict.reason]
    told.sort(key=lambda verdict: not report.stops(verdict))
    return [
        f"{verdict.testset} {verdict.pair} {verdict.metric}:"
        f" {verdict.outcome.value}: {verdict.reason}"
        for verdict in told
    ]


def _places(name: str, found: Measured) -> int:
    if name in SACREBLEU_METRICS or max(abs(found.baseline), abs(found.candidate)) > 2:
        return 2
    return 4
