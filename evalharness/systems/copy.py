"""The untranslated source: the baseline that every system must beat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalharness.systems.system import System
from evalharness.values.outputs import Facts, Failure, Translation


@dataclass(frozen=True)
class CopySystem(System):
    """Returns each source text as its own hypothesis, for any pair."""

    name: str = "copy"

    def missing_requirement(self) -> str | None:
        """Always available."""
        return None

    def is_floor(self) -> bool:
        """Every real system should beat it."""
        return True

    def supports(self, source: str, target: str) -> bool:
        """Any pair."""
        return True

    def fingerprint(self, source: str, target: str) -> Facts:
        """Nothing can change a copy."""
        return {"system": "copy"}

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | Failure]]:
        """Yields the texts."""
        return enumerate(map(Translation, texts))
