"""Finding the candidate's runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.results import Run, find_runs, is_complete, read_runs


@dataclass(frozen=True)
class Candidate:
    """Finished runs.

    Attributes:
        path: The folder that the user named.
        runs: The runs, at least one.
    """

    path: Path
    runs: tuple[Run, ...]

    def on(self, testset: str, pair: str) -> list[Run]:
        """Returns the runs on one language pair of a test set."""
        wanted = (testset, pair)
        return [run for run in self.runs if (run.testset, run.pair) == wanted]

    def one_of(self, runs: Sequence[Run], system: str = "") -> Run:
        """Returns which of several runs on the same language pair is meant.

        Args:
            runs: The runs.
            system: The baseline's system: what bears another name is not meant.

        Returns:
            The only one, or the newest of several runs of one system.

        Raises:
            EvalHarnessError: There are several systems, and none is the baseline's.
        """
        chosen = [run for run in runs if run.system == system] or list(runs)
        systems = sorted({run.system for run in chosen})
        if len(systems) > 1:
            first = chosen[0]
            raise EvalHarnessError(
                f"{len(chosen)} runs on {first.testset} {first.pair}, which one?",
                where=self.path,
                hint=f"name its system: gate.system={' or '.join(systems)}",
            )
        return max(chosen, key=_age)

    def others_than(self, run: Run) -> int:
        """Returns how many older runs of its system there are on a run's pair and segments."""
        return sum(
            other.system == run.system and other.digest == run.digest and other.path != run.path
            for other in self.on(run.testset, run.pair)
        )


def _age(run: Run) -> tuple[str, str]:
    """When a run was made, as it says: later ones are greater."""
    return str(run.content.run.get("started", "")), run.folder


def find_candidate(path: Path, system: str | None = None) -> Candidate:
    """Reads which runs a run folder or a results folder holds.

    Args:
        path: The folder.
        system: The name of the system whose runs count, alone or with the hash; `None` for all.

    Raises:
        EvalHarnessError: There is no run, or none that is asked for.
    """
    if not path.is_dir():
        raise EvalHarnessError(
            "no such folder", where=path, hint="give candidate=RUN or candidate=RESULTS"
        )
    runs = find_runs(f"{path}/", path) if is_complete(path) else read_runs(path)
    if not runs:
        raise EvalHarnessError(
            "no complete run", where=path, hint="give candidate=RUN or candidate=RESULTS"
        )
    chosen = [run for run in runs if system in (None, run.system, run.label)]
    if not chosen:
        raise EvalHarnessError(
            f"no run has {system!r}",
            where="gate.system",
            hint=f"choices: {', '.join(sorted({run.system for run in runs}))}",
        )
    return Candidate(path, tuple(chosen))
