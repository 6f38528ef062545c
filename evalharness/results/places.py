"""Where runs stand among those on the same segments, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WINS = "wins: how many others a system is significantly better than"
"""What the column of wins holds, in words."""


@dataclass(frozen=True)
class Place:
    """Where a run stands among the runs on the same segments.

    Attributes:
        column: The column of scores that ranks.
        low: The best rank that the tests leave open, 1 being the best of all.
        high: The worst rank that they leave open.
        wins: How many runs it is significantly better than.
    """

    column: str
    low: int
    high: int
    wins: int

    @property
    def text(self) -> str:
        """The range as people read it: `1`, `2-4`."""
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"


@dataclass(frozen=True)
class Ranking:
    """The places of runs.

    Attributes:
        places: By the run's key; a run without a score that can be ranked has none.
        notes: How they were ranked, and which were not and why.
    """

    places: Mapping[tuple[Path, str], Place]
    notes: tuple[str, ...] = ()
