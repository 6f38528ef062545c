"""Writing a baseline from finished runs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.evidence import FoundRun, load_evidence
from evalharness.gate.runs import Candidate
from evalharness.store.baselines import (
    BASELINE,
    BaselineRun,
    BaselineScore,
    read_baseline,
    write_baseline,
)
from evalharness.views.gate import shown

log = logging.getLogger(__name__)


def update(folder: Path, candidate: Candidate) -> list[str]:
    """Writes the candidate's runs as the baseline, in the place of an older one.

    Returns:
        What it now holds, and what it held before and no longer does, a line each.

    Raises:
        EvalHarnessError: A run has failed segments or no score, it is not clear which run is meant,
            or the folder cannot be written.
    """
    keys = sorted({(run.record.testset, run.record.pair) for run in candidate.runs})
    runs = [_baseline_run(candidate.one_of(candidate.on(*key))) for key in keys]
    held = _questions(_older(folder))
    write_baseline(folder, runs)
    return [
        *(f"{run.testset} {run.pair}: {run.system}, {_told(run)}" for run in runs),
        *(f"no longer: {question}" for question in held if question not in set(_questions(runs))),
    ]


def _baseline_run(found: FoundRun) -> BaselineRun:
    record = found.record
    if record.failed:
        raise EvalHarnessError(
            f"{record.failed} of {record.segments} segments failed: no baseline",
            where=found.path,
            mend="run it again",
        )
    if not record.scores:
        raise EvalHarnessError("has no score: no baseline", where=found.path, mend="run it again")
    for absent in record.unavailable:
        log.warning("%s: left out: %s: %s", found.path, absent.metric, absent.reason)
    evidence = load_evidence(found, [score.metric for score in record.scores])
    return BaselineRun(
        record.testset,
        record.source_lang,
        record.target_lang,
        record.digest,
        record.system,
        found.label,
        tuple(
            BaselineScore(score.metric, score.score, score.higher_is_better, score.signature)
            for score in record.scores
        ),
        tuple(segment.id for segment in evidence.segments),
        tuple(str(text) for text in evidence.translated.hypotheses),
        evidence.statistics,
    )


def _older(folder: Path) -> list[BaselineRun]:
    """What lies there; nothing where it cannot be read, and is to be written anew."""
    if not (folder / BASELINE).is_file():
        return []
    try:
        return read_baseline(folder)
    except EvalHarnessError as error:
        log.warning("%s", error)
        return []


def _questions(runs: list[BaselineRun]) -> Iterator[str]:
    for run in runs:
        yield from (f"{run.testset} {run.pair} {score.metric}" for score in run.scores)


def _told(run: BaselineRun) -> str:
    scores = [f"{score.metric} {shown(score.metric, score.score)}" for score in run.scores]
    return ", ".join([f"{len(run.ids)} segments", *scores])
