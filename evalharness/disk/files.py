"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from evalharness.errors import EvalHarnessError

_TEMPORARY_SUFFIX = ".tmp"
_SECONDS_UNTIL_ABANDONED = 24 * 3600


def write_files(folder: Path, files: Mapping[str, bytes], *, option: str = "results_dir") -> None:
    """Writes files into a folder, replacing older ones.

    All of them are written and synced under temporary names before the first is renamed, so that
    a full disk leaves the older files as they were. The last of several files marks the folder as
    complete: its older version goes before the first rename, so that whoever finds it finds
    files that belong together, also after a kill.

    Args:
        folder: The folder; made if need be.
        files: Contents by file name.
        option: The option that names the place, for the error.

    Raises:
        EvalHarnessError: The folder or a file cannot be written.
    """
    staged: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            staged.append((_write_temporary(folder, name, content), folder / name))
        if occupied := [path.name for _, path in staged if path.is_dir()]:
            raise IsADirectoryError(errno.EISDIR, f"{', '.join(occupied)}: is a folder")
        if len(staged) > 1:
            staged[-1][1].unlink(missing_ok=True)
        for temporary, path in staged:
            temporary.replace(path)
        _sync(folder)
    except OSError as error:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)
        raise EvalHarnessError(
            f"cannot be written: {error.strerror}; older files are as they were",
            where=folder,
            mend=f"free the place or choose another {option}=",
        ) from error
    _remove_abandoned(folder)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps the harness's other processes from writing into a results folder meanwhile.

    Raises:
        EvalHarnessError: The lock's file cannot be written.
    """
    lock = FileLock(folder / ".lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise _not_writable(folder, "results_dir", error) from error
    try:
        yield
    finally:
        lock.release()


def check_writable(folder: Path, option: str) -> None:
    """Writes a trial file into a folder, or where it would be made; leaves nothing.

    Args:
        folder: The folder.
        option: The option that names it, for the error.

    Raises:
        EvalHarnessError: That is not possible.
    """
    try:
        there = (path for path in (folder, *folder.parents) if path.exists() or path.is_symlink())
        with tempfile.TemporaryFile(dir=next(there, Path())):
            pass
    except OSError as error:
        raise _not_writable(folder, option, error) from error


def _not_writable(folder: Path, option: str, error: OSError) -> EvalHarnessError:
    return EvalHarnessError(
        f"cannot be written to: {error.strerror}", where=folder, mend=f"choose another {option}="
    )


def _write_temporary(folder: Path, name: str, content: bytes) -> Path:
    path = folder / f".{name}.{secrets.token_hex(4)}{_TEMPORARY_SUFFIX}"
    try:
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_abandoned(folder: Path) -> None:
    """Removes what a killed process left a day ago or earlier; others may be writing now."""
    for path in folder.glob(f".*{_TEMPORARY_SUFFIX}"):
        try:
            if time.time() - path.stat().st_mtime > _SECONDS_UNTIL_ABANDONED:
                path.unlink()
        except FileNotFoundError:  # its process has just renamed it
            continue
