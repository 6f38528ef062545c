"""`markup`: the tags of the source are lost, or others invented."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import Check, Look
from evalharness.checks.differences import differences
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class Markup(Check):
    """The tags of the source are not all in the hypothesis, or there are others.

    Tags are those of XML and HTML, with their attributes as `name=value`. Each name has to be
    opened and closed as often as in the source, in any order. Attributes may differ, since some are
    translated, and `<br/>` is `<br>`. The check sees which tags are `lost` and `invented`.
    """

    id: str = "markup"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "tags of the source, such as <b>, are lost, or others are invented"

    @property
    def structural(self) -> bool:
        """Never right: tags say what the source's author wanted to be shown."""
        return True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the definition."""
        return "tags:xml|equal:counts"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        """Returns the look; `None` without sources to compare with."""
        return _look if bitext.has_sources else None


_TAG = re.compile(
    r"""<(/?[A-Za-z][\w:.\-]*)(?:\s+[\w:.\-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))*\s*/?>"""
)


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    return differences(_tags(segment.source), _tags(text))


def _tags(text: str) -> list[str]:
    if "<" not in text:
        return []
    return [f"<{name.casefold()}>" for name in _TAG.findall(text)]
