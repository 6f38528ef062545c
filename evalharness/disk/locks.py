"""Locks between processes, which may run on several machines that share a file system."""

from __future__ import annotations

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

from evalharness.errors import EvalHarnessError

_SECONDS_TO_WAIT = 600  # nobody holds a lock for longer than a leaderboard takes
_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}


@contextmanager
def locked(folder: Path, name: str = ".lock", option: str = "results_dir") -> Iterator[None]:
    """Keeps the harness's other processes out of a folder meanwhile.

    The kernel ends such a lock with its process. Where the file system has none (some network
    shares), a file that names host and process stands in for it: one that a killed process of
    this host left is removed, one of another host is named in the error.

    Args:
        folder: The folder; made if need be.
        name: The name of the lock's file.
        option: The option that names the place, for the error.

    Raises:
        EvalHarnessError: The lock's file cannot be written, or somebody else keeps it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = _acquire(folder / name)
    except Timeout as error:
        raise EvalHarnessError(
            "another process has held this lock for ten minutes",
            where=error.lock_file,
            hint="delete the file if no evalharness is running, on any machine",
        ) from error
    except OSError as error:
        raise not_writable(folder, option, error) from error
    try:
        yield
    finally:
        lock.release()


def not_writable(folder: Path, option: str, error: OSError) -> EvalHarnessError:
    """Returns what is said when a folder cannot be written to."""
    return EvalHarnessError(
        f"cannot be written to: {error.strerror}", where=folder, hint=f"choose another {option}="
    )


def try_lock(file: IO[bytes]) -> bool | None:
    """Locks an open file until it is closed, by whatever ends its process too.

    Returns:
        Whether this process holds the lock; `None` where the file system has no locks.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _acquire(path: Path) -> BaseFileLock:
    lock: BaseFileLock = FileLock(path)
    try:
        lock.acquire()
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        lock = SoftFileLock(path.with_name(f"{path.name}.owner"), timeout=_SECONDS_TO_WAIT)
        lock.acquire()
    return lock
