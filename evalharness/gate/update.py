"""Writing a baseline from finished runs."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.evidence import (
    FoundRun,
    Rescorer,
    aggregate_of,
    find_rescorer,
    read_checked,
)
from evalharness.gate.assess import Configured
from evalharness.gate.margins import Margins
from evalharness.gate.runs import Candidate
from evalharness.gate.sides import score_again
from evalharness.metrics import Metric
from evalharness.metrics.base import Array
from evalharness.scoring import Score, Translated
from evalharness.store import read_translated
from evalharness.store.baselines import (
    BASELINE,
    BaselineRun,
    BaselineScore,
    in_folder,
    read_baseline,
    write_baseline,
)
from evalharness.views.gate import shown

log = logging.getLogger(__name__)


def update(folder: Path, candidate: Candidate, margins: Margins, metrics: Configured) -> list[str]:
    """Writes the candidate's runs as the baseline, in the place of an older one.

    Args:
        folder: The baseline's folder.
        candidate: The runs.
        margins: The margins that later candidates are held to.
        metrics: What the runs are scored again with, where it is here.

    Returns:
        What it now holds, and what it held before and no longer does, a line each.

    Raises:
        EvalHarnessError: A run has failed segments or no score, it is not clear which run is meant,
            or the folder cannot be written.
    """
    keys = sorted({(run.record.testset, run.record.pair) for run in candidate.runs})
    found = [candidate.one_of(candidate.on(*key)) for key in keys]
    runs = [_baseline_run(run, margins, metrics(run.record.target_lang)) for run in found]
    held = _questions(_older(folder))
    write_baseline(folder, runs)
    return [
        *(f"{run.testset} {run.pair}: {run.system}, {_told(run)}" for run in runs),
        *(f"no longer: {question}" for question in held if question not in set(_questions(runs))),
    ]


def _baseline_run(found: FoundRun, margins: Margins, metrics: Mapping[str, Metric]) -> BaselineRun:
    record = found.record
    translated = read_translated(found.root, record)
    hypotheses = tuple(text for text in translated.hypotheses if text is not None)
    if failed := len(translated.hypotheses) - len(hypotheses):
        raise EvalHarnessError(
            f"{failed} of {record.segments} segments failed: no baseline",
            where=found.path,
            mend="run it again",
        )
    if not record.scores:
        raise EvalHarnessError("has no score: no baseline", where=found.path, mend="run it again")
    for absent in record.unavailable:
        log.warning("%s: left out: %s: %s", found.path, absent.metric, absent.reason)
    held = [_baseline_score(found, score, translated, margins, metrics) for score in record.scores]
    return BaselineRun(
        record.testset,
        record.source_lang,
        record.target_lang,
        record.digest,
        record.system,
        found.label,
        tuple(score for score, _ in held),
        tuple(segment.id for segment in translated.bitext.segments),
        hypotheses,
        {score.metric: table for score, table in held},
    )


def _baseline_score(
    found: FoundRun,
    score: Score,
    translated: Translated,
    margins: Margins,
    metrics: Mapping[str, Metric],
) -> tuple[BaselineScore, Array]:
    """A score and its statistics, of the hypotheses where the metric is here."""
    rescorer = find_rescorer(metrics, score.metric, score.signature, translated.bitext.segments)
    if isinstance(rescorer, Rescorer):
        total, table = score_again(found, score, translated, rescorer)
        choice = rescorer.choice
    else:
        log.warning("%s: %s believed, not scored again: %s", found.path, score.metric, rescorer)
        total, table, choice = score.score, read_checked(found, score), None
    held = BaselineScore(score.metric, total, score.higher_is_better, score.signature)
    margin = margins.known(held, choice)
    return replace(held, aggregate=aggregate_of(score), margin=margin), table


def _older(folder: Path) -> list[BaselineRun]:
    """What lies there; nothing where it cannot be read, and is to be written anew."""
    if not (folder / BASELINE).is_file():
        return []
    try:
        return read_baseline(in_folder(folder))
    except EvalHarnessError as error:
        log.warning("%s", error)
        return []


def _questions(runs: list[BaselineRun]) -> Iterator[str]:
    for run in runs:
        yield from (f"{run.testset} {run.pair} {score.metric}" for score in run.scores)


def _told(run: BaselineRun) -> str:
    scores = [f"{score.metric} {shown(score.metric, score.score)}" for score in run.scores]
    return ", ".join([f"{len(run.ids)} segments", *scores])
