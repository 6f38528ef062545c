"""Reading a baseline, which may have been edited or merged by hand."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from evalharness.errors import EvalHarnessError
from evalharness.gate.baselines.baseline import (
    BASELINE,
    SCHEMA_VERSION,
    BaselineCheck,
    BaselineRun,
    BaselineScore,
    damaged_baseline,
)
from evalharness.reading import DAMAGES, parse_json, read_file
from evalharness.results import check_names
from evalharness.stats import passes_of
from evalharness.stats.aggregates import read_aggregate

_SEGMENTS = re.compile(r".+\.[A-Za-z0-9]+(-[A-Za-z0-9]+)+\.jsonl")
"""`<testset>.<source>-<target>.jsonl`."""


class Source(NamedTuple):
    """Where the files of a baseline are read: a folder, or a revision of one.

    Attributes:
        where: What errors call it.
        names: The names of its files.
        read: Reads one of them.
    """

    where: Path | str
    names: frozenset[str]
    read: Callable[[str], bytes]

    def place(self, name: str) -> str:
        """What errors call a file."""
        return f"{self.where}/{name}"


def in_folder(folder: Path) -> Source:
    """Returns a folder as a source."""
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return Source(folder, frozenset(names), lambda name: read_file(folder / name))


def read_baseline(source: Source) -> list[BaselineRun]:
    """Reads a baseline.

    Raises:
        EvalHarnessError: There is none, it is damaged, or a newer evalharness wrote it.
    """
    place = source.place(BASELINE)
    about = read_about(source)
    try:
        if about["schema_version"] != SCHEMA_VERSION:
            raise EvalHarnessError(
                "written by another version of evalharness (schema_version"
                f" {about['schema_version']})",
                where=place,
                hint="update evalharness, or write it anew with gate update=true",
            )
        runs = [_read_run(source, dict(run)) for run in about["runs"]]
        if not runs:
            raise ValueError("nothing to hold a candidate to")
        files = {run.file for run in runs}
        if len(files) < len(runs):
            raise ValueError("two runs on the same language pair")
        if left := sorted(set(filter(_SEGMENTS.fullmatch, source.names)) - files):
            raise EvalHarnessError(
                f"does not name {', '.join(left)}, which lies beside it",
                where=place,
                hint="restore the baseline from git, or delete that file",
            )
        return runs
    except DAMAGES as error:
        raise _damaged(place, error) from error


def read_about(source: Source) -> Any:
    """Reads what `baseline.json` holds, whatever that is.

    Raises:
        EvalHarnessError: There is none, or it is no JSON.
    """
    place = source.place(BASELINE)
    try:
        return parse_json(source.read(BASELINE))
    except OSError as error:
        raise EvalHarnessError(
            f"no baseline: {error.strerror}",
            where=place,
            hint="gate update=true baseline=DIR candidate=RESULTS writes one",
        ) from error
    except ValueError as error:
        raise _damaged(place, error) from error


def _read_run(source: Source, facts: Mapping[str, Any]) -> BaselineRun:
    options = dict(facts.get("metrics", {}))
    scores = tuple(_read_score(score, options) for score in facts["scores"])
    metrics = [score.metric for score in scores]
    if not metrics:
        raise ValueError("nothing to hold a candidate to")
    if len(set(metrics)) < len(metrics):
        raise ValueError("two scores of one metric")
    names = {key: facts[key] for key in ("testset", "source_lang", "target_lang", "system", "run")}
    check_names(*names.values(), *metrics)
    if not isinstance(facts.get("prompt", ""), str):
        raise TypeError(f"prompt is {facts['prompt']!r}")
    run = BaselineRun(
        **names,
        digest=str(facts["digest"]),
        prompt=facts.get("prompt"),
        scores=scores,
        ids=(),
        hypotheses=(),
        statistics={},
    )
    segments = _read_segments(source, run.file, metrics)
    if len(segments) != facts["segments"]:
        raise ValueError(f"{run.file} has {len(segments)} lines, not {facts['segments']}")
    made = {1 + len(segment.get("repeats", ())) for segment in segments}
    if not {passes_of(score.aggregate) for score in scores if score.aggregate} <= made:
        raise ValueError(f"{run.file} has another number of passes than its scores")
    ids = tuple(segment["id"] for segment in segments)
    repeats = [segment.get("repeats", ()) for segment in segments]
    return replace(
        run,
        ids=ids,
        checks=_read_checks(facts.get("checks", []), ids),
        hypotheses=tuple(segment["hypothesis"] for segment in segments),
        repeats=tuple(zip(*repeats, strict=True)),
        statistics={
            name: np.array([segment["statistics"][name] for segment in segments], dtype=np.float64)
            for name in metrics
        },
    )


def _read_score(facts: Mapping[str, Any], options: Mapping[str, Any]) -> BaselineScore:
    score = BaselineScore(
        facts["metric"], facts["score"], facts["higher_is_better"], facts["signature"]
    )
    named = isinstance(score.metric, str) and isinstance(score.signature, str)
    if not (named and isinstance(score.higher_is_better, bool) and _is_number(score.score)):
        raise TypeError(f"{facts} is no score")
    more = dict(options.get(score.metric, {}))
    margin = more.get("margin")
    if margin is not None and not (_is_number(margin) and margin > 0):
        raise ValueError(f"{margin!r} is not a margin of {score.metric}")
    aggregate = read_aggregate(more.get("aggregate"))
    return replace(score, aggregate=aggregate, margin=margin)


def _read_checks(facts: Any, ids: Sequence[str]) -> tuple[BaselineCheck, ...]:
    if not isinstance(facts, list):
        raise TypeError(f"checks are {facts!r}")
    checks = tuple(_read_check(check, ids) for check in facts)
    check_names(*(held.check for held in checks))
    if len({held.check for held in checks}) < len(checks):
        raise ValueError("one check twice")
    return checks


def _read_check(facts: Mapping[str, Any], ids: Sequence[str]) -> BaselineCheck:
    if not all(isinstance(facts.get(name, []), list) for name in ("flagged", "unjudged")):
        raise TypeError(f"{facts} is no check")
    held = BaselineCheck(
        facts["check"],
        facts["signature"],
        tuple(facts["flagged"]),
        tuple(facts.get("unjudged", ())),
        facts.get("margin"),
        facts.get("max_rate"),
    )
    if not (isinstance(held.check, str) and isinstance(held.signature, str)):
        raise TypeError(f"{facts} is no check")
    named = [*held.flagged, *held.unjudged]
    if len(set(named)) < len(named) or not set(named) <= set(ids):
        raise ValueError(f"{held.check}: segments twice, or that are not there")
    for limit in (held.margin, held.max_rate):
        if limit is not None and not (_is_number(limit) and 0 < limit < 1):
            raise ValueError(f"{held.check}: {limit!r} is no rate between 0 and 1")
    return held


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _read_segments(source: Source, name: str, metrics: Sequence[str]) -> list[Any]:
    place = source.place(name)
    try:
        lines = source.read(name).split(b"\n")
    except OSError as error:
        raise damaged_baseline(place, f"missing: {error.strerror}") from error
    segments: list[Any] = []
    for number, line in enumerate(lines, 1):
        if not line and number == len(lines):
            continue
        try:
            segment = parse_json(line)
            _check_segment(segment, metrics, segments)
        except DAMAGES as error:
            raise _damaged(f"{place}:{number}", error) from error
        segments.append(segment)
    return segments


def _check_segment(segment: Any, metrics: Sequence[str], before: Sequence[Any]) -> None:
    for name in ("id", "hypothesis"):
        if not isinstance(segment[name], str):
            raise TypeError(f"{name} is {segment[name]!r}")
    repeats = segment.get("repeats", [])
    if not (isinstance(repeats, list) and all(isinstance(text, str) for text in repeats)):
        raise TypeError(f"repeats are {repeats!r}")
    for name in metrics:
        row = segment["statistics"][name]
        if not all(map(_is_number, row)):
            raise ValueError(f"statistics of {name} are {row}")
        if before and len(row) != len(before[0]["statistics"][name]):
            raise ValueError(f"{len(row)} statistics of {name}")
    if left := sorted(segment["statistics"].keys() - set(metrics)):
        raise ValueError(f"statistics of {', '.join(left)}, but no score")


def _damaged(where: str, error: Exception) -> EvalHarnessError:
    return damaged_baseline(where, f"{type(error).__name__}: {error}")
