"""The one exception family: what is wrong, where, and how to mend it."""

from __future__ import annotations

from pathlib import Path


class EvalHarnessError(Exception):
    """Wrong usage or input; the command line prints it as one line and exits with 2.

    Args:
        what: What is wrong, as a clause without a final full stop.
        where: The file (with its line, if known), option or value it is wrong in.
        hint: What the user can do about it.
    """

    def __init__(self, what: str, *, where: str | Path | None = None, hint: str | None = None):
        self.what = what
        self.where = where
        self.hint = hint
        line = f"{where}: {what}" if where is not None else what
        if hint:
            line = f"{line}; {hint}"
        super().__init__(" ".join(line.split()))
