"""The fetch command: downloads what a run would load, so that the run needs no network."""

from __future__ import annotations

import logging
import sys
from itertools import chain

from omegaconf import DictConfig

from evalharness.config import Format, build, build_all
from evalharness.errors import EvalHarnessError
from evalharness.escaping import visible
from evalharness.hub import Checkpoint, readable_size
from evalharness.metrics import Metric
from evalharness.render import show
from evalharness.systems import System
from evalharness.terminal import results_console
from evalharness.testsets import TestSet
from evalharness.translation import check_supported
from evalharness.values import Cell, Column, Page, Row, Table
from evalharness.weights import checkpoints_of

log = logging.getLogger(__name__)


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
    for bitext in bitexts:
        log.info("%s %s: %d segments are here", testset.name, bitext.pair, len(bitext.segments))
    checkpoints = checkpoints_of(system, bitexts)
    if not checkpoints and config.format is Format.table:
        _print(f"{system.name}: nothing to fetch")
    needed = chain(checkpoints, *(metric.checkpoints() for metric in metrics))
    rows = [_fetch(checkpoint, config.format) for checkpoint in needed]
    parts: list[System | Metric] = [system, *metrics]
    for part in parts:
        if reason := part.missing_requirement():
            log.warning("%s: cannot run here yet: %s", part.name, reason)
    if config.format is not Format.table:
        show(
            Page((Table("checkpoints", "", _COLUMNS, tuple(rows)),), title="Checkpoints"),
            config.format,
        )
    return 0


def _fetch(checkpoint: Checkpoint, form: Format) -> Row:
    """Downloads a checkpoint; for people it is named as soon as it is here."""
    checkpoint.fetch()
    identity = checkpoint.identity()
    known_by = str(identity.get("commit") or f"sha256:{identity['sha256']}")
    size = sum(path.stat().st_size for path in checkpoint.files())
    folder = str(checkpoint.folder())
    if form is Format.table:
        _print("\t".join(map(visible, (checkpoint.name, known_by, readable_size(size), folder))))
    cells: tuple[str | int, ...] = (checkpoint.name, known_by, size, folder)
    return Row({column.key: Cell(cell) for column, cell in zip(_COLUMNS, cells, strict=True)})


_COLUMNS = (
    Column("checkpoint", "checkpoint"),
    Column("identity", "commit or digest"),
    Column("bytes", "bytes", number=True),
    Column("folder", "folder"),
)


def _print(line: str) -> None:
    with results_console():
        sys.stdout.write(f"{line}\n")
