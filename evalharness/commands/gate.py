"""The gate command: may a candidate take the baseline's place?"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from evalharness.config import Format, OnInconclusive, Selection, explained
from evalharness.disk import write_files
from evalharness.errors import EvalHarnessError
from evalharness.escaping import visible
from evalharness.gate.assess import assess
from evalharness.gate.baselines import BaselineRun, in_folder, in_revision, read_baseline
from evalharness.gate.candidate import Candidate, find_candidate
from evalharness.gate.configured import configured_metrics, limits_of, margins_of
from evalharness.gate.gate_page import gate_page
from evalharness.gate.junit import error_junit, gate_junit
from evalharness.gate.likeness import counterpart
from evalharness.gate.limits import Limits
from evalharness.gate.rate_questions import ungated
from evalharness.gate.report import GateReport, Verdict
from evalharness.gate.structural import STRUCTURAL
from evalharness.gate.update import update
from evalharness.render import render, show
from evalharness.results import select_runs
from evalharness.results.notes import provenance_notes, sampling_notes
from evalharness.stats import find_units
from evalharness.values import Cell, Column, Page, Row, Table

log = logging.getLogger(__name__)

SUMMARY = "GITHUB_STEP_SUMMARY"
"""Names the file that GitHub shows as a job's summary."""

_ONE_DOCUMENT = (
    "one document, so its segments are tested; how scores vary from document to document is not"
    " known"
)


def gate(config: DictConfig) -> int:
    """Holds a candidate to a baseline and prints the verdicts; or writes the baseline.

    Returns:
        0 if the candidate passes, or the baseline was written; 1 if something stops it.

    Raises:
        EvalHarnessError: The options, the baseline or the candidate cannot be used. The file for
            JUnit says so, too.
    """
    try:
        decided = _decide(config)
        if decided is None:
            return 0
        report, candidate = decided
        page = _selected(report, candidate, OmegaConf.to_object(config.select))
    except Exception as error:
        _record(error, config)
        raise
    show(page, config.format)
    _tell_ci(report, config)
    return 0 if report.passes else 1


def _decide(config: DictConfig) -> tuple[GateReport, Candidate] | None:
    """Holds the candidate to the baseline; `None` where the baseline was written instead."""
    folder = _check(config)
    margins, limits = margins_of(config), limits_of(config)
    with configured_metrics(config) as metrics:
        if config["update"]:  # DictConfig has a method of that name
            candidate = find_candidate(Path(config.candidate), config.gate.system)
            lines = update(folder, candidate, margins, metrics, limits)
            _tell_written(folder, lines, config.format)
            return None
        baseline, origin = _baseline(folder, config.gate.base)
        candidate = find_candidate(Path(config.candidate), config.gate.system)
        verdicts = assess(baseline, candidate, margins, metrics, config.alpha, limits)
    report = GateReport(
        tuple(verdicts),
        config.alpha,
        config.gate.on_inconclusive is OnInconclusive.fail,
        (
            *origin,
            *_believed(verdicts),
            *_renewed(verdicts),
            *_notes(baseline, candidate, limits, verdicts),
        ),
    )
    return report, candidate


def _tell_written(folder: Path, lines: Sequence[str], form: Format) -> None:
    """Says what a baseline holds that was written: in lines for people, else as a table."""
    if form is Format.table:
        shown = map(visible, [f"baseline written: {folder}", *lines])
        sys.stdout.write("\n".join(shown) + "\n")
        return
    rows = tuple(Row({"written": Cell(line)}) for line in lines)
    table = Table("written", "", (Column("written", "baseline written"),), rows)
    show(Page((table,), facts={"baseline": str(folder)}, title="Baseline"), form)


def _check(config: DictConfig) -> Path:
    if not config.baseline:
        raise EvalHarnessError("not given", where="baseline", hint="give baseline=DIR")
    if not 0 < config.alpha < 0.5:
        raise EvalHarnessError(f"{config.alpha} is not between 0 and 0.5", where="alpha")
    if config["update"] and config.gate.base:
        raise EvalHarnessError("a baseline is written into the working tree", where="gate.base")
    for option in config.select:
        if config["update"] and config.select[option]:
            raise EvalHarnessError(
                "narrows what is shown, and a baseline holds all runs of the candidate",
                where=f"select.{option}",
                hint="name one run folder with candidate=RUN, or choose with gate.system=",
            )
    return Path(config.baseline)


