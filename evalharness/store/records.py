"""Reading what a run folder says about its run."""

from __future__ import annotations

import dataclasses
import json
import logging
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from evalharness.errors import EvalHarnessError
from evalharness.metrics.aggregates import read_aggregate
from evalharness.metrics.base import ErrorSpan, Remark
from evalharness.scoring import Resampling, Score, Unavailable
from evalharness.testsets.base import PROVENANCES

log = logging.getLogger(__name__)

T = TypeVar("T", Score, Unavailable, Resampling, Remark, ErrorSpan, "RunRecord")

SCHEMA_VERSION = 1
DAMAGES = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""What reading a file raises that was cut short or edited."""

RUN, SEGMENTS, STATISTICS, SCORES = "run.json", "segments.jsonl", "statistics.npz", "scores.json"

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
"""What a system or a test set may be called: its name is part of a folder's."""

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
}


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
    path = results / folder
    try:
        scores = json.loads((path / SCORES).read_bytes())
        run = json.loads((path / RUN).read_bytes())
        for content in (scores, run):
            if content["schema_version"] != SCHEMA_VERSION:
                raise EvalHarnessError(
                    f"written by another evalharness (schema_version {content['schema_version']})",
                    where=path,
                    mend="update evalharness",
                )
        return _record(folder, run, scores)
    except OSError as error:
        raise EvalHarnessError(f"no complete run: {error.strerror}", where=path) from error
    except DAMAGES as error:
        raise damaged(path, error) from error


def _read_all(results: Path) -> Iterator[RunRecord]:
    for path in sorted(results.glob(f"runs/*/*/{SCORES}")):
        try:
            yield read_run(results, path.parent.relative_to(results).as_posix())
        except EvalHarnessError as error:
            log.warning("%s", error)


def damaged(path: Path, error: Exception) -> EvalHarnessError:
    """Returns the error that says so."""
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
        unavailable=tuple(checked(Unavailable(**metric)) for metric in scores["unavailable"]),
        resampling=checked(Resampling(**run["bootstrap"])),
        failed=run["counts"]["failed"],
        truncated=run["counts"]["truncated"],
        unfinished=run["counts"]["unfinished"],
        notes=tuple(str(note) for note in run["notes"]),
        failures=_counts(run.get("failures", {})),
        removed=_counts(run.get("removed", {})),
        truncated_by_metric=_counts(run.get("truncated_by_metric", {})),
        metrics={str(name): dict(of) for name, of in run.get("metrics", {}).items()},
    )
    if not record.provenance or not set(record.provenance) <= set(PROVENANCES):
        raise ValueError(f"references are {record.provenance}")
    for name in (record.system, record.testset, record.source_lang, record.target_lang):
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name")
    return checked(record)


def _score(facts: Mapping[str, Any]) -> Score:
    """A score; what a later evalharness wrote besides is passed over."""
    known = {of.name: facts[of.name] for of in dataclasses.fields(Score) if of.name in facts}
    return checked(Score(**{**known, "aggregate": read_aggregate(facts.get("aggregate"))}))


def _counts(found: Mapping[str, Any]) -> dict[str, int]:
    return {str(what): int(count) for what, count in found.items()}


def checked(record: T) -> T:
    """Returns a record whose numbers and strings are some: the file may have been edited.

    Raises:
        TypeError: A field has another type.
        ValueError: A number is not finite, or UTF-8 cannot hold a string.
    """
    for field in dataclasses.fields(record):
        value: Any = getattr(record, field.name)
        kind = _JSON_TYPES.get(str(field.type))
        if kind is None:
            continue
        if not isinstance(value, kind):
            raise TypeError(f"{field.name} is {value!r}")
        if float in kind and not math.isfinite(getattr(record, field.name)):
            raise ValueError(f"{field.name} is {value}")
        if isinstance(value, str):
            value.encode()  # JSON can hold what UTF-8 cannot
    return record
