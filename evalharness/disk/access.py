"""Who may read what is written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def for_owner_alone(wanted: bool) -> Iterator[None]:
    """Lets only the owner read the folders (0700) and files (0600) that are made meanwhile.

    That holds for the whole process: other threads' files, and the programs that it starts.

    Args:
        wanted: Whether that is wanted; else the process's umask decides, as it does elsewhere.
    """
    if not wanted:
        yield
        return
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
