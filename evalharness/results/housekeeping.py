"""Renaming and deleting finished runs: nothing is lost when a process is killed in between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from evalharness.disk import locked, refuse_links, write_files
from evalharness.errors import EvalHarnessError
from evalharness.results.content import RUN, SCORES, SEGMENTS, STATISTICS
from evalharness.results.heads import is_complete, read_run
from evalharness.results.plausible import check_name
from evalharness.results.run import Run

_FILES = (SCORES, RUN, STATISTICS, SEGMENTS, "config.yaml")  # in the order in which they go


def size_of(run: Run) -> int:
    """Returns how many bytes a run's files have."""
    return sum(path.stat().st_size for path in run.path.iterdir() if path.is_file())


def rename_run(run: Run, system: str) -> Run:
    """Gives a run's system another name: the folder is written anew, and then the old one goes.

    The hash in the folder's name stays: it is of what the run rests on, and not of its name.

    Args:
        run: A run of a results folder.
        system: The new name.

    Returns:
        The run under its new name.

    Raises:
        EvalHarnessError: The name cannot be one, another run has it already, or the folder cannot
            be written. The old run is as it was then.
    """
    check_name(system, "to")
    parent, _, old = run.folder.rpartition("/")
    folder = f"{parent}/{system}.{old.rpartition('.')[2]}"
    if folder == run.folder:
        raise EvalHarnessError("it is called so already", where=run.path)
    with locked(run.results):
        for place in (run.folder, folder):
            refuse_links(run.results / place, run.results)
        _still_there(run)
        if is_complete(run.results / folder):
            raise EvalHarnessError(
                "there is such a run already",
                where=run.results / folder,
                hint="delete one of the two: runs delete=RUN",
            )
        files = {
            path.name: path.read_bytes()
            for path in sorted(run.path.iterdir())
            if path.is_file() and not path.name.startswith(".")
        }
        for name in (RUN, SCORES):
            files[name] = _renamed(files[name], system)
        files[SCORES] = files.pop(SCORES)  # last: it marks the folder as complete
        write_files(run.results / folder, files)
        renamed = read_run(run.results, folder)
        _remove(run.path, files)
    return renamed


def delete_run(run: Run) -> bool:
    """Deletes the files of a run, the one that marks it as complete first.

    Returns:
        Whether its folder went, too; it stays where other files are in it.

    Raises:
        EvalHarnessError: A file cannot be deleted, or another process has deleted the run.
    """
    with locked(run.results):
        refuse_links(run.path, run.results)
        _still_there(run)
        return _remove(run.path, dict.fromkeys(_FILES, b""))


def _still_there(run: Run) -> None:
    if not is_complete(run.path):
        raise EvalHarnessError("another process has deleted or renamed it", where=run.path)


def _renamed(content: bytes, system: str) -> bytes:
    head = json.loads(content)
    return (
        json.dumps({**head, "system": system}, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    ).encode()


def _remove(folder: Path, files: Mapping[str, bytes]) -> bool:
    first = [name for name in _FILES if name in files]
    try:
        for name in dict.fromkeys([*first, *files]):
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise EvalHarnessError(f"cannot be deleted: {error.strerror}", where=folder) from error
    with suppress(OSError):  # something else is in it
        folder.rmdir()
    with suppress(OSError):  # other runs are in it
        folder.parent.rmdir()
    return not folder.exists()
