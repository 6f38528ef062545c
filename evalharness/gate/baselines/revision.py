"""A baseline as it stands in a revision of git, whatever lies in the working tree.

Git's objects are read as they are: no filter, no attribute and no link of the working tree has a
say in it. A path is followed by its names, each of which has to be a folder of that revision.
Nothing is fetched: what a repository's own configuration calls a remote can be any program.
"""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path
from typing import NamedTuple

from evalharness.errors import EvalHarnessError
from evalharness.gate.baselines.parsing import Source

MOST_FILES = 1000
MOST_BYTES = 256 * 2**20

_FILES = ("100644", "100755")
_FOLDER = "040000"

# An object that is missing is not asked of a remote, from 2.45 on; older versions of git ask, and
# may use no protocol then.
_NO_REMOTES = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": ""}


class _Entry(NamedTuple):
    mode: str
    object: str
    size: str


def in_revision(folder: Path, revision: str) -> tuple[Source, str]:
    """Returns a folder of a revision as a source.

    Args:
        folder: The folder, as it is called in the working tree; it need not exist there.
        revision: A commit, a branch or a tag.

    Returns:
        The source, and the commit that the revision stands for.

    Raises:
        EvalHarnessError: There is no such revision, or no such folder in it, or it holds links,
            submodules, or more than is read.
    """
    whole = Path(os.path.abspath(folder))  # noqa: PTH100, links are not to be followed
    top = _top(whole)
    inside = whole.relative_to(top).as_posix()
    commit = _commit(top, revision)
    where = f"{revision}:{inside}"
    path = "" if inside == "." else inside
    try:
        listing = _git(top, "ls-tree", "-z", "-l", f"{commit}:{path}")
    except _GitError as error:
        raise EvalHarnessError(
            "no such folder in that revision",
            where=where,
            hint="leave out gate.base= until a baseline has been committed there",
        ) from error
    entries = _entries(listing, where)

    def read(name: str) -> bytes:
        if name not in entries:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        try:
            return _git(top, "cat-file", "blob", entries[name].object)
        except _GitError as error:
            raise _unreadable(f"{where}/{name}", str(error)) from error

    return Source(where, frozenset(entries), read), commit


def _top(folder: Path) -> Path:
    """The top of the working tree: the one we are in, where the folder lies in it."""
    for start in (Path.cwd(), folder):
        for parent in (start, *start.parents):
            if (parent / ".git").exists() and folder.is_relative_to(parent):
                return parent
    raise EvalHarnessError(
        "lies in no working tree of git",
        where=folder,
        hint="leave out gate.base=, or give baseline= without links",
    )


def _commit(top: Path, revision: str) -> str:
    try:
        asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"]
        return _git(top, *asked).decode().strip()
    except _GitError as error:
        raise EvalHarnessError(
            f"no such revision{f': {error}' if str(error) else ''}",
            where=f"gate.base={revision}",
            hint="fetch it first; actions/checkout does with fetch-depth: 0",
        ) from error


def _entries(listing: bytes, where: str) -> dict[str, _Entry]:
    """The files of a folder; folders in it are none of a baseline's."""
    entries = {}
    for line in listing.split(b"\0")[:-1]:
        facts, _, name = line.decode(errors="replace").partition("\t")
        mode, _, identity, size = facts.split()
        if mode == _FOLDER:
            continue
        if mode not in _FILES:
            raise EvalHarnessError("a link or a submodule, no file", where=f"{where}/{name}")
        if not size.isdecimal():  # git writes BAD for an object that is damaged or not there
            raise _unreadable(f"{where}/{name}", "git has no such object")
        if int(size) > MOST_BYTES:
            raise EvalHarnessError(
                f"{int(size):,} bytes, more than {MOST_BYTES:,}", where=f"{where}/{name}"
            )
        entries[name] = _Entry(mode, identity, size)
    if len(entries) > MOST_FILES:
        raise EvalHarnessError(f"{len(entries):,} files, more than {MOST_FILES:,}", where=where)
    return entries


def _unreadable(where: str, why: str) -> EvalHarnessError:
    return EvalHarnessError(
        f"cannot be read: {why}", where=where, hint="fetch it again; git fsck finds what is damaged"
    )


class _GitError(Exception):
    """Git said no; its last line says why."""


def _git(top: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", str(top), "--no-replace-objects", *arguments],
            env={**os.environ, **_NO_REMOTES, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise EvalHarnessError(
            f"git cannot be started: {error.strerror}", where="gate.base", hint="install git"
        ) from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise _GitError(lines[-1] if lines else "")
    return done.stdout