def _baseline(folder: Path, base: str | None) -> tuple[list[BaselineRun], list[str]]:
    """The baseline, and where it is taken from if that is not the working tree."""
    if base is None:
        return read_baseline(in_folder(folder)), []
    source, commit = in_revision(folder, base)
    return read_baseline(source), [f"baseline and margins: {source.where} (commit {commit[:12]})"]


def _selected(report: GateReport, candidate: Candidate, select: Any) -> Page:
    """The verdicts that `select.*` asks for."""
    groups = None
    if select.systems or select.exclude:
        systems = Selection(systems=select.systems, exclude=select.exclude)
        groups = {(run.testset, run.pair) for run in select_runs(candidate.runs, systems)}
    return gate_page(report, testset=select.testset, pair=select.pair, groups=groups)


def _believed(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """What rests on recorded statistics, and why."""
    reasons: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.measured and (why := verdict.measured.believed):
            which = f"{verdict.testset} {verdict.pair} {verdict.metric}"
            reasons.setdefault(why, []).append(which)
    for why, believed in reasons.items():
        yield f"recorded statistics believed, not scored again: {', '.join(believed)}: {why}"


def _renewed(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Which versions have changed since the baseline was written, and what follows."""
    changes: dict[tuple[str, bool], list[str]] = {}
    for verdict in verdicts:
        if verdict.measured and verdict.measured.changed:
            key = verdict.measured.changed, bool(verdict.measured.believed)
            which = f"{verdict.testset} {verdict.pair} {verdict.metric}"
            changes.setdefault(key, []).append(which)
    for (changed, is_believed), several in changes.items():
        how = "compared as recorded" if is_believed else "both sides are scored with this version"
        yield f"computed with other versions ({changed}), {how}: {', '.join(several)}"


def _tell_ci(report: GateReport, config: DictConfig) -> None:
    """Writes all verdicts where CI systems show them, whatever is selected for the page."""
    _write_junit(gate_junit(report), config)
    if summary := os.environ.get(SUMMARY):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(render(gate_page(report), Format.markdown))


def _record(error: Exception, config: DictConfig) -> None:
    """Writes for CI that the gate could not decide; what keeps it from that is said beside it."""
    try:
        _write_junit(error_junit(explained(error) or repr(error)), config)
    except EvalHarnessError as unwritten:
        log.error("%s", unwritten)


def _write_junit(content: bytes, config: DictConfig) -> None:
    if config.gate.junit:
        path = Path(config.gate.junit)
        write_files(path.parent, {path.name: content}, option="gate.junit")


def _notes(
    baseline: Sequence[BaselineRun],
    candidate: Candidate,
    limits: Limits,
    verdicts: Sequence[Verdict],
) -> Iterator[str]:
    """Who is held to whom, whose references those are, and what is not judged."""
    found = [(run, counterpart(run, candidate)) for run in baseline]
    yield from provenance_notes([now for _, now in found if now])
    for run, now in found:
        if now:
            held = f"{now.label} against {run.run}"
            documents = [segment.document for segment in now.bitext.segments]
            if others := candidate.others_than(now):
                older = f"{others} older run{'s' if others > 1 else ''}"
                held += f", the newest of {now.system} ({older}; candidate=RUN names another)"
            yield f"{run.testset} {run.pair}: {held}, {len(run.ids)} segments"
            for note in sampling_notes(now.samples, now.passes):
                yield f"{now.system}: {note}"
            if find_units(documents, len(documents)).one_document:
                yield f"{run.testset} {run.pair}: {_ONE_DOCUMENT}"
            stopped = [
                one.metric.removeprefix(STRUCTURAL)
                for one in verdicts
                if (one.testset, one.pair) == run.key and one.metric.startswith(STRUCTURAL)
            ]
            for note in ungated(run, now, limits, stopped):
                yield f"{run.testset} {run.pair}: {note}"
    if extra := ", ".join(dict.fromkeys(_unjudged(baseline, candidate))):
        yield f"not judged, since the baseline has no such score: {extra}"


def _unjudged(baseline: Sequence[BaselineRun], candidate: Candidate) -> Iterator[str]:
    known = {run.key: {score.metric for score in run.scores} for run in baseline}
    for run in candidate.runs:
        key = run.testset, run.pair
        if key not in known:
            yield " ".join(key)
            continue
        for score in run.scores:
            if score.metric not in known[key]:
                yield " ".join((*key, score.metric))
