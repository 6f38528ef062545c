"""`placeholders`: the placeholders of the source are lost, or others invented."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import Check, Look
from evalharness.checks.differences import differences
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class Placeholders(Check):
    """The placeholders of the source are not all in the hypothesis, or there are others.

    Placeholders are `{x}`, `{0}`, `{}`, `{x:.2f}`, `{{x}}`, `${x}`, `%s`, `%1$d`, `%(x)s`, `%.2f`
    and `%@`. Each has to stand as often as in the source, in any order; spaces inside braces do
    not count. `%` after a digit or a letter is a percent sign. The check sees what is `lost` and
    what is `invented`.
    """

    id: str = "placeholders"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "placeholders of the source, such as {name} or %s, are lost, or others are invented"

    @property
    def structural(self) -> bool:
        """Never right: the program that fills them in breaks, or shows the placeholder."""
        return True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the definition."""
        return "placeholders:braces+printf|equal:counts"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        """Returns the look; `None` without sources to compare with."""
        return _look if bitext.has_sources else None


_PLACEHOLDER = re.compile(
    r"""
      \{\{ \s* [\w.\-]+ \s* \}\}
    | \$?\{ (?: \s* [\w.\-\[\]]+ )? \s* (?: ![rsa] )? (?: :[^{}\s]{0,12} )? \}
    | (?<![\w%]) % (?: \(\w+\) | [0-9]+\$ )? (?: 0[0-9] )? (?: \.[0-9]+ )? (?: ll? | hh? | z )?
      [@sdifuxXcgGeEop] (?!\w)
    """,
    re.VERBOSE,
)


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    return differences(_placeholders(segment.source), _placeholders(text))


def _placeholders(text: str) -> list[str]:
    if "{" not in text and "%" not in text:
        return []
    return ["".join(found.split()) for found in _PLACEHOLDER.findall(text)]
