"""Test sets."""

from evalharness.testsets.base import Bitext, Segment, TestSet
from evalharness.testsets.narrowing import OnePair
from evalharness.testsets.statements import StatementsTestSet
from evalharness.testsets.text import GivenTestSet, Texts, TextTestSet, reference_letters

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
