"""The flags of both sides: what checks see in their hypotheses, not what their files say.

Where the user has configured the check, and the texts show what it looks for, it looks at candidate
and baseline again. Else what is recorded is believed, and the verdict says so. Versions may differ
from those of the baseline and of the run: what was seen with other ones is looked at again without
being held to what is recorded.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from evalharness.checks import Check, look_at
from evalharness.checks.judging import check_fault, signature_of
from evalharness.errors import EvalHarnessError
from evalharness.gate.baselines import BaselineCheck, BaselineRun, damaged_baseline
from evalharness.results import Run, without_versions
from evalharness.stats.bootstrap import Array
from evalharness.values import CheckRate, Outputs


class CandidateFlags(NamedTuple):
    """Where a check fired on a candidate.

    Attributes:
        table: Where it fired and where it could look, (n_segments, 2): 1 or 0.
        check: The check that looked again; `None` where none did.
        believed: Why it did not; empty where it did.
        signature: How it looked.
    """

    table: Array
    check: Check | None
    believed: str
    signature: str


def candidate_flags(run: Run, rate: CheckRate, check: Check | None) -> CandidateFlags | str:
    """Returns where a check fires on a run.

    Args:
        run: The run.
        rate: What its folder says of the check.
        check: The check of that name that the user has configured, if there is one.

    Returns:
        The flags; or why the run folder cannot be right.

    Raises:
        EvalHarnessError: The run is damaged, or the check fails.
    """
    why = _why_not_again(run.outputs, rate.signature, check)
    recorded = run.flags(rate)
    if why or check is None:
        return CandidateFlags(recorded, None, why, rate.signature)
    again = look_at(check, run.outputs)
    if again is not None and again.rate.signature != rate.signature:
        return CandidateFlags(again.statistics, check, "", again.rate.signature)
    if again is None or not np.array_equal(again.statistics, recorded):
        seen = 0 if again is None else again.rate.count
        return f"its run folder says that {rate.count} are flagged, its hypotheses say {seen}"
    return CandidateFlags(again.statistics, check, "", rate.signature)


def baseline_flags(
    baseline: BaselineRun, held: BaselineCheck, run: Run, found: CandidateFlags
) -> Array:
    """Returns where a check fires on a baseline, (n_segments, 2): 1 or 0.

    Args:
        baseline: The baseline's run.
        held: What it holds of the check.
        run: The candidate's run on the same segments.
        found: The candidate's flags. Where they are believed, so is the baseline.

    Raises:
        EvalHarnessError: The hypotheses of the baseline say something else than it holds.
    """
    flagged, unjudged = set(held.flagged), set(held.unjudged)
    table = np.array(
        [(id_ in flagged, id_ not in unjudged) for id_ in baseline.ids], dtype=np.float64
    )
    if found.check is not None:
        again = look_at(found.check, baseline.outputs(run.bitext))
        if again is not None and again.rate.signature != held.signature:
            return again.statistics
        if again is None or not np.array_equal(again.statistics, table):
            seen = 0 if again is None else again.rate.count
            what = f"{held.check} flags {seen} of its hypotheses, not {len(flagged)}"
            raise damaged_baseline(baseline.file, what)
    return table


def flags_to_hold(run: Run, rate: CheckRate, check: Check | None) -> tuple[BaselineCheck, str]:
    """Returns what a new baseline holds of a check, and why it is believed, if it is.

    Raises:
        EvalHarnessError: The hypotheses of the run say something else than its folder.
    """
    found = candidate_flags(run, rate, check)
    if isinstance(found, str):
        raise EvalHarnessError(f"{rate.check}: {found}", where=run.path, hint="run it again")
    ids = [segment.id for segment in run.bitext.segments]
    fired, judged = found.table.T.astype(bool)
    flagged = tuple(id_ for id_, flag in zip(ids, fired, strict=True) if flag)
    unjudged = tuple(id_ for id_, seen in zip(ids, judged, strict=True) if not seen)
    return BaselineCheck(rate.check, found.signature, flagged, unjudged), found.believed


def _why_not_again(outputs: Outputs, signature: str, check: Check | None) -> str:
    if check is None:
        return "no check of that name is chosen with check="
    if check.needs_observations:
        return "it rests on what the system said of its outputs"
    try:
        reason = check.missing_requirement()
    except Exception as error:
        raise check_fault(check, "cannot say what it needs", error) from error
    if reason:
        return reason
    ours = signature_of(check, outputs)
    if without_versions(ours) == without_versions(signature):
        return ""
    return f"check.{check.id} looks as {ours}, not as {signature}"
