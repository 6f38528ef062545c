"""Which runs can be compared: those on the very same segments and references."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from evalharness.errors import EvalHarnessError
from evalharness.evidence.finding import FoundRun


class Groups(NamedTuple):
    """Runs that can be compared.

    Attributes:
        groups: At least two runs each, of one language pair of one test set.
        notes: What has no part in them, and why.
    """

    groups: tuple[tuple[FoundRun, ...], ...]
    notes: tuple[str, ...]


def group_runs(found: Iterable[FoundRun]) -> Groups:
    """Sorts runs by what they translated.

    Args:
        found: What `find_runs` found; the same run may be among them twice.

    Raises:
        EvalHarnessError: Runs of different test sets, or fewer than two runs, or a system was run
            on several versions of a test set, and nothing tells which is meant.
    """
    runs = list({run.path.resolve(): run for run in found}.values())
    if len(runs) < 2:
        raise EvalHarnessError(
            f"{len(runs)} run: a comparison needs two", where="runs", mend="give runs=[A,B]"
        )
    tests: dict[str, list[FoundRun]] = {}
    for run in runs:
        tests.setdefault(f"{run.record.testset} {run.record.pair}", []).append(run)
    groups, notes = [], []
    for test, those in sorted(tests.items()):
        if len(those) == 1:
            notes.append(f"{test}: left out, only {those[0].label} was run on it")
            continue
        group = _one_version(those)
        groups.append(group)
        if left := [run.label for run in those if run not in group]:
            notes.append(f"{test}: left out, on other segments: {', '.join(left)}")
        if absent := _names(runs) - _names(those):
            notes.append(f"{test}: no run of {', '.join(sorted(absent))}")
    if _names(runs) - _names(run for group in groups for run in group):
        raise _unlike(_by_digest(runs))
    return Groups(tuple(groups), tuple(notes))


def _names(runs: Iterable[FoundRun]) -> set[str]:
    return {run.name for run in runs}


def _one_version(runs: Sequence[FoundRun]) -> tuple[FoundRun, ...]:
    """The runs on the one version of the test set that all names have in common."""
    versions = _by_digest(runs)
    shared = [those for those in versions if len(those) > 1 and _names(those) == _names(runs)]
    if not shared:
        raise _unlike(versions)
    if len(shared) > 1:
        raise EvalHarnessError(
            f"runs on {len(shared)} versions of the test set: {_told(shared)}",
            where="runs",
            mend="name each run with its hash",
        )
    return tuple(shared[0])


def _by_digest(runs: Sequence[FoundRun]) -> list[list[FoundRun]]:
    groups: dict[str, list[FoundRun]] = {}
    for run in runs:
        groups.setdefault(run.record.digest, []).append(run)
    return list(groups.values())


def _unlike(groups: Sequence[Sequence[FoundRun]]) -> EvalHarnessError:
    return EvalHarnessError(
        f"runs of different test sets cannot be compared: {_told(groups)}",
        where="runs",
        mend="run the systems on the same segments and references",
    )


def _told(groups: Sequence[Sequence[FoundRun]]) -> str:
    told = []
    for group in groups:
        of = group[0].record
        which = f"{of.testset} {of.pair}, {of.segments} segments, digest {of.digest[:8]}"
        told.append(f"{', '.join(run.label for run in group)} ({which})")
    return "; ".join(told)
