"""Baselines: finished runs as a folder of text files that a team commits to git.

`baseline.json` names the runs, their scores, signatures and digests; `<testset>.<pair>.jsonl` has a
line per segment with its hypothesis and statistics, so that a later change shows where it happened.
Nothing in it depends on when or where it was written: the same runs give the same bytes.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evalharness.disk import write_files
from evalharness.errors import EvalHarnessError
from evalharness.metrics.base import Array

SCHEMA_VERSION = 1
BASELINE = "baseline.json"
README = "README.md"

_ABOUT = """\
Translation quality that later changes are held to: `python -m evalharness gate baseline=FOLDER` \
compares with it, `gate update=true` rewrites it. Not to be edited by hand.
"""
_DAMAGES = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class BaselineScore:
    """A metric's score on a run and how it was computed."""

    metric: str
    score: float
    higher_is_better: bool
    signature: str


@dataclass(frozen=True)
class BaselineRun:
    """A finished run, as far as later ones are compared with it.

    Attributes:
        testset: The test set's name.
        source_lang: BCP-47 code.
        target_lang: BCP-47 code.
        digest: The digest of the test set's pair.
        system: The system's name.
        run: The name of its run folder, which tells its fingerprint apart from others.
        scores: One per metric.
        ids: The segments' ids, in order.
        hypotheses: One per segment.
        statistics: The additive statistics by metric, each (n_segments, k).
    """

    testset: str
    source_lang: str
    target_lang: str
    digest: str
    system: str
    run: str
    scores: tuple[BaselineScore, ...]
    ids: tuple[str, ...]
    hypotheses: tuple[str, ...]
    statistics: Mapping[str, Array]

    @property
    def pair(self) -> str:
        """The language pair as `tr-en`."""
        return f"{self.source_lang}-{self.target_lang}"

    @property
    def key(self) -> tuple[str, str]:
        """What a candidate's run is found by: the test set and the pair."""
        return self.testset, self.pair

    @property
    def file(self) -> str:
        """The name of the file with its segments."""
        return f"{self.testset}.{self.pair}.jsonl"


