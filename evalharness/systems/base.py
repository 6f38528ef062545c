"""What every translation system looks like to the harness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from evalharness.hub import Checkpoint

Facts = Mapping[str, "str | int | float | bool | Facts | Sequence[Facts] | None"]
"""JSON-serialisable facts about a system; never secrets."""


class System(Protocol):
    """Anything that turns source segments into hypotheses."""

    @property
    def name(self) -> str:
        """Name in tables and folders: letters, digits, `.`, `_`, `+` and `-`."""
        ...

    def unavailable(self) -> str | None:
        """Why this system cannot run here now and how to mend that; `None` if it can.

        Cheap: it loads no model.
        """
        ...

    def supports(self, source: str, target: str) -> bool:
        """Whether the system translates from `source` into `target` (BCP-47 codes)."""
        ...

    def fingerprint(self, source: str, target: str) -> Facts:
        """Everything that can change a hypothesis for this pair, as hashable facts."""
        ...

    def checkpoints(self, source: str, target: str) -> Sequence[Checkpoint]:
        """What it loads for a pair, from the hub or a folder; empty without weights."""
        ...

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, str | None]]:
        """Yields each text's position with its hypothesis, in any order, as soon as it exists.

        `None`, or no word about a position, marks a failure, which is never `""`.
        """
        ...
