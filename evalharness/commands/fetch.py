"""The fetch command: downloads what a run would load, so that the run needs no network."""

from __future__ import annotations

import sys

from omegaconf import DictConfig

from evalharness.config import build, build_all
from evalharness.errors import EvalHarnessError
from evalharness.escaping import visible
from evalharness.hub import Checkpoint, readable_size
from evalharness.metrics import Metric
from evalharness.systems import System
from evalharness.terminal import results_console
from evalharness.testsets import TestSet
from evalharness.translation import check_supported
from evalharness.weights import checkpoints_of


def fetch(config: DictConfig) -> int:
    """Downloads what the system and the metrics load, and prints where it lies.

    Raises:
        EvalHarnessError: A checkpoint cannot be downloaded, or the configuration is wrong.
    """
    system: System = build(config.model, "model")
    testset: TestSet = build(config.testset, "testset")
    metrics: list[Metric] = build_all(config.metric, "metric")
    if reason := testset.missing_requirement():
        raise EvalHarnessError(f"cannot run here: {reason}", where=testset.name)
    bitexts = testset.load()
    check_supported(system, bitexts)
    checkpoints = checkpoints_of(system, bitexts)
    if not checkpoints:
        _print(f"{system.name}: nothing to fetch")
    for checkpoint in checkpoints:
        _fetch(checkpoint)
    for metric in metrics:
        for checkpoint in metric.checkpoints():
            _fetch(checkpoint)
    return 0


def _fetch(checkpoint: Checkpoint) -> None:
    checkpoint.fetch()
    _print(_line(checkpoint))


def _line(checkpoint: Checkpoint) -> str:
    """Name, commit or digest, size and folder, with tabs between them."""
    identity = checkpoint.identity()
    known_by = identity.get("commit") or f"sha256:{identity['sha256']}"
    size = sum(path.stat().st_size for path in checkpoint.files())
    facts = (checkpoint.name, known_by, readable_size(size), str(checkpoint.folder()))
    return "\t".join(map(visible, facts))


def _print(line: str) -> None:
    with results_console():
        sys.stdout.write(f"{line}\n")
