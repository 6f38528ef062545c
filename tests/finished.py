"""Finished runs for tests, made without the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from omegaconf import OmegaConf

from evalharness.config import build
from evalharness.scoring import Translated, score
from evalharness.store import Run, RunRecord, write_run
from evalharness.testsets import Bitext, Segment

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


def finished(
    results: Path,
    system: str,
    of: Bitext,
    hypotheses: Sequence[str],
    *configured: Mapping[str, object],
) -> RunRecord:
    """Scores a system's output and writes its run folder."""
    metrics = [build(OmegaConf.create(dict(config)), "metric") for config in configured]
    (scoring,) = score(metrics, [Translated(of, hypotheses)], resamples=100, seed=1, absent={})
    names = [metric.name for metric in metrics]
    run = Run(
        system,
        {"system": system, "hypotheses": list(hypotheses)},
        of,
        hypotheses,
        scoring,
        dict(zip(names, configured, strict=True)),
    )
    return write_run(results, run, {}, "")
