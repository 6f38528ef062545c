"""What a run folder may say: names, types, ranges, and nothing that contradicts itself."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evalharness.errors import EvalHarnessError
from evalharness.reading import MOST_SEGMENTS
from evalharness.results.columns import is_taken
from evalharness.results.content import RUN, SCORES
from evalharness.results.run import Run
from evalharness.results.signatures import aggregate_of
from evalharness.stats import MOST_RESAMPLES, passes_of
from evalharness.stats.aggregates import JSON_TYPES, MOST_REPEATS
from evalharness.values import CheckRate, Finding, Resampling, Score, Unavailable
from evalharness.values.segments import PROVENANCES

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
"""What a system, a test set, a metric or a check may be called: it names a folder or a column."""
DIGEST = re.compile(r"[0-9a-f]{64}")
"""SHA-256 in hexadecimal."""

_MOST = 2**64  # no count and no seed is larger


def check_names(*names: str) -> None:
    """Checks what a file calls its run and its metrics: that becomes parts of paths and columns.

    Raises:
        TypeError: Something is no text.
        ValueError: Something is no name.
    """
    for name in names:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name")


def check_name(name: str, where: str) -> None:
    """Refuses a name of a system, test set or metric that no folder or column can bear.

    Raises:
        EvalHarnessError: The name has other characters than letters, digits, `.`, `_`, `+`, `-`.
    """
    if not NAME.fullmatch(name):
        raise EvalHarnessError(
            f"{name!r} cannot name a folder or a column",
            where=where,
            hint="use letters, digits, '.', '_', '+' and '-', and begin with a letter or digit",
        )


def check_run(run: Run, head: Mapping[str, Any]) -> None:
    """Checks what a folder says of its run: names, types, ranges, and that it says one thing.

    Args:
        run: The run.
        head: What `run.json` holds.

    Raises:
        TypeError: Something is of another type.
        ValueError: Something is out of range, or contradicts something else.
    """
    if not run.provenance or not set(run.provenance) <= set(PROVENANCES):
        raise ValueError(f"references are {run.provenance}")
    if run.reference_makers and set(run.reference_makers) != set(run.provenance):
        raise ValueError(f"references are {run.provenance}, and {run.reference_makers}")
    metrics = [score.metric for score in run.scores]
    metrics += [absent.metric for absent in run.unavailable]
    checks = [check.check for check in run.checks]
    check_names(run.system, run.testset, run.source_lang, run.target_lang, *metrics, *checks)
    if not DIGEST.fullmatch(run.digest):
        raise ValueError(f"{run.digest!r} is no digest")
    check_types(run)
    if taken := next(filter(is_taken, metrics), None):
        raise ValueError(f"{taken!r} is the name of another column")
    if len(set(metrics)) < len(metrics) or len(set(checks)) < len(checks):
        raise ValueError("a metric or a check is there twice")
    if any(score.low > score.high for score in run.scores):
        raise ValueError("an interval that ends before it begins")
    if turned := next(filter(_is_turned, run.scores), None):
        raise ValueError(f"{turned.metric}: higher_is_better is {turned.higher_is_better}")
    _check_counts(run)
    if not 0 < run.segments <= MOST_SEGMENTS:
        raise ValueError(f"{run.segments} segments; 1 to {MOST_SEGMENTS} are read")
    if not 1 <= run.passes <= MOST_REPEATS:
        raise ValueError(f"{run.passes} passes, not 1 to {MOST_REPEATS}")
    if any(score.aggregate and passes_of(score.aggregate) != run.passes for score in run.scores):
        raise ValueError(f"scores of another number of passes than {run.passes}")
    _check_resampling(run.resampling, run.segments)
    _check_contradictions(run, head)


def _is_turned(score: Score) -> bool:
    """Whether a score is said to get better in the direction in which its formula gets worse."""
    aggregate = aggregate_of(score)
    known = None if aggregate is None else aggregate.higher_is_better
    return known not in (None, score.higher_is_better)


def _check_resampling(how: Resampling, segments: int) -> None:
    if not 0 < how.resamples <= MOST_RESAMPLES:
        raise ValueError(f"{how.resamples} resamples, not 1 to {MOST_RESAMPLES}")
    if how.seed < 0:
        raise ValueError(f"seed {how.seed} is less than 0")
    if how.unit not in ("segment", "document") or not 0 < how.units <= segments:
        raise ValueError(f"resamples of {how.units} {how.unit!r} of {segments} segments")


def _check_contradictions(run: Run, head: Mapping[str, Any]) -> None:
    """Checks that what says twice whose run it is says the same: both files, and the folder."""
    told = (head["system"], head["testset"]["name"], head["source_lang"], head["target_lang"])
    if told != (run.system, run.testset, run.source_lang, run.target_lang):
        raise ValueError(f"{RUN} is of {told}, {SCORES} of another run")
    parts = Path(run.folder).parts
    if len(parts) > 1:
        pair = f"{run.testset}.{run.pair}"
        if parts[-2] != pair or parts[-1].rpartition(".")[0] != run.system:
            raise ValueError(f"the folder is not called runs/{pair}/{run.system}.<hash>")


def _check_counts(run: Run) -> None:
    for one in run.checks:
        counts = [one.applicable, *one.reference_counts.values()]
        if not all(0 <= count <= run.segments for count in counts):
            raise ValueError(f"{one.check} looked at more than all segments")


def check_types(value: Score | Unavailable | Resampling | CheckRate | Finding | Run) -> None:
    """Checks that a value that was read has the types of its fields, and finite numbers.

    Raises:
        TypeError: A field has another type.
        ValueError: A number is not finite, or too large.
    """
    for field in dataclasses.fields(value):
        found: Any = getattr(value, field.name)
        kind = JSON_TYPES.get(str(field.type))
        if kind is None:
            continue
        if not isinstance(found, kind) or (isinstance(found, bool) and bool not in kind):
            raise TypeError(f"{field.name} is {found!r}")
        if isinstance(found, int) and abs(found) > _MOST:
            raise ValueError(f"{field.name} is too large")
        if isinstance(found, float) and not math.isfinite(found):
            raise ValueError(f"{field.name} is {found}")
