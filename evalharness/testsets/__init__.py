"""Test sets: named segments of one or more language pairs.

`testset` is the protocol, `statements` the project's own set and `text` one of plain files.
`provenance` says who made references, `identification` which language a text seems to be in, and
`narrowing` keeps one pair.
"""

from evalharness.testsets.narrowing import OnePair
from evalharness.testsets.statements import StatementsTestSet
from evalharness.testsets.testset import TestSet
from evalharness.testsets.text import GivenTestSet, Texts, TextTestSet
from evalharness.values.segments import Bitext, Segment, reference_letters

__all__ = [
    "Bitext",
    "GivenTestSet",
    "OnePair",
    "Segment",
    "StatementsTestSet",
    "TestSet",
    "TextTestSet",
    "Texts",
    "reference_letters",
]
