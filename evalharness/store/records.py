"""Reading what a run folder says about its run."""

from __future__ import annotations

import dataclasses
import logging
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from evalharness.errors import EvalHarnessError
from evalharness.metrics.aggregates import JSON_TYPES, read_aggregate
from evalharness.metrics.base import ErrorSpan, Remark
from evalharness.reading import DAMAGES, MOST_SEGMENTS, read_json
from evalharness.scoring import Resampling, Score, Unavailable
from evalharness.stats import MOST_RESAMPLES
from evalharness.testsets.base import PROVENANCES

log = logging.getLogger(__name__)

T = TypeVar("T", Score, Unavailable, Resampling, Remark, ErrorSpan)

SCHEMA_VERSION = 1
RUN, SEGMENTS, STATISTICS, SCORES = "run.json", "segments.jsonl", "statistics.npz", "scores.json"

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
"""What a system, a test set or a metric may be called: it names a folder, or heads a column."""
DIGEST = re.compile(r"[0-9a-f]{64}")
"""SHA-256 in hexadecimal."""

_MOST = 2**64  # no count and no seed is larger


@dataclass(frozen=True)
class RunRecord:
    """What a run folder says: one system on one language pair of one test set.

    Attributes:
        folder: The folder, relative to the results folder.
        system: The system's name.
        testset: The test set's name.
        digest: The digest of the test set's pair.
        source_lang: BCP-47 code.
        target_lang: BCP-47 code.
        segments: How many segments were scored.
        provenance: Who made the references.
        scores: One per metric that could be computed.
        unavailable: One per metric that could not.
        resampling: How the intervals were estimated.
        failed: How many segments the system failed on.
        truncated: How many sources were longer than the system takes, and cut off.
        unfinished: How many hypotheses reached the length limit before they ended.
        notes: What a reader has to know of the system.
        empty: How many hypotheses show nothing.
        testset_notes: What was left out of the test set, and what its files are like.
        failures: Why it failed on segments, and on how many for that reason.
        removed: What was taken out of answers, and of how many of them.
        truncated_by_metric: In how many segments a metric did not read the end of a text.
        metrics: How the metrics of the scores are configured, by name; none of a run that was
            written before configurations were.
    """

    folder: str
    system: str
    testset: str
    digest: str
    source_lang: str
    target_lang: str
    segments: int
    provenance: tuple[str, ...]
    scores: tuple[Score, ...]
    unavailable: tuple[Unavailable, ...]
    resampling: Resampling
    failed: int
    truncated: int
    unfinished: int
    notes: tuple[str, ...]
    empty: int = 0
    testset_notes: tuple[str, ...] = ()
    failures: Mapping[str, int] = dataclasses.field(default_factory=dict)
    removed: Mapping[str, int] = dataclasses.field(default_factory=dict)
    truncated_by_metric: Mapping[str, int] = dataclasses.field(default_factory=dict)
    metrics: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)

    @property
    def pair(self) -> str:
        """The language pair as `tr-en`."""
        return f"{self.source_lang}-{self.target_lang}"

    @property
    def test(self) -> tuple[str, str, str]:
        """What was translated: equal for runs on the very same segments and references."""
        return (self.testset, self.pair, self.digest)


def read_runs(results: Path) -> list[RunRecord]:
    """Reads all complete runs, ordered by folder.

    A folder without `scores.json` was never completed and is passed over; one that cannot be read
    is passed over with a warning.
    """
    return list(_read_all(results))


def is_complete(folder: Path) -> bool:
    """Whether a folder is a run's, written to its end."""
    return (folder / SCORES).is_file()


def read_run(results: Path, folder: str) -> RunRecord:
    """Reads one run.

    Raises:
        EvalHarnessError: The folder is no complete run, or is damaged.
    """
    try:
        return _record(folder, *read_head(results / folder))
    except DAMAGES as error:
        raise damaged(results / folder, error) from error


