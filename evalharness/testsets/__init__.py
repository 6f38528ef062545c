"""Test sets: named segments of one or more language pairs.

`testset` is the protocol, `statements` the project's own set and `text` one of plain files; `given`
makes a bitext of texts that were read. `makers` and `provenance` say who made references,
`statement_facts` what statements say, `identification` which language a text seems to be in, and
`narrowing` keeps one pair.
"""

from evalharness.testsets.given import GivenTestSet, Texts
from evalharness.testsets.hub import HubTestSet
from evalharness.testsets.mtme import MtmeTestSet
from evalharness.testsets.narrowing import OnePair, single_pairs
from evalharness.testsets.sacrebleu import SacrebleuTestSet
from evalharness.testsets.statement_facts import Fact, statement_facts
from evalharness.testsets.statements import StatementsTestSet
from evalharness.testsets.testset import TestSet
from evalharness.testsets.text import TextTestSet
from evalharness.testsets.wmt_xml import WmtXmlTestSet
from evalharness.values.segments import Bitext, Segment, reference_letters

__all__ = [
    "Bitext",
    "Fact",
    "GivenTestSet",
    "HubTestSet",
    "MtmeTestSet",
    "OnePair",
    "SacrebleuTestSet",
    "Segment",
    "StatementsTestSet",
    "TestSet",
    "TextTestSet",
    "Texts",
    "WmtXmlTestSet",
    "reference_letters",
    "single_pairs",
    "statement_facts",
]
