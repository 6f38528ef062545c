"""The run: test set, system, metrics, run folder, leaderboard, table."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from omegaconf import DictConfig

from evalharness.config import (
    Format,
    build,
    build_all,
    environment_values,
    redacted,
    redacted_yaml,
)
from evalharness.disk import (
    check_writable,
    for_owner_alone,
    refuse_links,
    refuse_links_inside,
)
from evalharness.environment import git_revision, versions
from evalharness.errors import EvalHarnessError
from evalharness.languages import language
from evalharness.leaderboard import rebuild, report_absent, show
from evalharness.metrics import Metric
from evalharness.networks import check_device
from evalharness.scoring import Scoring, Translated, score
from evalharness.secrecy import conceal
from evalharness.stats import FEWEST_RESAMPLES, MOST_RESAMPLES
from evalharness.store import Run, RunRecord, check_name, write_run
from evalharness.systems import FileSystem, System
from evalharness.systems.base import Facts
from evalharness.testsets import Bitext, TestSet
from evalharness.textfiles import TextFile
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
    check_options(config)
    system = build(config.model, "model")
    testset = build(config.testset, "testset")
    return evaluate([(system, config)], testset, config)


def evaluate(
    systems: Sequence[tuple[System | FileSystem, DictConfig]], testset: TestSet, config: DictConfig
) -> list[RunRecord]:
    """Runs systems on one test set: all of them translate, then every metric scores all at once.

    Args:
        systems: The systems, each with the configuration that its run folder records.
        testset: What is translated.
        config: The metrics, where results go, and how intervals are estimated.

    Returns:
        The runs, system by system, in the order of the test set's pairs.

    Raises:
        EvalHarnessError: A part is wrong or cannot run here; nothing was written then.
    """
    contenders = [_Contender(system, own, environment_values(own.model)) for system, own in systems]
    plan = _Plan(contenders, testset, build_all(config.metric, "metric"))
    bitexts = plan.load()
    outputs = [contender.outputs(bitexts) for contender in contenders]
    lacking = lacking_metrics(plan.metrics)
    private = any(system.private() for system in plan.systems)
    with for_owner_alone(private and not config.store.shared):
        return _carry_out(plan, bitexts, outputs, lacking, config)


def _carry_out(
    plan: _Plan,
    bitexts: Sequence[Bitext],
    outputs: Sequence[Sequence[TextFile | None]],
    lacking: Mapping[str, str],
    config: DictConfig,
) -> list[RunRecord]:
    results = Path(config.results_dir)
    check_writable(results, "results_dir")
    _check_store(Path(config.store.dir), results)
    absent = absent_metrics(plan.metrics, lacking, plan.systems, bitexts)
    pairs = []
    for contender, files in zip(plan.contenders, outputs, strict=True):
        for bitext, file in zip(bitexts, files, strict=True):
            part = bitext.first(config.limit)
            pairs.append(_translate(contender, part, file, config.store))
        contender.system.release()  # a neural metric wants the memory
    names = [metric.name for metric in plan.metrics]
    chosen = dict(zip(names, redacted(config)["metric"].values(), strict=True))
    scored = _score(plan.metrics, pairs, absent, config)
    records = [_write(pair, scoring, chosen) for pair, scoring in scored]
    rebuild(results)
    return records


@dataclass(frozen=True)
class _Contender:
    """A system that takes part.

    Attributes:
        system: The system.
        config: What its run folder records as its configuration.
        hidden: The values of environment variables in the system's options.
    """

    system: System | FileSystem
    config: DictConfig
    hidden: Collection[str]

    def fingerprint(self, bitext: Bitext) -> Facts:
        """What the system is known by on disk: its fingerprint, which holds nothing secret."""
        facts = self.system.fingerprint(bitext.source_lang, bitext.target_lang)
        concealed: Facts = conceal(facts, self.hidden)
        return concealed

    def outputs(self, bitexts: Sequence[Bitext]) -> list[TextFile | None]:
        """Reads the outputs that already exist, one per source line; `None` for a translator."""
        system = self.system
        if not isinstance(system, FileSystem):
            return [None] * len(bitexts)
        return [
            system.hypotheses(
                bitext.source_lang, bitext.target_lang, bitext.source_path, bitext.source_lines
            )
            for bitext in bitexts
        ]


@dataclass(frozen=True)
class _Plan:
    """Who translates what, and how it is scored."""

    contenders: Sequence[_Contender]
    testset: TestSet
    metrics: Sequence[Metric]

    @property
    def systems(self) -> list[System | FileSystem]:
        """The systems that take part."""
        return [contender.system for contender in self.contenders]

    def load(self) -> Sequence[Bitext]:
        """Reads the test set, and checks that the systems can run here and do all its pairs."""
        names = [metric.name for metric in self.metrics]
        if twice := {name for name in names if names.count(name) > 1}:
            raise EvalHarnessError(f"two metrics called {', '.join(twice)}", where="metric")
        for name in names:
            check_name(name, "metric")
        for part, key in ((self.testset, "testset"), *((one, "model") for one in self.systems)):
            check_name(part.name, f"{key}.name")
            if reason := part.unavailable():
                raise EvalHarnessError(f"cannot run here: {reason}", where=part.name)
        bitexts = self.testset.load()
        for system in self.systems:
            check_supported(system, bitexts)
            if not isinstance(system, FileSystem) and not all(one.has_sources for one in bitexts):
                raise EvalHarnessError(
                    "there is nothing to translate: the test set has no sources",
                    where=system.name,
                    mend="give testset.source=FILE",
                )
        return bitexts


@dataclass(frozen=True)
class _Pair:
    """A language pair that a system translated.

    Attributes:
        contender: The system.
        bitext: What was translated.
        hypotheses: What came out.
        notes: What a reader has to know of the system and its outputs.
        started: When that began.
        seconds: How long translating and scoring took.
    """

    contender: _Contender
    bitext: Bitext
    hypotheses: Hypotheses
    notes: Sequence[str]
    started: datetime
    seconds: float


def _translate(
    contender: _Contender, bitext: Bitext, outputs: TextFile | None, store: DictConfig
) -> _Pair:
    system = contender.system
    name, count = system.name, len(bitext.segments)
    log.info("%s: %s %s, %d segments", name, bitext.testset, bitext.pair, count)
    started, clock = datetime.now(UTC), time.monotonic()
    if isinstance(system, FileSystem):
        assert outputs is not None
        made = Hypotheses(tuple(outputs.lines[segment.position] for segment in bitext.segments))
    else:
        known_as = contender.fingerprint(bitext)
        made = translate(system, bitext, Path(store.dir), known_as, read=store.read)
    notes = (*system.notes(), *made.notes, *(outputs.notes if outputs else ()))
    return _Pair(contender, bitext, made, notes, started, time.monotonic() - clock)


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


def _check_store(store: Path, results: Path) -> None:
    inside = results in store.parents
    if inside:
        refuse_links(store, results, "store.dir")
    refuse_links_inside(store, "store.dir")
    check_writable(store, "results_dir" if inside else "store.dir")


def _write(pair: _Pair, scoring: Scoring, metrics: Mapping[str, Mapping[str, object]]) -> RunRecord:
    contender, bitext, hypotheses = pair.contender, pair.bitext, pair.hypotheses
    system, config = contender.system, contender.config
    run = Run(
        system.name,
        contender.fingerprint(bitext),
        bitext,
        hypotheses.texts,
        scoring,
        metrics,
        hypotheses.from_store,
        hypotheses.truncated,
        hypotheses.unfinished,
        pair.notes,
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


def check_options(config: DictConfig) -> None:
    """Refuses options that are out of their range, before anything is read or made.

    Raises:
        EvalHarnessError: One is.
    """
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