def read_head(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Reads `run.json` and `scores.json`, whatever they hold besides their schema.

    Raises:
        EvalHarnessError: The folder is no complete run, is damaged, or has another schema.
    """
    try:
        scores, run = read_json(path / SCORES), read_json(path / RUN)
        versions = [content["schema_version"] for content in (scores, run)]
    except OSError as error:
        raise EvalHarnessError(f"no complete run: {error.strerror}", where=path) from error
    except DAMAGES as error:
        raise damaged(path, error) from error
    for version in versions:
        if version != SCHEMA_VERSION:
            raise EvalHarnessError(
                f"written by another version of evalharness (schema_version {version})",
                where=path,
                mend="update evalharness",
            )
    return run, scores


def _read_all(results: Path) -> Iterator[RunRecord]:
    for path in sorted(results.glob(f"runs/*/*/{SCORES}")):
        try:
            yield read_run(results, path.parent.relative_to(results).as_posix())
        except EvalHarnessError as error:
            log.warning("%s", error)


def damaged(path: Path, error: Exception) -> EvalHarnessError:
    """Returns the error of a run folder that is damaged."""
    return EvalHarnessError(
        f"damaged run: {type(error).__name__}: {error}",
        where=path,
        mend="delete the folder and run again",
    )


def _record(folder: str, run: Mapping[str, Any], scores: Mapping[str, Any]) -> RunRecord:
    record = RunRecord(
        folder=folder,
        system=scores["system"],
        testset=scores["testset"],
        digest=run["testset"]["digest"],
        source_lang=scores["source_lang"],
        target_lang=scores["target_lang"],
        segments=scores["segments"],
        provenance=tuple(run["testset"]["references"]),
        scores=tuple(map(_score, scores["scores"])),
        unavailable=tuple(known(Unavailable, metric) for metric in scores["unavailable"]),
        resampling=known(Resampling, run["bootstrap"]),
        failed=run["counts"]["failed"],
        truncated=run["counts"]["truncated"],
        unfinished=run["counts"]["unfinished"],
        notes=tuple(str(note) for note in run["notes"]),
        empty=run["counts"].get("empty", 0),
        testset_notes=tuple(str(note) for note in run["testset"].get("notes", ())),
        failures=_counts(run.get("failures", {})),
        removed=_counts(run.get("removed", {})),
        truncated_by_metric=_counts(run.get("truncated_by_metric", {})),
        metrics={str(name): dict(of) for name, of in run.get("metrics", {}).items()},
    )
    if not record.provenance or not set(record.provenance) <= set(PROVENANCES):
        raise ValueError(f"references are {record.provenance}")
    metrics = [score.metric for score in record.scores]
    metrics += [absent.metric for absent in record.unavailable]
    check_names(record.system, record.testset, record.source_lang, record.target_lang, *metrics)
    if not DIGEST.fullmatch(record.digest):
        raise ValueError(f"{record.digest!r} is no digest")
    if not 0 < record.segments <= MOST_SEGMENTS:
        raise ValueError(f"{record.segments} segments; 1 to {MOST_SEGMENTS} are read")
    if not 0 < record.resampling.resamples <= MOST_RESAMPLES:
        raise ValueError(f"{record.resampling.resamples} resamples, not 1 to {MOST_RESAMPLES}")
    if record.resampling.seed < 0:
        raise ValueError(f"seed {record.resampling.seed} is less than 0")
    _check(record)
    return record


def check_names(*names: str) -> None:
    """Checks what a file calls its run and its metrics: that becomes parts of paths and columns.

    Raises:
        TypeError: Something is no text.
        ValueError: Something is no name.
    """
    for name in names:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name")


def _score(facts: Mapping[str, Any]) -> Score:
    """A score; what a later evalharness wrote besides is passed over."""
    return known(Score, {**facts, "aggregate": read_aggregate(facts.get("aggregate"))})


def _counts(found: Mapping[str, Any]) -> dict[str, int]:
    return {str(what): int(count) for what, count in found.items()}


def known(kind: type[T], facts: Mapping[str, Any]) -> T:
    """Makes a value of what a file says; what a later evalharness wrote besides is passed over.

    Raises:
        TypeError: A field is missing or has another type.
        ValueError: A number is not finite, or too large.
    """
    names = [field.name for field in dataclasses.fields(kind)]
    value = kind(**{name: facts[name] for name in names if name in facts})
    _check(value)
    return value


def _check(value: Score | Unavailable | Resampling | Remark | ErrorSpan | RunRecord) -> None:
    for field in dataclasses.fields(value):
        found: Any = getattr(value, field.name)
        kind = JSON_TYPES.get(str(field.type))
        if kind is None:
            continue
        if not isinstance(found, kind):
            raise TypeError(f"{field.name} is {found!r}")
        if isinstance(found, int) and abs(found) > _MOST:
            raise ValueError(f"{field.name} is too large")
        if isinstance(found, float) and not math.isfinite(found):
            raise ValueError(f"{field.name} is {found}")
