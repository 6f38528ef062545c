"""Finished runs for tests, made without the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from evalharness.checks import Check
from evalharness.config import build
from evalharness.metrics import Metric
from evalharness.results import Run, write_run
from evalharness.scoring import score
from evalharness.stats.bootstrap import Array
from evalharness.values import Bitext, Outputs, Segment
from evalharness.values.outputs import Observations, count_observations

BLEU = {"_target_": "evalharness.metrics.BLEU"}
CHRF = {"_target_": "evalharness.metrics.CHRF"}
TER = {"_target_": "evalharness.metrics.TER"}
LENGTH = {"_target_": "own_metrics.Length"}


def bitext(
    references: Sequence[str],
    *,
    testset: str = "news",
    lang: str = "tr",
    documents: Sequence[str] | None = None,
) -> Bitext:
    segments = tuple(
        Segment(str(n + 1), n, documents[n] if documents else None, f"source {n}", (reference,))
        for n, reference in enumerate(references)
    )
    return Bitext(testset, lang, "en", segments, "src.txt", len(segments), ("human",))


def counted(outputs: Outputs, name: str) -> Any:
    """How many segments have an observation of the system; of texts, by the text."""
    return count_observations(outputs.observations).get(name, {})


def statistics_of(metric: Metric, references: Sequence[str], hypotheses: Sequence[str]) -> Array:
    """A metric's statistics of one system's output."""
    return metric.judge(Outputs("system", bitext(references), tuple(hypotheses))).statistics


def finished(
    results: Path,
    system: str,
    bitext: Bitext,
    hypotheses: Sequence[str],
    *configured: Mapping[str, object],
    checks: Sequence[Check] = (),
    observations: Sequence[Observations] = (),
    seed: int = 1,
) -> Run:
    """Scores a system's output and writes its run folder."""
    outputs = Outputs(system, bitext, tuple(hypotheses), observations)
    return finished_outputs(results, outputs, *configured, checks=checks, seed=seed)


def finished_outputs(
    results: Path,
    outputs: Outputs,
    *configured: Mapping[str, object],
    checks: Sequence[Check] = (),
    seed: int = 1,
) -> Run:
    """Scores outputs and writes their run folder."""
    metrics = [build(OmegaConf.create(dict(config)), "metric") for config in configured]
    (scoring,) = score(metrics, [outputs], resamples=100, seed=seed, absent={}, checks=checks)
    names = [metric.name for metric in metrics]
    return write_run(
        results,
        outputs,
        scoring,
        fingerprint={"system": outputs.system, "hypotheses": list(outputs.hypotheses)},
        metrics=dict(zip(names, configured, strict=True)),
        circumstances={},
        config_yaml="",
    )
