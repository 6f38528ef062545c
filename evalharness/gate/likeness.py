"""Whether numbers may be compared at all: only on the same segments, computed in the same way."""

from __future__ import annotations

from evalharness.gate.baselines import BaselineRun, BaselineScore
from evalharness.gate.candidate import Candidate
from evalharness.results import Run, without_versions


def counterpart(baseline: BaselineRun, candidate: Candidate) -> Run | None:
    """Returns the candidate's run on the very segments of a baseline's run; `None` without one.

    Raises:
        EvalHarnessError: It has several.
    """
    found = candidate.on(*baseline.key)
    same = [run for run in found if run.digest == baseline.digest]
    return candidate.one_of(same, baseline.system) if same else None


def why_no_counterpart(baseline: BaselineRun, candidate: Candidate) -> str:
    """Says why there is none: there is no run, or the test set has changed."""
    found = candidate.on(*baseline.key)
    if not found:
        return "the candidate has no run on it"
    run = found[0]
    then, now = len(baseline.ids), run.segments
    what = "other segments, references or provenance"
    sizes = f"{then:,} segments, now {now:,}" if then != now else what
    return f"the test set has changed: {sizes} (digest {baseline.digest[:8]}, {run.digest[:8]})"


def why_unlike(score: BaselineScore, run: Run) -> str:
    """Says why a score has no counterpart in a run; empty where it has one.

    Signatures that differ in versions alone have the same options: both sides are scored again.
    """
    for absent in run.unavailable:
        if absent.metric == score.metric:
            return f"the candidate lacks it: {absent.reason}"
    found = {scored.metric: scored.signature for scored in run.scores}
    if score.metric not in found:
        return "the candidate was not scored with it"
    return why_other_signature(score.signature, found[score.metric])


def why_other_signature(then: str, now: str) -> str:
    """Says in what two signatures differ; empty where nothing but versions of packages does."""
    if without_versions(then) == without_versions(now):
        return ""
    return f"computed in another way: {changed_parts(then, now)}"


def changed_parts(then: str, now: str) -> str:
    """Returns the parts of signatures that differ, as `case:mixed, now case:lc`; empty if none."""
    if then == now:
        return ""
    before, after = then.split("|"), now.split("|")
    gone = "|".join(part for part in before if part not in after) or "nothing"
    come = "|".join(part for part in after if part not in before) or "nothing"
    return f"{gone}, now {come}"
