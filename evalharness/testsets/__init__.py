"""Test sets."""

from evalharness.testsets.base import Bitext, Segment, TestSet
from evalharness.testsets.statements import StatementsTestSet
from evalharness.testsets.text import GivenTestSet, Texts, TextTestSet

__all__ = [
    "Bitext",
    "GivenTestSet",
    "Segment",
    "StatementsTestSet",
    "TestSet",
    "TextTestSet",
    "Texts",
]
