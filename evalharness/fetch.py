"""The fetch command: downloads what a run would load, so that the run needs no network."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from omegaconf import DictConfig

from evalharness.config import build
from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint, readable_size
from evalharness.systems import FileSystem, System
from evalharness.terminal import results_console
from evalharness.testsets import Bitext, TestSet
from evalharness.translation import check_supported


def fetch(config: DictConfig) -> int:
    """Downloads a system's checkpoints for the pairs of the test set, and prints where they lie.

    Raises:
        EvalHarnessError: A checkpoint cannot be downloaded, or the configuration is wrong.
    """
    system: System | FileSystem = build(config.model, "model")
    testset: TestSet = build(config.testset, "testset")
    if reason := testset.unavailable():
        raise EvalHarnessError(f"cannot run here: {reason}", where=testset.name)
    bitexts = testset.load()
    check_supported(system, bitexts)
    checkpoints = _distinct(system, bitexts)
    if not checkpoints:
        _print(f"{system.name}: nothing to fetch")
    for checkpoint in checkpoints:
        checkpoint.fetch()
        _print(_line(checkpoint))
    return 0


def _distinct(system: System | FileSystem, bitexts: Sequence[Bitext]) -> list[Checkpoint]:
    """The checkpoints of all pairs, each once."""
    pairs = [(bitext.source_lang, bitext.target_lang) for bitext in bitexts]
    return list(dict.fromkeys(made for pair in pairs for made in system.checkpoints(*pair)))


def _line(checkpoint: Checkpoint) -> str:
    """Name, commit or digest, size and folder, with tabs between them."""
    identity = checkpoint.identity()
    known_by = identity.get("commit") or f"sha256:{identity['sha256']}"
    size = sum(path.stat().st_size for path in checkpoint.files())
    return "\t".join((checkpoint.name, known_by, readable_size(size), str(checkpoint.folder())))


def _print(line: str) -> None:
    with results_console():
        sys.stdout.write(f"{line}\n")
