"""Finding the candidate's runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.evidence import FoundRun, find_runs
from evalharness.store import is_complete, read_runs


@dataclass(frozen=True)
class Candidate:
    """Finished runs.

    Attributes:
        path: The folder that the user named.
        runs: The runs, at least one.
    """

    path: Path
    runs: tuple[FoundRun, ...]

    def on(self, testset: str, pair: str) -> list[FoundRun]:
        """Returns the runs on one language pair of a test set."""
        wanted = (testset, pair)
        return [run for run in self.runs if (run.record.testset, run.record.pair) == wanted]

    def one_of(self, runs: Sequence[FoundRun]) -> FoundRun:
        """Returns the only one of several runs on the same language pair.

        Raises:
            EvalHarnessError: There are more.
        """
        first, *others = runs
        if others:
            systems = sorted({run.record.system for run in runs})
            mend = f"name its system: gate.system={' or '.join(systems)}"
            if len(systems) < len(runs):
                folders = " or ".join(str(run.path) for run in runs)
                mend = f"name its folder: candidate={folders}; or give it its own results_dir="
            raise EvalHarnessError(
                f"{len(runs)} runs on {first.record.testset} {first.record.pair}, which one?",
                where=self.path,
                mend=mend,
            )
        return first


def find_candidate(path: Path, system: str | None) -> Candidate:
    """Reads which runs a run folder or a results folder holds.

    Args:
        path: The folder.
        system: The name of the only system whose runs count; `None` for all.

    Raises:
        EvalHarnessError: There is no run.
    """
    if not path.is_dir():
        raise EvalHarnessError(
            "no such folder", where=path, mend="give candidate=RUN or candidate=RESULTS"
        )
    if is_complete(path):
        runs = find_runs(f"{path}/", path)
    else:
        runs = [FoundRun(path, record, record.system) for record in read_runs(path)]
    if not runs:
        raise EvalHarnessError(
            "no complete run", where=path, mend="give candidate=RUN or candidate=RESULTS"
        )
    chosen = tuple(run for run in runs if system in (None, run.record.system))
    if not chosen:
        known = ", ".join(sorted({run.record.system for run in runs}))
        raise EvalHarnessError(
            f"no run of {system!r} in {path}", where="gate.system", mend=f"systems: {known}"
        )
    return Candidate(path, chosen)
