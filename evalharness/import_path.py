"""The import path: installed parts and PYTHONPATH, not the working directory.

`python -m` puts the working directory first. There may lie what others made, a results folder or a
checkout of somebody's change, and a module of theirs would run in the place of an installed one.
"""

# Only what Python itself has imported by now: anything else might come from there.
import os
import sys

SAFE_PATH = "PYTHONSAFEPATH"
"""The variable that keeps new Python processes from putting it there."""

_OURS = "evalharness"


def leave_out_working_directory() -> None:
    """Removes what `python -m` has put first; what PYTHONPATH names stays."""
    if getattr(sys.flags, "safe_path", False):  # nothing was put there; Python 3.11 knows the flag
        return
    try:
        working = os.getcwd()  # noqa: PTH109, pathlib is not here yet
    except FileNotFoundError:  # it has been removed since
        working = ""
    if sys.path[0] in ("", working):
        del sys.path[0]


def protect_new_processes() -> None:
    """Sees to it that the processes of a parallel sweep do not put it there either."""
    os.environ.setdefault(SAFE_PATH, _OURS)


def forget_protection() -> None:
    """Leaves the programs that a job starts as they were: their own folder is on their path."""
    if os.environ.get(SAFE_PATH) == _OURS:
        del os.environ[SAFE_PATH]
