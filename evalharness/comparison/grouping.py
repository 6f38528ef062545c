"""Which runs can be compared: those on the very same segments and references."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from evalharness.errors import EvalHarnessError
from evalharness.results import Run
from evalharness.results.notes import differ_in_order


class Groups(NamedTuple):
    """Runs that can be compared.

    Attributes:
        groups: At least two runs each, of one language pair of one test set.
        notes: What has no part in them, and why.
    """

    groups: tuple[tuple[Run, ...], ...]
    notes: tuple[str, ...]


def group_runs(named: Iterable[tuple[str, Run]]) -> Groups:
    """Sorts runs by what they translated.

    Args:
        named: What the user calls each run, and the run; the same run may be among them twice.

    Raises:
        EvalHarnessError: Runs of different test sets, or fewer than two runs, or a system was run
            on several versions of a test set, and nothing tells which is meant.
    """
    names = {run.path.resolve(): (name, run) for name, run in named}
    runs = [run for _, run in names.values()]
    called = {run.path: name for name, run in names.values()}

    def names_of(some: Iterable[Run]) -> set[str]:
        return {called[run.path] for run in some}

    if len(runs) < 2:
        raise EvalHarnessError(
            f"{len(runs)} run: a comparison needs two", where="runs", hint="give runs=[A,B]"
        )
    tests: dict[str, list[Run]] = {}
    for run in runs:
        tests.setdefault(f"{run.testset} {run.pair}", []).append(run)
    groups, notes = [], []
    for test, several in sorted(tests.items()):
        if len(several) == 1:
            notes.append(f"{test}: left out, only {several[0].label} was run on it")
            continue
        group = _one_version(several, names_of)
        groups.append(group)
        if left := [run.label for run in several if run not in group]:
            notes.append(f"{test}: left out, on other segments: {', '.join(left)}")
        if absent := names_of(runs) - names_of(several):
            notes.append(f"{test}: no run of {', '.join(sorted(absent))}")
    if names_of(runs) - names_of(run for group in groups for run in group):
        raise _unlike(_by_digest(runs))
    return Groups(tuple(groups), tuple(notes))


def _one_version(
    runs: Sequence[Run], names_of: Callable[[Iterable[Run]], set[str]]
) -> tuple[Run, ...]:
    """The runs on the one version of the test set that all names have in common."""
    versions = _by_digest(runs)
    shared = [
        version for version in versions if len(version) > 1 and names_of(version) == names_of(runs)
    ]
    if not shared:
        raise _unlike(versions)
    if len(shared) > 1:
        raise EvalHarnessError(
            f"runs on {len(shared)} versions of the test set: {_in_words(shared)}",
            where="runs",
            hint="name each run with its hash",
        )
    return tuple(shared[0])


def _by_digest(runs: Sequence[Run]) -> list[list[Run]]:
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(run.digest, []).append(run)
    return list(groups.values())


def _unlike(groups: Sequence[Sequence[Run]]) -> EvalHarnessError:
    runs = [run for group in groups for run in group]
    if len({(run.testset, run.pair) for run in runs}) == 1 and differ_in_order(runs):
        return EvalHarnessError(
            "the runs have the same references in another order, and chrF depends on it:"
            f" {_in_words(groups)}",
            where="runs",
            hint="score them again with testset.references in one order",
        )
    return EvalHarnessError(
        f"runs of different test sets cannot be compared: {_in_words(groups)}",
        where="runs",
        hint="run the systems on the same segments and references",
    )


def _in_words(groups: Sequence[Sequence[Run]]) -> str:
    parts = []
    for group in groups:
        run = group[0]
        which = f"{run.testset} {run.pair}, {run.segments} segments, digest {run.digest[:8]}"
        parts.append(f"{', '.join(run.label for run in group)} ({which})")
    return "; ".join(parts)
