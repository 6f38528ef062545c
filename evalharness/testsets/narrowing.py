"""One language pair of a test set that has several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalharness.errors import EvalHarnessError
from evalharness.testsets.testset import TestSet
from evalharness.values.segments import Bitext


@dataclass(frozen=True)
class OnePair(TestSet):
    """A test set, of which one language pair is used.

    Attributes:
        testset: The test set.
        pair: The pair, such as `tr-en`.
    """

    testset: TestSet
    pair: str

    @property
    def name(self) -> str:
        """The test set's."""
        return self.testset.name

    def missing_requirement(self) -> str | None:
        """What the test set says."""
        return self.testset.missing_requirement()

    def outputs(self, bitext: Bitext) -> Mapping[str, str]:
        """What the test set says."""
        return self.testset.outputs(bitext)

    def load(self) -> Sequence[Bitext]:
        """Reads the test set and returns the pair.

        Raises:
            EvalHarnessError: See `TestSet.load`; or it has no such pair.
        """
        bitexts = self.testset.load()
        found = [bitext for bitext in bitexts if bitext.pair == self.pair]
        if not found:
            known = ", ".join(bitext.pair for bitext in bitexts)
            raise EvalHarnessError(f"{self.name} has no {self.pair}", where="-l", hint=known)
        return found


def single_pairs(testset: TestSet) -> list[OnePair]:
    """Returns each language pair of a test set as a test set of its own.

    Raises:
        EvalHarnessError: See `TestSet.load`.
    """
    return [OnePair(testset, bitext.pair) for bitext in testset.load()]
