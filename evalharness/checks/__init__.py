"""Checks: rates of outputs that are wrong in a way a program can see. They never rank.

`check` is the protocol; each check has a file of its own. Helpers of theirs: `scripts`, `lengths`,
`chatter` (of `meta_answer`), `differences` (marks that are lost or invented), `numerals` and
`number_words` (of `numbers`), `glossary` (of `terms`). `judging` turns what a check sees in a
bitext into a rate with the references as control group, and `warning` says of which rates a reader
is warned.
"""

from evalharness.checks.check import NOT_APPLICABLE, Check, Look
from evalharness.checks.copied_prompt import CopiedPrompt
from evalharness.checks.copied_source import CopiedSource
from evalharness.checks.empty import Empty
from evalharness.checks.encoding import Encoding
from evalharness.checks.entities import Entities
from evalharness.checks.invisible import Invisible
from evalharness.checks.judging import find, look_at, make_rate
from evalharness.checks.markup import Markup
from evalharness.checks.meta_answer import MetaAnswer
from evalharness.checks.mixed_script import MixedScript
from evalharness.checks.numbers import Numbers
from evalharness.checks.over_segments import (
    CommonPrefix,
    Constant,
    EqualsReference,
    Normalization,
    OutputLanguage,
    ReferenceLanguage,
    RepeatedSegments,
    Shifted,
    Swapped,
)
from evalharness.checks.placeholders import Placeholders
from evalharness.checks.quoted import Quoted
from evalharness.checks.repetition import Repetition
from evalharness.checks.terms import Terms
from evalharness.checks.tokenized import Tokenized
from evalharness.checks.too_long import TooLong
from evalharness.checks.too_short import TooShort
from evalharness.checks.truncated import Truncated
from evalharness.checks.unfinished import Unfinished
from evalharness.checks.urls import Urls
from evalharness.checks.warning import with_warnings
from evalharness.checks.wrong_language import WrongLanguage
from evalharness.checks.wrong_script import WrongScript
from evalharness.values.checks import CheckResult, Finding
from evalharness.values.outputs import Observations, Outputs
from evalharness.values.segments import Bitext, Segment

__all__ = [
    "NOT_APPLICABLE",
    "Bitext",
    "Check",
    "CheckResult",
    "CommonPrefix",
    "Constant",
    "CopiedPrompt",
    "CopiedSource",
    "Empty",
    "Encoding",
    "Entities",
    "EqualsReference",
    "Finding",
    "Invisible",
    "Look",
    "Markup",
    "MetaAnswer",
    "MixedScript",
    "Normalization",
    "Numbers",
    "Observations",
    "OutputLanguage",
    "Outputs",
    "Placeholders",
    "Quoted",
    "ReferenceLanguage",
    "RepeatedSegments",
    "Repetition",
    "Segment",
    "Shifted",
    "Swapped",
    "Terms",
    "Tokenized",
    "TooLong",
    "TooShort",
    "Truncated",
    "Unfinished",
    "Urls",
    "WrongLanguage",
    "WrongScript",
    "find",
    "look_at",
    "make_rate",
    "with_warnings",
]
