"""The units of resampling: documents where they are known and there are several, else segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from evalharness.stats.bootstrap import Array, sum_by_document

FEWEST_RESAMPLED = 10
"""Resamples of fewer documents hardly differ: their intervals are the jackknife's."""

FEWEST_SWAPPED = 6
"""Five documents can be swapped in 16 ways that differ: at 0.05 nothing can be shown."""

ROUGH = 30
"""Intervals of fewer units are called rough."""


class Units(NamedTuple):
    """What is resampled and swapped as a whole.

    Attributes:
        unit: `document` or `segment`.
        number: How many there are.
        effective: How many documents of equal size would say as much: (sum m)^2 / sum m^2, m being
            the segments of each; segments are all of a size.
        one_document: Whether all segments are of one document, so that they have to be the units.
    """

    unit: str
    number: int
    effective: float
    one_document: bool = False

    @property
    def are_too_few(self) -> bool:
        """Whether they are too few documents for a test to show anything."""
        return self.unit == "document" and self.number < FEWEST_SWAPPED

    @property
    def need_jackknife(self) -> bool:
        """Whether they are too few documents to be resampled."""
        return self.unit == "document" and self.number < FEWEST_RESAMPLED


def find_units(documents: Sequence[str | None], segments: int) -> Units:
    """Says what the units of a test set are.

    Args:
        documents: The document of each segment; empty or `None` where it is not known.
        segments: How many segments there are.
    """
    sizes = Counter(documents)
    if not sizes or None in sizes or len(sizes) == 1:
        return Units("segment", segments, segments, len(sizes) == 1 and None not in sizes)
    effective = segments**2 / sum(size**2 for size in sizes.values())
    return Units("document", len(sizes), effective)


def sum_by_unit(table: Array, documents: Sequence[str | None]) -> Array:
    """Sums the statistics of each unit.

    Args:
        table: Additive statistics, of shape (n_segments, k).
        documents: The document of each segment, in the same order; empty where it is not known.

    Returns:
        An array of shape (n_units, k).
    """
    if find_units(documents, len(table)).unit == "document":
        return sum_by_document(table, [str(document) for document in documents])
    return table
