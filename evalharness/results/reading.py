"""Reading the heads of run folders: whose run it is, and its scores."""

from __future__ import annotations

import dataclasses
import logging
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from evalharness.errors import EvalHarnessError
from evalharness.reading import DAMAGES, MOST_SEGMENTS, read_json
from evalharness.results.columns import is_taken
from evalharness.results.content import RUN, SCORES, Content, damaged
from evalharness.results.run import Run, agrees
from evalharness.results.schema import EARLIER, SCHEMA_VERSION, upgraded
from evalharness.stats import MOST_RESAMPLES, passes_of
from evalharness.stats.aggregates import JSON_TYPES, MOST_REPEATS, read_aggregate
from evalharness.values import CheckRate, Finding, Resampling, Score, Unavailable
from evalharness.values.outputs import Counts
from evalharness.values.segments import PROVENANCES

log = logging.getLogger(__name__)

T = TypeVar("T", Score, Unavailable, Resampling, CheckRate, Finding)

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
"""What a system, a test set, a metric or a check may be called: it names a folder or a column."""
DIGEST = re.compile(r"[0-9a-f]{64}")
"""SHA-256 in hexadecimal."""

_MOST = 2**64  # no count and no seed is larger


def read_runs(results: Path) -> list[Run]:
    """Reads all complete runs, ordered by folder.

    A folder without `scores.json` was never completed and is passed over; one that cannot be read
    is passed over with a warning.
    """
    return list(_read_all(results))


def is_complete(folder: Path) -> bool:
    """Whether a folder is a run's, written to its end."""
    return (folder / SCORES).is_file()


def read_run(results: Path, folder: str) -> Run:
    """Reads one run.

    Raises:
        EvalHarnessError: The folder is no complete run, or is damaged.
    """
    path = results / folder
    try:
        return run_of(results, folder, Content(path, *_read_head(path)))
    except DAMAGES as error:
        raise damaged(path, error) from error


def run_of(results: Path, folder: str, content: Content) -> Run:
    """Returns the run that a folder's content is.

    Raises:
        Exception: One of `DAMAGES`, where something is missing, of another type, or out of range.
    """
    head, scores = content.run, content.scores
    run = Run(
        results=results,
        folder=folder,
        system=scores["system"],
        testset=scores["testset"],
        digest=head["testset"]["digest"],
        source_lang=scores["source_lang"],
        target_lang=scores["target_lang"],
        segments=scores["segments"],
        provenance=tuple(head["testset"]["references"]),
        scores=tuple(map(_score, _array(scores["scores"]))),
        unavailable=tuple(_known(Unavailable, one) for one in _array(scores["unavailable"])),
        checks=tuple(map(_check_rate, _array(scores.get("checks", [])))),
        findings=tuple(map(_finding, _array(scores.get("findings", [])))),
        resampling=_known(Resampling, head["bootstrap"]),
        failed=head["counts"]["failed"],
        samples=head.get("samples", False),
        passes=head.get("passes", 1),
        observed={str(who): _counts(found) for who, found in head["observed"].items()},
        notes=tuple(str(note) for note in head["notes"]),
        testset_notes=tuple(str(note) for note in head["testset"].get("notes", ())),
        metrics={str(name): dict(options) for name, options in head.get("metrics", {}).items()},
        content=content,
    )
    _check_run(run)
    names = _array(head["testset"].get("reference_names", []))
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"reference_names is {names!r}")
    return run


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


