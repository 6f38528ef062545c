"""What checks say: rates of outputs that are wrong in a way a program can see, and findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evalharness.stats.bootstrap import Array


@dataclass(frozen=True)
class CheckRate:
    """How many of a run's hypotheses a check fired on, with an exact 95 % interval of the rate.

    Attributes:
        check: The check's id, such as `copied_source`.
        signature: How it looked, as `key:value` parts joined by `|`.
        count: On how many hypotheses it fired.
        applicable: How many hypotheses it could look at.
        rate: `count` / `applicable`, 0 to 1, lower is better; 0 where nothing was applicable.
        low: Where the interval of the rate begins (Clopper and Pearson, 1934).
        high: Where it ends.
        reference_counts: On how many references of the same segments it fired, by the reference's
            name: the control group; only of those references that it could look at.
        segment_ids: The segments whose hypotheses it fired on, in order.
        meaning: A sentence that says what is wrong with what it fires on; empty where nobody says.
        structural: Whether what it fires on is never right.
        p_corrected: How often references and hypotheses that are alike would differ so, after
            Holm's correction for the checks of the run; `None` where no human reference was judged.
        warn: Whether the rule for warnings (`checks.warning`) says that something is wrong.
    """

    check: str
    signature: str
    count: int
    applicable: int
    rate: float
    low: float
    high: float
    reference_counts: Mapping[str, int] = field(default_factory=dict)
    segment_ids: tuple[str, ...] = ()
    meaning: str = ""
    structural: bool = False
    p_corrected: float | None = None
    warn: bool = False


@dataclass(frozen=True)
class CheckResult:
    """What a check says about one run, segment by segment.

    Attributes:
        rate: The count and the rate.
        statistics: A row per segment, of shape (n_segments, 2): 1 where it fired, and 1 where it
            could look; the rate is the first column's sum by the second's, as for every mean.
        seen: What it saw, by the segment's row: a JSON value; only where it fired.
        references: The same rows for each reference that it could look at, by the reference's name:
            in memory only, to test the hypotheses against.
    """

    rate: CheckRate
    statistics: Array
    seen: Mapping[int, Any] = field(default_factory=dict)
    references: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """What is seen only over many segments or runs.

    Attributes:
        finding: Its id, such as `shifted`.
        message: A sentence that says what was seen.
        segment_ids: The segments it rests on.
        check: The id of the check that saw it; the harness fills it in.
        warn: Whether something is wrong with the run, and not only worth knowing.
    """

    finding: str
    message: str
    segment_ids: Sequence[str] = ()
    check: str = ""
    warn: bool = False
