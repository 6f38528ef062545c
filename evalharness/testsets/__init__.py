"""Where segments come from."""

from evalharness.testsets.base import Bitext, Segment, TestSet
from evalharness.testsets.statements import StatementsTestSet
from evalharness.testsets.text import TextTestSet

__all__ = ["Bitext", "Segment", "StatementsTestSet", "TestSet", "TextTestSet"]
