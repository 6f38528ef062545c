"""Whether a test set has documents, and whether there are enough of them to show anything."""

from __future__ import annotations

from collections.abc import Sequence

from evalharness.stats import find_units
from evalharness.stats.units import FEWEST_SWAPPED
from evalharness.values.segments import Segment


def documents_of(segments: Sequence[Segment]) -> list[str]:
    """Returns the document of each segment; nothing where segments are the units of the test.

    That is so where documents are not known, or there is only one, as for each language pair of the
    statements.
    """
    documents = [segment.document for segment in segments]
    if find_units(documents, len(segments)).unit == "segment":
        return []
    return [str(document) for document in documents]


def why_too_few(documents: Sequence[str]) -> str:
    """Says why documents cannot show anything; empty where they can, or are not known.

    As for comparisons, which two to five documents cannot decide whatever the scores. The bounds of
    rates hold for segments that are independent, and so few documents cannot show whether they are.
    """
    count = len(set(documents))
    if not documents or count >= FEWEST_SWAPPED:
        return ""
    which = "1 document" if count == 1 else f"{count} documents"
    return f"with {which} nothing can be shown; it takes {FEWEST_SWAPPED}"
