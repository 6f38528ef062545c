"""Finding the runs that a user names: by folder, or by system."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.languages import normalised_pair
from evalharness.results.heads import is_complete, read_run
from evalharness.results.run import Run


def find_runs(
    name: str, results: Path, *, testset: str | None = None, pair: str | None = None
) -> list[Run]:
    """Finds the runs of a name.

    Args:
        name: A run folder, relative to the current folder or to the results folder; or a system's
            name, which means all its runs; or that with the hash, `nllb.1a2b3c4d`. What holds a
            slash is a folder; another word is one if no system is called so.
        results: The results folder.
        testset: Only runs on the test set of this name.
        pair: Only runs on this language pair, such as `tr-en`.

    Returns:
        The runs, at least one, ordered by folder.

    Raises:
        EvalHarnessError: There is none, or a run is damaged.
    """
    pair = pair and normalised_pair(pair)
    known = [path for path in _run_folders(results) if _is_on(path, testset, pair)]
    named = [path for path in known if name in (path.name, _system(path))]
    if named and "/" not in name:
        folders = [path.relative_to(results).as_posix() for path in named]
        return [read_run(results, folder) for folder in folders]
    for path in (Path(os.path.expanduser(name)), results / name):  # noqa: PTH111
        if path.is_dir():
            return [_in_folder(path, testset, pair)]
    if "/" in name:
        raise EvalHarnessError("no such folder", where=name)
    systems = dict.fromkeys(_system(path) for path in known)
    on = " ".join(part for part in (testset, pair) if part)
    elsewhere = {path.parent.name.rpartition(".")[::2] for path in _run_folders(results)}
    hint = "give a folder or results_dir=DIR"
    if systems:
        hint = f"systems: {', '.join(systems)}"
    elif elsewhere:
        hint = f"there are runs on {', '.join(sorted(map(' '.join, elsewhere)))}"
    raise EvalHarnessError(
        f"no run of a system called {name!r}{f' on {on}' if on else ''}",
        where=results / "runs",
        hint=hint,
    )


def _run_folders(results: Path) -> list[Path]:
    folders = results.glob("runs/*/*/")
    return sorted(path for path in folders if is_complete(path))


def _is_on(path: Path, testset: str | None, pair: str | None) -> bool:
    on, _, translated = path.parent.name.rpartition(".")
    return testset in (None, on) and pair in (None, translated)


def _system(path: Path) -> str:
    return path.name.rpartition(".")[0]


def _in_folder(path: Path, testset: str | None, pair: str | None) -> Run:
    if not is_complete(path):
        inside = next(_runs_inside(path), None)
        raise EvalHarnessError(
            "not a run folder: it has no scores.json",
            where=path,
            hint=f"name a run folder, such as {inside}" if inside else None,
        )
    whole = Path(os.path.abspath(path))  # noqa: PTH100, "." and ".." have no name
    run = read_run(whole.parent, whole.name)
    if testset not in (None, run.testset) or pair not in (None, run.pair):
        raise EvalHarnessError(f"a run on {run.testset} {run.pair}", where=path)
    return run


def _runs_inside(path: Path) -> Iterator[Path]:
    for pattern in ("*/", "*/*/", "runs/*/*/"):
        yield from (folder for folder in sorted(path.glob(pattern)) if is_complete(folder))
