"""A system of a user's own that samples, by the protocol alone: it draws among real outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

import numpy as np

from evalharness.systems import Failure, System, Translation


@dataclass(frozen=True)
class Sampler(System):
    """Gives for each text one of the lines that real systems gave for it.

    Attributes:
        source: The file of texts.
        outputs: The files of the systems' lines, one each.
        name: Its name in tables.
        seed: Seeds the draws; `None` for a system that takes the first file's line.
        fails_on: The text that it fails on in the second pass.
    """

    source: str
    outputs: list[str] = field(default_factory=list)
    name: str = "sampler"
    seed: int | None = 1
    fails_on: str = ""
    number: int = 1

    asked: ClassVar[list[tuple[int, int]]] = []
    """Which pass was asked for how many texts."""

    def missing_requirement(self) -> str | None:
        return None

    def supports(self, source: str, target: str) -> bool:
        return True

    def fingerprint(self, source: str, target: str) -> dict[str, str | int | None]:
        return {"system": "Sampler", "seed": self.seed}

    def samples(self) -> bool:
        return self.seed is not None

    def in_pass(self, number: int) -> Sampler:
        return replace(self, number=number)

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | Failure]]:
        self.asked.append((self.number, len(texts)))
        lines = [Path(path).read_text(encoding="utf-8").split("\n") for path in self.outputs]
        places = {t: n for n, t in enumerate(Path(self.source).read_text("utf-8").split("\n"))}
        for position, text in enumerate(texts):
            place, chosen = places[text], 0
            if self.seed is not None:
                draws = np.random.default_rng([self.seed, self.number, place])
                chosen = int(draws.integers(len(lines)))
            if text == self.fails_on and self.number == 2:
                yield position, Failure("HTTP 500")
            else:
                yield position, Translation(lines[chosen][place])
