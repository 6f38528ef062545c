"""Whether numbers may be compared at all: only on the same segments, computed in the same way."""

from __future__ import annotations

from evalharness.evidence import FoundRun
from evalharness.gate.runs import Candidate
from evalharness.store import RunRecord
from evalharness.store.baselines import BaselineRun, BaselineScore


def counterpart(baseline: BaselineRun, candidate: Candidate) -> FoundRun | None:
    """Returns the candidate's run on the very segments of a baseline's run; `None` without one.

    Raises:
        EvalHarnessError: It has several.
    """
    found = candidate.on(*baseline.key)
    same = [run for run in found if run.record.digest == baseline.digest]
    return candidate.one_of(same) if same else None


def why_no_counterpart(baseline: BaselineRun, candidate: Candidate) -> str:
    """Says why there is none: there is no run, or the test set has changed."""
    found = candidate.on(*baseline.key)
    if not found:
        return "the candidate has no run on it"
    record = found[0].record
    then, now = len(baseline.ids), record.segments
    what = "other segments, references or provenance"
    sizes = f"{then:,} segments, now {now:,}" if then != now else what
    return f"the test set has changed: {sizes} (digest {baseline.digest[:8]}, {record.digest[:8]})"


def why_unlike(score: BaselineScore, run: RunRecord) -> str:
    """Says why a score has no counterpart in a run; empty where it has one."""
    for absent in run.unavailable:
        if absent.metric == score.metric:
            return f"the candidate lacks it: {absent.reason}"
    found = {of.metric: of.signature for of in run.scores}
    if score.metric not in found:
        return "the candidate was not scored with it"
    if found[score.metric] == score.signature:
        return ""
    then, now = score.signature.split("|"), found[score.metric].split("|")
    gone = "|".join(part for part in then if part not in now) or "nothing"
    come = "|".join(part for part in now if part not in then) or "nothing"
    return f"computed in another way: {gone}, now {come}"