def _read_head(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `run.json` and `scores.json` hold."""
    try:
        scores, run = read_json(path / SCORES), read_json(path / RUN)
        versions = {content["schema_version"] for content in (scores, run)}
    except OSError as error:
        raise EvalHarnessError(f"no complete run: {error.strerror}", where=path) from error
    if versions == {EARLIER}:
        return upgraded(run, scores)
    if versions != {SCHEMA_VERSION}:
        raise EvalHarnessError(
            "written by another version of evalharness"
            f" (schema_version {', '.join(map(str, versions - {SCHEMA_VERSION}))})",
            where=path,
            hint="update evalharness",
        )
    return run, scores


def _read_all(results: Path) -> Iterator[Run]:
    for path in sorted(results.glob(f"runs/*/*/{SCORES}")):
        try:
            yield read_run(results, path.parent.relative_to(results).as_posix())
        except EvalHarnessError as error:
            log.warning("%s", error)


def _check_run(run: Run) -> None:
    if not run.provenance or not set(run.provenance) <= set(PROVENANCES):
        raise ValueError(f"references are {run.provenance}")
    metrics = [score.metric for score in run.scores]
    metrics += [absent.metric for absent in run.unavailable]
    checks = [check.check for check in run.checks]
    check_names(run.system, run.testset, run.source_lang, run.target_lang, *metrics, *checks)
    if not DIGEST.fullmatch(run.digest):
        raise ValueError(f"{run.digest!r} is no digest")
    _check_types(run)
    if taken := next(filter(is_taken, metrics), None):
        raise ValueError(f"{taken!r} is the name of another column")
    if len(set(metrics)) < len(metrics) or len(set(checks)) < len(checks):
        raise ValueError("a metric or a check is there twice")
    if any(score.low > score.high for score in run.scores):
        raise ValueError("an interval that ends before it begins")
    _check_counts(run)
    if not 0 < run.segments <= MOST_SEGMENTS:
        raise ValueError(f"{run.segments} segments; 1 to {MOST_SEGMENTS} are read")
    if not 0 < run.resampling.resamples <= MOST_RESAMPLES:
        raise ValueError(f"{run.resampling.resamples} resamples, not 1 to {MOST_RESAMPLES}")
    if not 1 <= run.passes <= MOST_REPEATS:
        raise ValueError(f"{run.passes} passes, not 1 to {MOST_REPEATS}")
    if any(score.aggregate and passes_of(score.aggregate) != run.passes for score in run.scores):
        raise ValueError(f"scores of another number of passes than {run.passes}")
    if run.resampling.seed < 0:
        raise ValueError(f"seed {run.resampling.seed} is less than 0")


def _check_counts(run: Run) -> None:
    for one in run.checks:
        counts = [one.applicable, *one.reference_counts.values()]
        if not all(0 <= count <= run.segments for count in counts):
            raise ValueError(f"{one.check} looked at more than all segments")


def _score(facts: Mapping[str, Any]) -> Score:
    """A score; what a later evalharness wrote besides is passed over."""
    return _known(Score, {**facts, "aggregate": read_aggregate(facts.get("aggregate"))})


def _check_rate(facts: Mapping[str, Any]) -> CheckRate:
    counts = dict(facts["reference_counts"])
    if not all(type(count) is int for count in counts.values()):
        raise TypeError(f"reference_counts is {counts!r}")
    ids = _ids(facts)
    found = _known(CheckRate, {**facts, "reference_counts": counts, "segment_ids": ids})
    rate = found.count / found.applicable if found.applicable else 0.0
    if not (0 <= found.count <= found.applicable and len(set(ids)) == len(ids) == found.count):
        raise ValueError(f"{found.check}: {found.count} of {found.applicable}, {len(ids)} segments")
    if not (agrees(found.rate, rate) and 0 <= found.low <= found.rate <= found.high <= 1):
        raise ValueError(
            f"{found.check}: the rate is {found.rate}, from {found.low} to {found.high}"
        )
    return found


def _finding(facts: Mapping[str, Any]) -> Finding:
    return _known(Finding, {**facts, "segment_ids": _ids(facts)})


def _ids(facts: Mapping[str, Any]) -> tuple[str, ...]:
    ids = _array(facts["segment_ids"])
    if not all(isinstance(id_, str) for id_ in ids):
        raise TypeError(f"segment_ids is {ids!r}")
    return tuple(ids)


def _array(found: Any) -> Sequence[Any]:
    """What JSON holds as an array; in memory it may be a tuple.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(found, list | tuple):
        raise TypeError(f"{found!r} is no array")
    return found


def _counts(found: Mapping[str, Any]) -> Counts:
    return {
        str(name): {str(text): int(count) for text, count in value.items()}
        if isinstance(value, dict)
        else int(value)
        for name, value in found.items()
    }


def _known(kind: type[T], facts: Mapping[str, Any]) -> T:
    """Makes a value of what a file says; what a later evalharness wrote besides is passed over.

    Raises:
        TypeError: A field is missing or has another type.
        ValueError: A number is not finite, or too large.
    """
    names = [field.name for field in dataclasses.fields(kind)]
    value = kind(**{name: facts[name] for name in names if name in facts})
    _check_types(value)
    return value


def _check_types(value: Score | Unavailable | Resampling | CheckRate | Finding | Run) -> None:
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
