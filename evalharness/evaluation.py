"""Evaluation: systems translate a test set, metrics and checks score it, runs are written."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from omegaconf import DictConfig

from evalharness.checks import Check
from evalharness.config import (
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
from evalharness.errors import EvalHarnessError
from evalharness.metrics import Metric
from evalharness.preparation import check_bitexts, check_options, check_part_names
from evalharness.results import Run, check_name, write_run
from evalharness.scoring import score
from evalharness.secrecy import conceal
from evalharness.systems import System
from evalharness.testsets import TestSet
from evalharness.translation import check_repeats, check_supported, translate_passes
from evalharness.values import Bitext, Outputs, Scoring
from evalharness.values.outputs import Facts
from evalharness.versions import git_revision, versions
from evalharness.weights import absent_metrics, lacking_metrics

log = logging.getLogger(__name__)


def make_runs(config: DictConfig) -> list[Run]:
    """Translates every pair of the test set, then scores them; everything is checked beforehand."""
    check_options(config)
    system = build(config.model, "model")
    testset = build(config.testset, "testset")
    return evaluate([(system, config)], testset, config)


def evaluate(
    systems: Sequence[tuple[System, DictConfig]], testset: TestSet, config: DictConfig
) -> list[Run]:
    """Runs systems on one test set: all of them translate, then every metric scores them.

    Args:
        systems: The systems, each with the configuration that its run folder records.
        testset: What is translated.
        config: The metrics and checks, where results go, and how intervals are estimated.

    Returns:
        The runs, system by system, in the order of the test set's pairs.

    Raises:
        EvalHarnessError: A part is wrong or cannot run here; nothing was written then.
    """
    contenders = [_Contender(system, own, environment_values(own.model)) for system, own in systems]
    metrics, checks = build_all(config.metric, "metric"), build_all(config.check, "check")
    plan = _Plan(contenders, testset, metrics, checks)
    bitexts = plan.load()
    existing = [contender.existing(bitexts) for contender in contenders]
    lacking = lacking_metrics(plan.metrics)
    private = any(system.private() for system in plan.systems)
    with for_owner_alone(private and not config.store.shared):
        return _carry_out(plan, bitexts, existing, lacking, config)


def _carry_out(
    plan: _Plan,
    bitexts: Sequence[Bitext],
    existing: Sequence[Sequence[Outputs | None]],
    lacking: Mapping[str, str],
    config: DictConfig,
) -> list[Run]:
    results = Path(config.results_dir)
    check_writable(results, "results_dir")
    _check_store(Path(config.store.dir), results)
    absent = absent_metrics(plan.metrics, lacking, plan.systems, bitexts)
    made = []
    for contender, there in zip(plan.contenders, existing, strict=True):
        for bitext, outputs in zip(bitexts, there, strict=True):
            made.append(_outputs(contender, bitext.first(config.limit), outputs, config.store))
        contender.system.release()  # a neural metric wants the memory
    clock = time.monotonic()
    scorings = score(
        plan.metrics,
        [one.outputs for one in made],
        resamples=config.bootstrap.resamples,
        seed=config.seed,
        absent=absent,
        checks=plan.checks,
    )
    per_segment = (time.monotonic() - clock) / sum(len(one.outputs.hypotheses) for one in made)
    names = [metric.name for metric in plan.metrics]
    options = dict(zip(names, redacted(config)["metric"].values(), strict=True))
    return [
        _write(results, one, scoring, options, per_segment)
        for one, scoring in zip(made, scorings, strict=True)
    ]


@dataclass(frozen=True)
class _Contender:
    """A system that takes part.

    Attributes:
        system: The system.
        config: What its run folder records as its configuration.
        hidden: The values of environment variables in the system's options.
    """

    system: System
    config: DictConfig
    hidden: Collection[str]

    def fingerprint(self, bitext: Bitext, in_pass: System | None = None) -> Facts:
        """What the system is known by on disk: its fingerprint, which holds nothing secret.

        Args:
            bitext: What is translated.
            in_pass: The system in one of several passes; the first unless given.
        """
        system = in_pass or self.system
        facts = system.fingerprint(bitext.source_lang, bitext.target_lang)
        concealed: Facts = conceal(facts, self.hidden)
        return concealed

    @property
    def repeats(self) -> int:
        """In how many passes it translates; what is configured is checked beforehand."""
        return int(self.config.model.get("repeats", 1))

    def existing(self, bitexts: Sequence[Bitext]) -> list[Outputs | None]:
        """The outputs that exist already; `None` where the system has to translate."""
        found = [self.system.existing(bitext) for bitext in bitexts]
        for outputs, bitext in zip(found, bitexts, strict=True):
            if outputs is None and not bitext.has_sources:
                raise EvalHarnessError(
                    "there is nothing to translate: the test set has no sources",
                    where=self.system.name,
                    hint="give testset.source=FILE",
                )
        return found


@dataclass(frozen=True)
class _Plan:
    """Who translates what, and how it is scored."""

    contenders: Sequence[_Contender]
    testset: TestSet
    metrics: Sequence[Metric]
    checks: Sequence[Check]

    @property
    def systems(self) -> list[System]:
        """The systems that take part."""
        return [contender.system for contender in self.contenders]

    def load(self) -> Sequence[Bitext]:
        """Reads the test set, and checks that the systems can run here and do all its pairs."""
        check_part_names(self.metrics, self.checks)
        for check in self.checks:
            if reason := check.missing_requirement():
                raise EvalHarnessError(
                    f"cannot look here: {reason}",
                    where=f"check.{check.id}",
                    hint="leave it out of 'check=[...]'",
                )
        parts: list[tuple[TestSet | System, str]] = [(self.testset, "testset")]
        for part, key in [*parts, *((system, "model") for system in self.systems)]:
            check_name(part.name, f"{key}.name")
            if reason := part.missing_requirement():
                raise EvalHarnessError(f"cannot run here: {reason}", where=part.name)
        for contender in self.contenders:
            check_repeats(contender.system, contender.config.model.get("repeats", 1))
        bitexts = self.testset.load()
        check_bitexts(self.testset.name, bitexts)
        for system in self.systems:
            check_supported(system, bitexts)
        return bitexts


@dataclass(frozen=True)
class _Made:
    """What a system made of a language pair, when, and how long that took."""

    contender: _Contender
    outputs: Outputs
    started: datetime
    seconds: float


def _outputs(
    contender: _Contender, bitext: Bitext, existing: Outputs | None, store: DictConfig
) -> _Made:
    system = contender.system
    log.info(
        "%s: %s %s, %d segments", system.name, bitext.testset, bitext.pair, len(bitext.segments)
    )
    started, clock = datetime.now(UTC), time.monotonic()
    if existing is not None:
        outputs = existing.first(bitext)
    else:
        outputs = translate_passes(
            system,
            bitext,
            Path(store.dir),
            partial(contender.fingerprint, bitext),
            passes=contender.repeats,
            read=store.read,
        )
    return _Made(contender, outputs, started, time.monotonic() - clock)


def _check_store(store: Path, results: Path) -> None:
    inside = results in store.parents
    if inside:
        refuse_links(store, results, "store.dir")
    refuse_links_inside(store, "store.dir")
    check_writable(store, "results_dir" if inside else "store.dir")


def _write(
    results: Path,
    made: _Made,
    scoring: Scoring,
    metrics: Mapping[str, Mapping[str, object]],
    seconds_per_segment: float,
) -> Run:
    """Writes a run; the time that scoring all of them took is shared out by their segments."""
    contender, outputs = made.contender, made.outputs
    seconds = made.seconds + seconds_per_segment * len(outputs.hypotheses)
    circumstances = {
        "versions": versions(),
        "git_revision": git_revision(),
        "device": contender.system.hardware(),
        "started": made.started.isoformat(timespec="seconds"),
        "duration_seconds": round(seconds, 3),
    }
    return write_run(
        results,
        outputs,
        scoring,
        fingerprint=contender.fingerprint(outputs.bitext),
        metrics=metrics,
        circumstances=circumstances,
        config_yaml=redacted_yaml(contender.config),
    )
