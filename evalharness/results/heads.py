"""Reading the heads of run folders: whose run it is, and its scores."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from evalharness.errors import EvalHarnessError
from evalharness.reading import DAMAGES, read_json
from evalharness.results.content import RUN, SCORES, Content, damaged
from evalharness.results.plausible import check_run, check_types
from evalharness.results.run import Run, agrees
from evalharness.results.schema import EARLIER, SCHEMA_VERSION, upgraded
from evalharness.stats.aggregates import read_aggregate
from evalharness.values import CheckRate, Finding, Resampling, Score, Unavailable
from evalharness.values.outputs import Counts

log = logging.getLogger(__name__)

T = TypeVar("T", Score, Unavailable, Resampling, CheckRate, Finding)


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
        reference_names=_texts(head["testset"].get("reference_names", [])),
        reference_makers=_texts(head["testset"].get("reference_makers", [])),
        scores=tuple(map(_score, _array(scores["scores"]))),
        unavailable=tuple(_known(Unavailable, one) for one in _array(scores["unavailable"])),
        checks=tuple(map(_check_rate, _array(scores.get("checks", [])))),
        findings=tuple(map(_finding, _array(scores.get("findings", [])))),
        resampling=_known(Resampling, head["bootstrap"]),
        failed=head["counts"]["failed"],
        prompt=_text(head.get("prompt")),
        samples=head.get("samples", False),
        passes=head.get("passes", 1),
        observed={str(who): _counts(found) for who, found in head["observed"].items()},
        notes=tuple(str(note) for note in head["notes"]),
        testset_notes=tuple(str(note) for note in head["testset"].get("notes", ())),
        metrics={str(name): dict(options) for name, options in head.get("metrics", {}).items()},
        content=content,
    )
    check_run(run, head)
    return run


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
    if found.p_corrected is not None and not 0 <= found.p_corrected <= 1:
        raise ValueError(f"{found.check}: p_corrected is {found.p_corrected}")
    return found


def _finding(facts: Mapping[str, Any]) -> Finding:
    return _known(Finding, {**facts, "segment_ids": _ids(facts)})


def _ids(facts: Mapping[str, Any]) -> tuple[str, ...]:
    return _texts(facts["segment_ids"])


def _texts(found: Any) -> tuple[str, ...]:
    """What JSON holds as an array of texts.

    Raises:
        TypeError: It is something else.
    """
    if not all(isinstance(text, str) for text in _array(found)):
        raise TypeError(f"{found!r} has something else than texts")
    return tuple(found)


def _array(found: Any) -> Sequence[Any]:
    """What JSON holds as an array; in memory it may be a tuple.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(found, list | tuple):
        raise TypeError(f"{found!r} is no array")
    return found


def _text(found: Any) -> str | None:
    """A text that may be missing.

    Raises:
        TypeError: It is something else.
    """
    if not (found is None or isinstance(found, str)):
        raise TypeError(f"{found!r} is no text")
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
    check_types(value)
    return value
