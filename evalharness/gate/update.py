"""Writing a baseline from finished runs."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.gate.baselines import (
    BASELINE,
    BaselineCheck,
    BaselineRun,
    BaselineScore,
    in_folder,
    read_baseline,
    write_baseline,
)
from evalharness.gate.candidate import Candidate
from evalharness.gate.flags import flags_to_hold
from evalharness.gate.limits import Limits
from evalharness.gate.margins import Margins
from evalharness.gate.reasons import shown
from evalharness.gate.sides import score_again
from evalharness.metrics import Metric
from evalharness.rescoring import Rescorer, find_rescorer, release
from evalharness.results import Run, aggregate_of
from evalharness.stats.bootstrap import Array
from evalharness.values import CheckRate, Score

log = logging.getLogger(__name__)

_Held = tuple[BaselineScore, Array]
"""A score, and its statistics of shape (n_segments, k)."""


def update(
    folder: Path,
    candidate: Candidate,
    margins: Margins,
    metrics: Mapping[str, Metric],
    limits: Limits,
) -> list[str]:
    """Writes the candidate's runs as the baseline, in the place of an older one.

    Args:
        folder: The baseline's folder.
        candidate: The runs.
        margins: The margins that later candidates are held to.
        metrics: What the runs are scored again with, where it is here.
        limits: What later candidates are asked by checks, and the checks that look again.

    Returns:
        What it now holds, and what it held before and no longer does, a line each.

    Raises:
        EvalHarnessError: A run has failed segments or no score, a metric has no margin, there is a
            limit for a metric or check that no run has, it is not
            clear which run is meant, or the folder cannot be written.
    """
    keys = sorted({(run.testset, run.pair) for run in candidate.runs})
    found = [candidate.one_of(candidate.on(*key)) for key in keys]
    checks = [rate.check for run in found for rate in run.checks]
    limits.check_known(checks, (*metrics, *(score.metric for run in found for score in run.scores)))
    scores = _scores(found, margins, metrics)
    runs = [_baseline_run(run, held, limits) for run, held in zip(found, scores, strict=True)]
    held = _questions(_older(folder))
    write_baseline(folder, runs)
    return [
        *(f"{run.testset} {run.pair}: {run.system}, {_in_words(run)}" for run in runs),
        *(f"no longer: {question}" for question in held if question not in set(_questions(runs))),
    ]


def _scores(
    runs: Sequence[Run], margins: Margins, metrics: Mapping[str, Metric]
) -> list[list[_Held]]:
    """The scores of each run; one metric scores all runs before the next one does."""
    for run in runs:
        _check_complete(run)
    found: list[dict[str, _Held]] = [{} for _ in runs]
    for name in dict.fromkeys(score.metric for run in runs for score in run.scores):
        for run, held in zip(runs, found, strict=True):
            for score in run.scores:
                if score.metric == name:
                    held[name] = _baseline_score(run, score, margins, metrics)
        release(metrics, name)
    return [
        [held[score.metric] for score in run.scores] for run, held in zip(runs, found, strict=True)
    ]


def _check_complete(run: Run) -> None:
    if run.outputs.failed:
        raise EvalHarnessError(
            f"{run.outputs.failed} of {run.segments} segments failed: no baseline",
            where=run.path,
            hint="run it again",
        )
    if not run.scores:
        raise EvalHarnessError("has no score: no baseline", where=run.path, hint="run it again")
    for absent in run.unavailable:
        log.warning("%s: left out: %s: %s", run.path, absent.metric, absent.reason)


def _baseline_run(run: Run, held: Sequence[_Held], limits: Limits) -> BaselineRun:
    outputs = run.outputs
    return BaselineRun(
        run.testset,
        run.source_lang,
        run.target_lang,
        run.digest,
        run.system,
        run.label,
        tuple(score for score, _ in held),
        tuple(segment.id for segment in outputs.bitext.segments),
        tuple(outputs.texts),
        {score.metric: table for score, table in held},
        tuple(_baseline_check(run, rate, limits) for rate in run.checks),
        tuple(tuple(one.texts) for one in outputs.further),
        outputs.prompt,
    )


def _baseline_check(run: Run, rate: CheckRate, limits: Limits) -> BaselineCheck:
    """What a check flags, and what it is to be asked later."""
    held, believed = flags_to_hold(run, rate, limits.check(rate.check))
    asked = {limit.option: limit.rate for limit in limits.asked(rate.check, None)}
    if believed and asked:
        log.warning("%s: %s believed, not looked at again: %s", run.path, rate.check, believed)
    return replace(held, margin=asked.get("margin"), max_rate=asked.get("max_rate"))


def _baseline_score(
    run: Run, score: Score, margins: Margins, metrics: Mapping[str, Metric]
) -> _Held:
    """A score and its statistics, of the hypotheses where the metric is here."""
    rescorer = find_rescorer(metrics, score.metric, score.signature, run.bitext)
    choice = rescorer.choice if isinstance(rescorer, Rescorer) else None
    held = BaselineScore(score.metric, score.score, score.higher_is_better, score.signature)
    margin = margins.margin_of(held, choice)  # before minutes of scoring
    if isinstance(rescorer, Rescorer):
        total, table = score_again(run, score, rescorer)
    else:
        log.warning("%s: %s believed, not scored again: %s", run.path, score.metric, rescorer)
        total, table = score.score, run.statistics(score.metric)
    return replace(held, score=total, aggregate=aggregate_of(score), margin=margin), table


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


def _in_words(run: BaselineRun) -> str:
    scores = [f"{score.metric} {shown(score.metric, score.score)}" for score in run.scores]
    return ", ".join([f"{len(run.ids)} segments", *scores])
