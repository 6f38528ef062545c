"""Tiny COMET checkpoints, each built once, and metrics on them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from evalharness.metrics import Comet
from evalharness.values import Bitext, Outputs, Segment

from . import tiny_comet
from .peer import Sample

KINDS = ("regression", "referenceless", "unified", "unified_without_reference", "xcomet")

TinyComet = Callable[..., Path]
MakeMetric = Callable[..., Comet]
MakeOdd = Callable[..., Path]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TinyComet:
    """Builds the tiny checkpoint of a kind and its hyperparameters, once."""
    root = tmp_path_factory.mktemp("comet")

    def checkpoint(kind: str, **hparams: Any) -> Path:
        encoder = root / f"encoder-{hparams.get('encoder_model', 'usual')}"
        if not encoder.exists():
            tiny_comet.build_encoder(encoder, hparams.get("encoder_model", "XLM-RoBERTa"))
        folder = root / "-".join([kind, *(f"{key}.{hparams[key]}" for key in sorted(hparams))])
        if not folder.exists():
            getattr(tiny_comet, f"build_{kind}")(folder, encoder, **hparams)
        return folder

    return checkpoint


@pytest.fixture
def metric(tmp_path: Path) -> MakeMetric:
    """Makes a metric of a checkpoint, with a store of this test's own."""

    def make(checkpoint: Path, **options: Any) -> Comet:
        return Comet(str(checkpoint), **{"store": str(tmp_path / "store"), **options})

    return make


@pytest.fixture
def odd(tiny: TinyComet, tmp_path: Path) -> MakeOdd:
    """Copies a tiny checkpoint and makes the copy odd."""

    def make(
        oddity: Callable[..., Path], *arguments: Any, kind: str = "regression", **options: Any
    ):
        copy = shutil.copytree(tiny(kind), tmp_path / "odd" / kind)
        return oddity(copy, *arguments, **options)

    return make


def outputs_of(segments: Sequence[Segment], hypotheses: Sequence[str]) -> Outputs:
    """A system's outputs, from Turkish into English."""
    bitext = Bitext("t", "tr", "en", tuple(segments), "src", len(segments), ("human",))
    return Outputs("system", bitext, tuple(hypotheses))


def outputs(samples: Sequence[Sample]) -> Outputs:
    """The outputs that samples are; those without `ref` have no reference."""
    segments = [
        Segment(f"s{at}", at, None, sample["src"], (sample["ref"],) if "ref" in sample else ())
        for at, sample in enumerate(samples)
    ]
    return outputs_of(segments, [sample["mt"] for sample in samples])


def scores(metric: Comet, samples: Sequence[Sample]) -> list[float]:
    """The segment scores of samples, by a metric that lets go of its network and stores."""
    judgement = metric.judge(outputs(samples))
    metric.release()
    return [float(score) for score in judgement.segment_scores]
