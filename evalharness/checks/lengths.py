"""How long a translation is likely to be, as the references of other documents say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from evalharness.stats import find_units
from evalharness.stats.bootstrap import Array
from evalharness.values.segments import Bitext

SPREADS = 5.0
"""From how many spreads on a length is improbable."""
SHARE = 2 / 3
"""What part of the expected length a text that is too short does not reach, at most."""
FOLDS = 10
SIGNATURE = f"lengths:characters|folds:{FOLDS}|spreads:{SPREADS:.0f}|share:{SHARE:.3f}"

_FEWEST = 30  # references to learn from
_ROUNDS = 4
_OUTLIER = 3.5
_LEAST = 0.06  # of a spread, in long texts
_NORMAL = 1.4826  # times the median of absolute deviations is a normal standard deviation


class Expected(NamedTuple):
    """The length that a translation is likely to have.

    Attributes:
        length: In characters.
        spread: Of the logarithm of the ratio of a reference's length to this one.
    """

    length: float
    spread: float

    def spreads(self, length: int) -> float:
        """Returns by how many spreads a length is above the expected one, or below."""
        return math.log(length / self.length) / self.spread


def length_of(text: str) -> int:
    """Returns how many characters a text has; runs of whitespace are one, and none at its ends."""
    return len(" ".join(text.split()))


def expected_lengths(bitext: Bitext) -> Mapping[str, Expected] | None:
    """Learns from the lengths of sources and references how long translations are.

    The logarithm of the ratio of their lengths is a line in the logarithm of the source's length,
    and its variance is inversely proportional to the source's length, as that of a sum of words is:
    in FLORES, NTREX and WMT23, from 20 characters to a paragraph. Outliers are left out. What is
    expected of a segment is learnt from other documents (where documents are not known, from
    other segments) in ten parts, so that the segment's own references have no part in it: it
    is the same for the hypothesis and for each reference, whichever of them is which.

    Returns:
        What is expected by the segment's id; `None` without sources, without references, or with
        too few of them. A segment with an empty source has none.
    """
    rows = [
        (at, length_of(segment.source), length_of(reference))
        for at, segment in enumerate(bitext.segments)
        for reference in segment.references
    ]
    if not bitext.has_sources or len(rows) < _FEWEST:
        return None
    parts = _parts(bitext)
    at, *lengths = np.array(rows).T
    source, reference = (side.astype(float) for side in lengths)
    known = (source > 0) & (reference > 0)
    found: dict[str, Expected] = {}
    models = {}
    for part in range(int(parts.max()) + 1):
        others = known & (parts[at] != part)
        if others.sum() < _FEWEST:
            return None
        models[part] = _fit(source[others], reference[others])
    for number, segment in enumerate(bitext.segments):
        if length := length_of(segment.source):
            intercept, slope, spread = models[int(parts[number])]
            found[segment.id] = Expected(
                length * math.exp(intercept + slope * math.log(length)),
                max(spread / math.sqrt(length), _LEAST),
            )
    return found


def _parts(bitext: Bitext) -> Array:
    """The part that each segment is in, from 0: documents in turn, or segments in turn."""
    documents = [segment.document for segment in bitext.segments]
    names: list[object] = list(documents)
    if find_units(documents, len(documents)).unit != "document":
        names = list(range(len(documents)))
    order = {name: number % FOLDS for number, name in enumerate(dict.fromkeys(names))}
    return np.array([order[name] for name in names])


def _fit(source: Array, reference: Array) -> tuple[float, float, float]:
    """The intercept and the slope of the line, and the spread in a source of one character."""
    ratio = np.log(reference / source)
    terms = np.column_stack([np.ones(len(source)), np.log(source)])
    weight = np.sqrt(source)
    kept = np.ones(len(source), dtype=bool)
    for _ in range(_ROUNDS):
        line, *_ = np.linalg.lstsq(
            terms[kept] * weight[kept, None], ratio[kept] * weight[kept], rcond=None
        )
        off = np.abs(ratio - terms @ line) * weight
        spread = _NORMAL * float(np.median(off))
        kept = off <= _OUTLIER * spread
    return float(line[0]), float(line[1]), spread
