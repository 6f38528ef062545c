"""What every test set looks like to the harness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from evalharness.values.segments import Bitext


class TestSet(Protocol):
    """Named segments of one or more language pairs."""

    @property
    def name(self) -> str:
        """Name in tables and folders: letters, digits, `.`, `_`, `+` and `-`."""
        ...

    def missing_requirement(self) -> str | None:
        """Why this test set cannot be read here now and how to mend that; `None` if it can."""
        ...

    def load(self) -> Sequence[Bitext]:
        """Reads every language pair, each with at least one segment.

        Raises:
            EvalHarnessError: A file is missing, malformed, or does not match the others.
        """
        ...

    def outputs(self, bitext: Bitext) -> Mapping[str, str]:
        """Systems' outputs that belong to the test set: files, by the systems' names.

        Args:
            bitext: One of its language pairs.
        """
        return {}
