"""Checks that see many segments: they flag no single text, and give findings of a run."""

from evalharness.checks.over_segments.common_prefix import CommonPrefix
from evalharness.checks.over_segments.constant import Constant
from evalharness.checks.over_segments.equals_reference import EqualsReference
from evalharness.checks.over_segments.normalization import Normalization
from evalharness.checks.over_segments.output_language import OutputLanguage
from evalharness.checks.over_segments.reference_language import ReferenceLanguage
from evalharness.checks.over_segments.repeated_segments import RepeatedSegments
from evalharness.checks.over_segments.shifted import Shifted
from evalharness.checks.over_segments.swapped import Swapped

__all__ = [
    "CommonPrefix",
    "Constant",
    "EqualsReference",
    "Normalization",
    "OutputLanguage",
    "ReferenceLanguage",
    "RepeatedSegments",
    "Shifted",
    "Swapped",
]
