"""The command `runs`: lists, renames, deletes and verifies finished runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from evalharness.errors import EvalHarnessError
from evalharness.gate.configured import configured_metrics
from evalharness.leaderboard import rebuild
from evalharness.render import show
from evalharness.results import Run, find_runs, read_runs, select_runs
from evalharness.results.housekeeping import delete_run, rename_run
from evalharness.results.listing import changes_page, listing_page
from evalharness.verification import verification_page, verify_run


def runs(config: DictConfig) -> int:
    """Lists the runs, or does to some of them what is asked for.

    Returns:
        1 if a score that was computed again is another one; else 0.

    Raises:
        EvalHarnessError: There is no such run, or it cannot be changed.
    """
    asked = [name for name in ("rename", "delete", "verify") if config[name] is not None]
    if len(asked) > 1:
        raise EvalHarnessError("only one at a time", where=", ".join(f"{name}=" for name in asked))
    results = Path(config.results_dir)
    if not asked:
        found = read_runs(results)
        if not found:
            raise EvalHarnessError(
                "no complete run", where=results / "runs", hint="python -m evalharness makes one"
            )
        select: Any = OmegaConf.to_object(config.select)
        show(listing_page(select_runs(found, select)), config.format)
        return 0
    (what,) = asked
    chosen = _inside(find_runs(config[what], results), results)
    if what == "verify":
        with configured_metrics(config) as metrics:
            verified = [one for run in chosen for one in verify_run(run, metrics)]
        show(verification_page(verified), config.format)
        return int(any(one.again is not None and not one.is_equal for one in verified))
    if what == "rename":
        if config.to is None:
            raise EvalHarnessError("not given", where="to", hint="runs rename=RUN to=NAME")
        renamed = [(run, rename_run(run, config.to)) for run in chosen]
        rebuild(results)
        show(changes_page(renamed, []), config.format)
        return 0
    _confirm(chosen, config.yes)
    deleted: list[tuple[Run, Run | None]] = []
    notes = []
    for run in chosen:
        if not delete_run(run):
            notes.append(f"{run.path}: the folder stays, since other files are in it")
        deleted.append((run, None))
    rebuild(results)
    show(changes_page(deleted, notes), config.format)
    return 0


def _inside(chosen: Sequence[Run], results: Path) -> Sequence[Run]:
    """Refuses runs of other results folders: the board that follows is this one's."""
    for run in chosen:
        if run.results != results:
            raise EvalHarnessError(
                "not a run of this results folder", where=run.path, hint="give its results_dir="
            )
    return chosen


def _confirm(chosen: Sequence[Run], yes: bool) -> None:
    if yes:
        return
    names = ", ".join(run.folder for run in chosen)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise EvalHarnessError(
            f"nothing was deleted: {names}", where="delete", hint="give yes=true to delete this"
        )
    sys.stderr.write(f"delete {names}? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise EvalHarnessError("nothing was deleted", where="delete")
