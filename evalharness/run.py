"""The run: test set, system, metrics, run folder, leaderboard, table."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from omegaconf import DictConfig

from evalharness.config import Format, build, redacted_yaml
from evalharness.disk import check_writable
from evalharness.environment import git_revision, versions
from evalharness.errors import EvalHarnessError
from evalharness.languages import language
from evalharness.leaderboard import rebuild, show
from evalharness.metrics import Metric
from evalharness.networks import check_device
from evalharness.scoring import score
from evalharness.stats import FEWEST_RESAMPLES, MOST_RESAMPLES
from evalharness.store import Run, RunRecord, check_name, write_run
from evalharness.systems import FileSystem, System
from evalharness.testsets import Bitext, TestSet
from evalharness.translation import Hypotheses, check_supported, translate

log = logging.getLogger(__name__)


def run(config: DictConfig) -> int:
    """Runs one system on one test set and prints the table; 1 if a segment failed, else 0."""
    records = make_runs(config)
    show(records, Format.table)
    return exit_code(records)


def exit_code(records: Sequence[RunRecord]) -> int:
    """Returns 1 if a system failed on a segment, else 0."""
    return 1 if any(record.failed for record in records) else 0


def make_runs(config: DictConfig) -> list[RunRecord]:
    """Translates and scores every pair of the test set; everything is checked beforehand."""
    _check(config)
    plan = _Plan(
        build(config.model, "model"),
        build(config.testset, "testset"),
        [build(node, f"metric.{name}") for name, node in config.metric.items()],
    )
    bitexts = plan.load()
    outputs = [plan.outputs(bitext) for bitext in bitexts]
    results = Path(config.results_dir)
    check_writable(results, "results_dir")
    check_writable(Path(config.store.dir), "store.dir")
    records = [
        _run_pair(plan, bitext.first(config.limit), lines, config)
        for bitext, lines in zip(bitexts, outputs, strict=True)
    ]
    rebuild(results)
    return records


@dataclass(frozen=True)
class _Plan:
    """Who translates what, and how it is scored."""

    system: System | FileSystem
    testset: TestSet
    metrics: Sequence[Metric]

    def load(self) -> Sequence[Bitext]:
        """Reads the test set, and checks that the system can run here and does all its pairs."""
        names = [metric.name for metric in self.metrics]
        if twice := {name for name in names if names.count(name) > 1}:
            raise EvalHarnessError(f"two metrics called {', '.join(twice)}", where="metric")
        for part, key in ((self.testset, "testset"), (self.system, "model")):
            check_name(part.name, f"{key}.name")
            if reason := part.unavailable():
                raise EvalHarnessError(f"cannot run here: {reason}", where=part.name)
        bitexts = self.testset.load()
        check_supported(self.system, bitexts)
        return bitexts

    def outputs(self, bitext: Bitext) -> list[str] | None:
        """Reads the outputs that already exist, one per source line; `None` for a translator."""
        if not isinstance(self.system, FileSystem):
            return None
        return self.system.hypotheses(
            bitext.source_lang, bitext.target_lang, bitext.source_path, bitext.source_lines
        )


def _run_pair(
    plan: _Plan, bitext: Bitext, outputs: Sequence[str] | None, config: DictConfig
) -> RunRecord:
    name, count = plan.system.name, len(bitext.segments)
    log.info("%s: %s %s, %d segments", name, bitext.testset, bitext.pair, count)
    started, clock = datetime.now(timezone.utc), time.monotonic()
    hypotheses = _hypotheses(plan.system, bitext, outputs, Path(config.store.dir))
    if empty := sum(text is not None and not text.strip() for text in hypotheses.texts):
        log.warning("%s: %d of %d hypotheses are empty", name, empty, count)
    scoring = score(
        plan.metrics,
        bitext.segments,
        hypotheses.texts,
        resamples=config.bootstrap.resamples,
        seed=config.seed,
    )
    circumstances = {
        "versions": versions(),
        "git_revision": git_revision(),
        "device": plan.system.hardware(),
        "started": started.isoformat(timespec="seconds"),
        "duration_seconds": round(time.monotonic() - clock, 3),
    }
    fingerprint = plan.system.fingerprint(bitext.source_lang, bitext.target_lang)
    run = Run(
        name,
        fingerprint,
        bitext,
        hypotheses.texts,
        scoring,
        hypotheses.from_store,
        hypotheses.truncated,
        hypotheses.unfinished,
        plan.system.notes(),
        hypotheses.failures,
        hypotheses.removed,
        hypotheses.usage,
    )
    return write_run(Path(config.results_dir), run, circumstances, redacted_yaml(config))


def _hypotheses(
    system: System | FileSystem, bitext: Bitext, outputs: Sequence[str] | None, store: Path
) -> Hypotheses:
    if isinstance(system, FileSystem):
        assert outputs is not None
        return Hypotheses(tuple(outputs[segment.position] for segment in bitext.segments))
    return translate(system, bitext, store)


def _check(config: DictConfig) -> None:
    versions()
    language(config.pivot, where="pivot")
    if not config.results_dir:
        raise EvalHarnessError("empty", where="results_dir", mend="give results_dir=DIR")
    check_device(config.device)
    if not config.metric:
        raise EvalHarnessError("none chosen", where="metric", mend="python -m evalharness list")
    if config.bootstrap.resamples > MOST_RESAMPLES:
        raise EvalHarnessError(f"more than {MOST_RESAMPLES}", where="bootstrap.resamples")
    for option, value, least in (
        ("limit", config.limit, 1),
        ("seed", config.seed, 0),
        ("bootstrap.resamples", config.bootstrap.resamples, FEWEST_RESAMPLES),
    ):
        if value is not None and value < least:
            raise EvalHarnessError(f"{value} is less than {least}", where=option)
