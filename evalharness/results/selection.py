"""Which of the finished runs a command shows: by test set, language pair and system."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from evalharness.config import Selection
from evalharness.errors import EvalHarnessError
from evalharness.languages import normalised_pair
from evalharness.results.run import Run


def select_runs(runs: Sequence[Run], select: Selection) -> list[Run]:
    """Returns the runs that `select.*` asks for, in their order.

    Raises:
        EvalHarnessError: No run has the test set, the pair or the system that is named, or none is
            left.
    """
    chosen = list(runs)
    if select.testset is not None:
        chosen = _with(chosen, "testset", select.testset, lambda run: (run.testset,))
    if select.pair is not None:
        chosen = _with(chosen, "pair", normalised_pair(select.pair), lambda run: (run.pair,))
    if select.systems:
        kept = {
            run.path for name in select.systems for run in _with(chosen, "systems", name, _names)
        }
        chosen = [run for run in chosen if run.path in kept]
    for name in select.exclude:
        _with(runs, "exclude", name, _names)
        chosen = [run for run in chosen if name not in _names(run)]
    if runs and not chosen:
        raise EvalHarnessError(
            "no run is left", where="select.exclude", hint=f"systems: {_listed(runs, _names)}"
        )
    return chosen


def _with(
    runs: Sequence[Run], option: str, name: str, names_of: Callable[[Run], Iterable[str]]
) -> list[Run]:
    found = [run for run in runs if name in names_of(run)]
    if runs and not found:
        raise EvalHarnessError(
            f"no run has {name!r}",
            where=f"select.{option}",
            hint=f"choices: {_listed(runs, names_of)}",
        )
    return found


def _names(run: Run) -> tuple[str, str]:
    """What a run's system may be called: with the hash, too."""
    return run.system, run.label


def _listed(runs: Sequence[Run], names_of: Callable[[Run], Iterable[str]]) -> str:
    """The first name of each run: a hash is needed only where two runs bear a name."""
    return ", ".join(sorted({next(iter(names_of(run))) for run in runs}))
