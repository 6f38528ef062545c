"""Reading a baseline, which may have been edited or merged by hand."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evalharness.errors import EvalHarnessError
from evalharness.reading import DAMAGES, parse_json, read_file, read_json
from evalharness.store.baselines.values import (
    BASELINE,
    SCHEMA_VERSION,
    BaselineRun,
    BaselineScore,
    damaged_baseline,
)
from evalharness.store.records import check_names


def read_baseline(folder: Path) -> list[BaselineRun]:
    """Reads a baseline.

    Raises:
        EvalHarnessError: There is none, it is damaged, or a newer evalharness wrote it.
    """
    path = folder / BASELINE
    about = read_about(folder)
    try:
        if about["schema_version"] != SCHEMA_VERSION:
            raise EvalHarnessError(
                f"written by another evalharness (schema_version {about['schema_version']})",
                where=path,
                mend="update evalharness, or write it anew with gate update=true",
            )
        runs = [_read_run(folder, dict(run)) for run in about["runs"]]
        if not runs or not all(run.scores for run in runs):
            raise ValueError("nothing to hold a candidate to")
        if len({run.key for run in runs}) < len(runs):
            raise ValueError("two runs on the same language pair")
        return runs
    except DAMAGES as error:
        raise _damaged(path, error) from error


def read_about(folder: Path) -> Any:
    """Reads what `baseline.json` holds, whatever that is.

    Raises:
        EvalHarnessError: There is none, or it is no JSON.
    """
    path = folder / BASELINE
    try:
        return read_json(path)
    except OSError as error:
        raise EvalHarnessError(
            f"no baseline: {error.strerror}",
            where=path,
            mend="gate update=true baseline=DIR candidate=RESULTS writes one",
        ) from error
    except ValueError as error:
        raise _damaged(path, error) from error


def _read_run(folder: Path, facts: Mapping[str, Any]) -> BaselineRun:
    scores = tuple(_read_score(score) for score in facts["scores"])
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
    check_names(run.testset, run.source_lang, run.target_lang, run.system, *names)
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


def _read_score(facts: Mapping[str, Any]) -> BaselineScore:
    score = BaselineScore(**facts)
    named = isinstance(score.metric, str) and isinstance(score.signature, str)
    if not (named and isinstance(score.higher_is_better, bool) and _is_number(score.score)):
        raise TypeError(f"{facts} is no score")
    return score


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _read_segments(path: Path, metrics: Sequence[str]) -> list[Any]:
    try:
        lines = read_file(path).split(b"\n")
    except OSError as error:
        raise damaged_baseline(path, f"missing: {error.strerror}") from error
    segments: list[Any] = []
    for number, line in enumerate(lines, 1):
        if not line and number == len(lines):
            continue
        try:
            segment = parse_json(line)
            _check_segment(segment, metrics, segments)
        except DAMAGES as error:
            raise _damaged(f"{path}:{number}", error) from error
        segments.append(segment)
    return segments


def _check_segment(segment: Any, metrics: Sequence[str], before: Sequence[Any]) -> None:
    for name in ("id", "hypothesis"):
        if not isinstance(segment[name], str):
            raise TypeError(f"{name} is {segment[name]!r}")
    for name in metrics:
        row = segment["statistics"][name]
        if not all(map(_is_number, row)):
            raise ValueError(f"statistics of {name} are {row}")
        if before and len(row) != len(before[0]["statistics"][name]):
            raise ValueError(f"{len(row)} statistics of {name}")


def _damaged(where: Path | str, error: Exception) -> EvalHarnessError:
    return damaged_baseline(where, f"{type(error).__name__}: {error}")
