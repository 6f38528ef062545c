"""Files that are written whole or not at all.

While a file is written it has a temporary name, and its process holds a lock on it. A kill ends
the lock, on whichever machine: so the next writer knows what is left over.
"""

from __future__ import annotations

import errno
import glob
import os
import secrets
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO

from evalharness.disk.locks import not_writable, try_lock
from evalharness.errors import EvalHarnessError

_SUFFIX = "[0-9a-f]" * 8 + ".tmp"
_SECONDS_UNTIL_ABANDONED = 24 * 3600  # where the file system has no locks
# How file systems say that they cannot sync, or that folders cannot be synced or opened: those that
# PostgreSQL passes over (fsync_fname in src/backend/storage/file/fd.c), and "not supported".
_NO_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_NO_FOLDER_SYNC = {*_NO_SYNC, errno.EBADF, errno.EISDIR, errno.EACCES, errno.EPERM}


def write_files(folder: Path, files: Mapping[str, bytes], *, option: str = "results_dir") -> None:
    """Writes files into a folder, replacing older ones.

    All of them are written and synced under temporary names before the first is renamed, so that
    a full disk leaves the older files as they were. The last of several files marks the folder as
    complete: its older version goes before the first rename, so that whoever finds it finds
    files that belong together, also after a kill. What killed processes left of these files goes.

    Args:
        folder: The folder; made if need be.
        files: Contents by file name.
        option: The option that names the place, for the error.

    Raises:
        EvalHarnessError: The folder or a file cannot be written. The message says whether the older
            files are still there.
    """
    paths = [folder / name for name in files]
    older = _state(paths)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in files:
            remove_abandoned(folder, glob.escape(name))
        with ExitStack() as temporaries:
            staged = [
                temporaries.enter_context(_temporary(folder, name, content))
                for name, content in files.items()
            ]
            _put_in_place(dict(zip(staged, paths, strict=True)))
    except OSError as error:
        unchanged = _state(paths) == older
        raise EvalHarnessError(
            f"cannot be written: {error.strerror}; "
            + ("older files are as they were" if unchanged else "what is there is incomplete"),
            where=folder,
            hint=f"free the place or choose another {option}="
            if unchanged
            else "run the same command again",
        ) from error
    _sync_folder(folder)


def remove_abandoned(folder: Path, files: str) -> None:
    """Removes the temporary files that no living process is writing.

    Args:
        folder: The folder they are below.
        files: A pattern of what they were to become, such as `runs/*/*/scores.json`.
    """
    pattern = PurePosixPath(files)
    for path in folder.glob(str(pattern.with_name(f".{pattern.name}.{_SUFFIX}"))):
        try:
            with path.open("r+b") as file:
                held = try_lock(file)
                age = time.time() - path.stat().st_mtime
                if held or (held is None and age > _SECONDS_UNTIL_ABANDONED):
                    path.unlink()
        except OSError:  # its process has just renamed it, or it is another user's
            continue


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
        raise not_writable(folder, option, error) from error


def sync(file: IO[bytes]) -> None:
    """Sees to it that what was written to a file outlasts a power cut, where that can be had.

    Raises:
        OSError: It cannot be written.
    """
    file.flush()
    try:
        os.fsync(file.fileno())
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


@contextmanager
def _temporary(folder: Path, name: str, content: bytes) -> Iterator[Path]:
    """A file under a temporary name, locked; it goes in the end unless it was renamed."""
    path, file = _begin(folder, name)
    with file:
        try:
            file.write(content)
            sync(file)
            yield path
        finally:
            path.unlink(missing_ok=True)


def _begin(folder: Path, name: str) -> tuple[Path, IO[bytes]]:
    while True:
        path = folder / f".{name}.{secrets.token_hex(4)}.tmp"
        file = path.open("xb")
        if try_lock(file) is not False and os.fstat(file.fileno()).st_nlink:
            return path, file
        file.close()  # another process took it for abandoned before it was locked


def _put_in_place(files: Mapping[Path, Path]) -> None:
    """Renames files, the last of several after its older version was removed before the first."""
    *_, marker = files.values()
    for path in files.values():
        _check_replaceable(path)
    if len(files) > 1:
        marker.unlink(missing_ok=True)
    for temporary, path in files.items():
        try:
            temporary.replace(path)
        except FileExistsError:  # some file systems rename onto nothing that exists
            path.unlink()
            temporary.rename(path)


def _check_replaceable(path: Path) -> None:
    """A folder cannot be replaced by a file; a device or a FIFO is not there to be replaced."""
    with suppress(FileNotFoundError):
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, f"{path.name}: is a folder")
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, f"{path.name}: is no regular file")


def _state(paths: Iterable[Path]) -> list[tuple[int, ...] | None]:
    """Tells whether files have changed; `None` for one that is not there."""
    states: list[tuple[int, ...] | None] = []
    for path in paths:
        try:
            found = path.stat()
            states.append((found.st_ino, found.st_size, found.st_mtime_ns))
        except OSError:
            states.append(None)
    return states


def _sync_folder(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise EvalHarnessError(
                f"was written, but may not outlast a power cut: {error.strerror}",
                where=folder,
                hint="check the disk",
            ) from error
