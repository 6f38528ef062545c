"""The one exception family: what is wrong, where, and how to mend it."""

from __future__ import annotations

from pathlib import Path


class EvalHarnessError(Exception):
    """Wrong usage or input; the command line prints it as one line and exits with 2.

    Args:
        what: What is wrong, as a clause without a final full stop.
        where: The file (with its line, if known), option or value it is wrong in.
        mend: What the user can do about it.
    """

    def __init__(self, what: str, *, where: str | Path | None = None, mend: str | None = None):
        self.what = what
        self.where = where
        self.mend = mend
        line = f"{where}: {what}" if where is not None else what
        if mend:
            line = f"{line}; {mend}"
        super().__init__(" ".join(line.split()))
