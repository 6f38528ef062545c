"""The run: test set, system, metrics, run folder, leaderboard, table."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

from omegaconf import DictConfig

from evalharness.config import Format, build, build_all, redacted, redacted_yaml
from evalharness.disk import check_writable
from evalharness.environment import git_revision, versions
from evalharness.errors import EvalHarnessError
from evalharness.languages import language
from evalharness.leaderboard import rebuild, report_absent, show
from evalharness.metrics import Metric
from evalharness.networks import check_device
from evalharness.scoring import Scoring, Translated, score
from evalharness.stats import FEWEST_RESAMPLES, MOST_RESAMPLES
from evalharness.store import Run, RunRecord, check_name, write_run
from evalharness.systems import FileSystem, System
from evalharness.testsets import Bitext, TestSet
from evalharness.translation import Hypotheses, check_supported, translate
from evalharness.weights import absent_metrics, lacking_metrics

log = logging.getLogger(__name__)


def run(config: DictConfig) -> int:
    """Runs one system on one test set and prints the table.

    Returns:
        1 if a segment failed, or a metric that is required is absent; else 0.
    """
    records = make_runs(config)
    show(Path(config.results_dir), records, Format.table)
    if config.require_metrics:
        report_absent(records)
    return exit_code(records, config.require_metrics)


def exit_code(records: Sequence[RunRecord], require_metrics: bool) -> int:
    """Returns 1 if a system failed on a segment, or a metric that is required is absent; else 0."""
    return int(any(of.failed or (require_metrics and of.unavailable) for of in records))


def make_runs(config: DictConfig) -> list[RunRecord]:
    """Translates every pair of the test set, then scores them; everything is checked beforehand."""
    _check(config)
    plan = _Plan(
        build(config.model, "model"),
        build(config.testset, "testset"),
        build_all(config.metric, "metric"),
    )
    bitexts = plan.load()
    outputs = [plan.outputs(bitext) for bitext in bitexts]
    lacking = lacking_metrics(plan.metrics)
    results = Path(config.results_dir)
    check_writable(results, "results_dir")
    inside = results in Path(config.store.dir).parents
    check_writable(Path(config.store.dir), "results_dir" if inside else "store.dir")
    absent = absent_metrics(plan.metrics, lacking, plan.system, bitexts)
    pairs = [
        _translate(plan.system, bitext.first(config.limit), lines, Path(config.store.dir))
        for bitext, lines in zip(bitexts, outputs, strict=True)
    ]
    plan.system.release()  # a neural metric wants the memory
    names = [metric.name for metric in plan.metrics]
    chosen = dict(zip(names, redacted(config)["metric"].values(), strict=True))
    records = [
        _write(plan.system, pair, scoring, chosen, config)
        for pair, scoring in _score(plan.metrics, pairs, absent, config)
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


@dataclass(frozen=True)
class _Pair:
    """A language pair, translated; when that began, and how many seconds were spent on it."""

    bitext: Bitext
    hypotheses: Hypotheses
    started: datetime
    seconds: float


def _translate(
    system: System | FileSystem, bitext: Bitext, outputs: Sequence[str] | None, store: Path
) -> _Pair:
    name, count = system.name, len(bitext.segments)
    log.info("%s: %s %s, %d segments", name, bitext.testset, bitext.pair, count)
    started, clock = datetime.now(timezone.utc), time.monotonic()
    if isinstance(system, FileSystem):
        assert outputs is not None
        made = Hypotheses(tuple(outputs[segment.position] for segment in bitext.segments))
    else:
        made = translate(system, bitext, store)
    if empty := sum(text is not None and not text.strip() for text in made.texts):
        log.warning("%s: %d of %d hypotheses are empty", name, empty, count)
    return _Pair(bitext, made, started, time.monotonic() - clock)


def _score(
    metrics: Sequence[Metric], pairs: Sequence[_Pair], absent: Mapping[str, str], config: DictConfig
) -> list[tuple[_Pair, Scoring]]:
    """Scores all pairs at once; the time that takes is shared out among them by their segments."""
    clock = time.monotonic()
    scorings = score(
        metrics,
        [Translated(pair.bitext, pair.hypotheses.texts) for pair in pairs],
        resamples=config.bootstrap.resamples,
        seed=config.seed,
        absent=absent,
    )
    sizes = [len(pair.bitext.segments) for pair in pairs]
    per_segment = (time.monotonic() - clock) / sum(sizes)
    return [
        (replace(pair, seconds=pair.seconds + size * per_segment), scoring)
        for pair, size, scoring in zip(pairs, sizes, scorings, strict=True)
    ]


def _write(
    system: System | FileSystem,
    pair: _Pair,
    scoring: Scoring,
    metrics: Mapping[str, Mapping[str, object]],
    config: DictConfig,
) -> RunRecord:
    bitext, hypotheses = pair.bitext, pair.hypotheses
    run = Run(
        system.name,
        system.fingerprint(bitext.source_lang, bitext.target_lang),
        bitext,
        hypotheses.texts,
        scoring,
        metrics,
        hypotheses.from_store,
        hypotheses.truncated,
        hypotheses.unfinished,
        system.notes(),
        hypotheses.failures,
        hypotheses.removed,
        hypotheses.usage,
    )
    circumstances = {
        "versions": versions(),
        "git_revision": git_revision(),
        "device": system.hardware(),
        "started": pair.started.isoformat(timespec="seconds"),
        "duration_seconds": round(pair.seconds, 3),
    }
    return write_run(Path(config.results_dir), run, circumstances, redacted_yaml(config))


def _check(config: DictConfig) -> None:
    versions()
    language(config.pivot, where="pivot")
    for option, folder in (("results_dir", config.results_dir), ("store.dir", config.store.dir)):
        if not folder:
            raise EvalHarnessError("empty", where=option, mend=f"give {option}=DIR")
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