def write_baseline(folder: Path, runs: Sequence[BaselineRun]) -> None:
    """Writes a baseline, whole, in the place of an older one.

    Raises:
        EvalHarnessError: The folder holds something else, or cannot be written.
    """
    older = _older_files(folder)
    ordered = sorted(runs, key=lambda run: run.key)
    files = {README: _ABOUT.encode()}
    files |= {run.file: _segments(run) for run in ordered}
    about = {"schema_version": SCHEMA_VERSION, "runs": [_facts(run) for run in ordered]}
    files[BASELINE] = (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()
    write_files(folder, files, option="baseline")
    for name in older - set(files):
        (folder / name).unlink(missing_ok=True)


def read_baseline(folder: Path) -> list[BaselineRun]:
    """Reads a baseline.

    Raises:
        EvalHarnessError: There is none, it is damaged, or a newer evalharness wrote it.
    """
    path = folder / BASELINE
    about = _read_about(folder)
    try:
        if about["schema_version"] != SCHEMA_VERSION:
            raise EvalHarnessError(
                f"written by another evalharness (schema_version {about['schema_version']})",
                where=path,
                mend="update evalharness, or write it anew with gate update=true",
            )
        listed = [dict(run) for run in about["runs"]]
        if not listed:
            raise ValueError("no runs")
        return [_read_run(folder, run) for run in listed]
    except _DAMAGES as error:
        raise _damaged(path, error) from error


def _read_about(folder: Path) -> Any:
    path = folder / BASELINE
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise EvalHarnessError(
            f"no baseline: {error.strerror}",
            where=path,
            mend="gate update=true baseline=DIR candidate=RESULTS writes one",
        ) from error
    except ValueError as error:
        raise _damaged(path, error) from error


def _older_files(folder: Path) -> set[str]:
    """The files of segments of the baseline that lies there.

    Raises:
        EvalHarnessError: The folder holds something else.
    """
    if not folder.is_dir() or all(path.name.startswith(".") for path in folder.iterdir()):
        return set()
    if not (folder / BASELINE).is_file():
        raise EvalHarnessError(
            "holds other files and no baseline",
            where=folder,
            mend="choose a folder of its own with baseline=",
        )
    about = _read_about(folder)
    try:
        names = {str(run["file"]) for run in about["runs"]}
    except _DAMAGES as error:
        raise _damaged(folder / BASELINE, error) from error
    return {name for name in names if name == Path(name).name and name.endswith(".jsonl")}


def _facts(run: BaselineRun) -> dict[str, object]:
    return {
        "file": run.file,
        "testset": run.testset,
        "source_lang": run.source_lang,
        "target_lang": run.target_lang,
        "digest": run.digest,
        "system": run.system,
        "run": run.run,
        "segments": len(run.ids),
        "scores": [dataclasses.asdict(score) for score in run.scores],
    }


def _segments(run: BaselineRun) -> bytes:
    tables = {name: [_short(row) for row in run.statistics[name]] for name in run.statistics}
    lines = []
    for row, (id_, hypothesis) in enumerate(zip(run.ids, run.hypotheses, strict=True)):
        statistics = {name: table[row] for name, table in tables.items()}
        segment = {"id": id_, "hypothesis": hypothesis, "statistics": statistics}
        lines.append(json.dumps(segment, ensure_ascii=False))
    return ("\n".join(lines) + "\n").encode()


def _short(row: Array) -> list[float]:
    """Counts without `.0`; other numbers as the shortest text that reads back as the same."""
    return [int(number) if number.is_integer() else number for number in row.tolist()]


def _read_run(folder: Path, facts: Mapping[str, Any]) -> BaselineRun:
    scores = tuple(BaselineScore(**score) for score in facts["scores"])
    names = [score.metric for score in scores]
    run = BaselineRun(
        testset=str(facts["testset"]),
        source_lang=str(facts["source_lang"]),
        target_lang=str(facts["target_lang"]),
        digest=str(facts["digest"]),
        system=str(facts["system"]),
        run=str(facts["run"]),
        scores=scores,
        ids=(),
        hypotheses=(),
        statistics={},
    )
    segments = _read_segments(folder / run.file, names)
    if len(segments) != facts["segments"]:
        raise ValueError(f"{run.file} has {len(segments)} lines, not {facts['segments']}")
    return dataclasses.replace(
        run,
        ids=tuple(segment["id"] for segment in segments),
        hypotheses=tuple(segment["hypothesis"] for segment in segments),
        statistics={
            name: np.array([segment["statistics"][name] for segment in segments], dtype=np.float64)
            for name in names
        },
    )


def _read_segments(path: Path, metrics: Sequence[str]) -> list[Any]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise EvalHarnessError(
            f"missing from the baseline: {error.strerror}", where=path, mend=_RESTORE
        ) from error
    except UnicodeDecodeError as error:
        raise _damaged(path, error) from error
    segments: list[Any] = []
    for number, line in enumerate(lines, 1):
        if not line and number == len(lines):
            continue
        try:
            segment = json.loads(line)
            _check_segment(segment, metrics, segments)
        except _DAMAGES as error:
            raise _damaged(f"{path}:{number}", error) from error
        segments.append(segment)
    return segments


def _check_segment(segment: Any, metrics: Sequence[str], before: Sequence[Any]) -> None:
    for name in ("id", "hypothesis"):
        if not isinstance(segment[name], str):
            raise TypeError(f"{name} is {segment[name]!r}")
    for name in metrics:
        row = segment["statistics"][name]
        if not all(type(number) in (int, float) and math.isfinite(number) for number in row):
            raise ValueError(f"statistics of {name} are {row}")
        if before and len(row) != len(before[0]["statistics"][name]):
            raise ValueError(f"{len(row)} statistics of {name}")


def damaged_baseline(where: Path | str, what: str) -> EvalHarnessError:
    """Returns the error that says so."""
    return EvalHarnessError(f"damaged: {what}", where=where, mend=_RESTORE)


_RESTORE = "restore the baseline from git, or write it anew with gate update=true"


def _damaged(where: Path | str, error: Exception) -> EvalHarnessError:
    return damaged_baseline(where, f"{type(error).__name__}: {error}")
