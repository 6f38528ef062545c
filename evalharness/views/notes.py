"""The notes below a table: who made the references, which intervals, what is missing and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from evalharness.scoring import Unavailable
from evalharness.store import RunRecord

_FEW_UNITS = 30  # below it a note calls intervals rough


def notes(runs: Sequence[RunRecord], columns: Sequence[str]) -> Iterator[str]:
    """Yields what a reader has to know about the numbers of runs, a line each.

    Args:
        runs: The runs.
        columns: The columns that their scores are shown in.
    """
    yield from provenance_notes(runs)
    digests = {(run.testset, run.pair, run.digest) for run in runs}
    versions = Counter((testset, pair) for testset, pair, _ in sorted(digests))
    for (testset, pair), count in versions.items():
        if count > 1:
            yield (
                f"{testset} {pair}: {count} versions of the test set (other segments, references"
                " or provenance), ranked apart"
            )
    several = Counter(column.split("|")[0] for column in columns)
    for metric in (metric for metric, count in several.items() if count > 1):
        yield f"{metric}: {several[metric]} signatures, in a column each, never ranked together"
    tests = ((run.testset, run.pair, note) for run in runs for note in run.testset_notes)
    for testset, pair, note in dict.fromkeys(tests):
        yield f"{testset} {pair}: {note}"
    yield from _interval_notes(runs)
    for system, note in dict.fromkeys((run.system, note) for run in runs for note in run.notes):
        yield f"{system}: {note}"
    for run in runs:
        yield from _answer_notes(run)
    yield from _truncation_notes(runs)
    yield from _absences(runs)


def _absences(runs: Sequence[RunRecord]) -> Iterator[str]:
    """Says which metrics could not be computed, a line for each and each reason."""
    lacking: dict[Unavailable, list[RunRecord]] = {}
    for run in runs:
        for absent in run.unavailable:
            lacking.setdefault(absent, []).append(run)
    for absent, those in lacking.items():
        whose = f" ({_who(those)})" if len(those) < len(runs) else ""
        yield f"no {absent.metric}{whose}: {absent.reason}"


def _answer_notes(run: RunRecord) -> Iterator[str]:
    """What was cut off, what failed and why, and what was removed from answers."""
    who = f"{run.system} {run.testset} {run.pair}"
    for count, what in (
        (run.truncated, "sources were cut off: they are longer than the system can read"),
        (run.unfinished, "hypotheses are not finished: they reached the length limit"),
        (run.empty, "hypotheses are empty: they have no visible characters"),
    ):
        if count:
            yield f"{who}: {count} of {run.segments} {what}"
    if run.failed:
        why = f": {_counted(run.failures)}" if run.failures else ""
        yield f"{who}: {run.failed} of {run.segments} segments failed{why}"
    if run.removed:
        yield f"{who}: removed from answers: {_counted(run.removed)}"


def _counted(counts: Mapping[str, int]) -> str:
    """The reasons, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{what} ({count})" for what, count in ordered)


def _truncation_notes(runs: Sequence[RunRecord]) -> Iterator[str]:
    """Which texts metrics did not read to their end."""
    cut: dict[str, list[str]] = {}
    for run in runs:
        for metric, count in run.truncated_by_metric.items():
            where = f"{count} of {run.segments} segments ({_who([run])})"
            cut.setdefault(metric, []).append(where)
    for metric, places in cut.items():
        yield f"{metric} read only the beginning of a text in {', in '.join(places)}"


def provenance_notes(runs: Sequence[RunRecord]) -> Iterator[str]:
    """Says who made the references that are not a human's, a line for each kind."""
    said = {
        "machine-drafted": "references are MACHINE-DRAFTED, not human: scores say how close a"
        " system comes to a machine's draft",
        "none": "no references: only metrics that need none can be computed",
        "unstated": "it is not stated who made the references (testset.provenance=human: people"
        " did)",
    }
    for maker, text in said.items():
        if tests := _tests(run for run in runs if maker in run.provenance):
            yield f"{tests}: {text}"


def _interval_notes(runs: Sequence[RunRecord]) -> Iterator[str]:
    kinds: dict[tuple[int, int, str], list[RunRecord]] = {}
    for run in runs:
        if run.scores:
            how = run.resampling
            kinds.setdefault((how.resamples, how.seed, how.unit), []).append(run)
    for (resamples, seed, unit), those in kinds.items():
        whose = f" ({_tests(those)})" if len(kinds) > 1 else ""
        yield f"95 % intervals{whose}: {resamples} bootstrap resamples of {unit}s, seed {seed}"
    few = [run for run in runs if run.scores and run.resampling.units < _FEW_UNITS]
    if few:
        unit = few[0].resampling.unit
        yield f"{_tests(few)}: fewer than {_FEW_UNITS} {unit}s, so the intervals are rough"


def _tests(runs: Iterable[RunRecord]) -> str:
    pairs: dict[str, dict[str, None]] = {}
    for run in runs:
        pairs.setdefault(run.testset, {})[run.pair] = None
    return "; ".join(f"{testset} {', '.join(pairs[testset])}" for testset in pairs)


def _who(runs: Iterable[RunRecord]) -> str:
    """Systems, each with its tests; those with the same ones together."""
    systems: dict[str, list[RunRecord]] = {}
    for run in runs:
        systems.setdefault(run.system, []).append(run)
    sharing: dict[str, list[str]] = {}
    for system, those in systems.items():
        sharing.setdefault(_tests(those), []).append(system)
    return "; ".join(f"{', '.join(several)} {tests}" for tests, several in sharing.items())
