"""`entities`: the hypothesis shows HTML entities that the source does not have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from html.entities import html5
from typing import Any

from evalharness.checks.check import Check, Look
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class Entities(Check):
    """The hypothesis has HTML entities, such as `&#39;` and `&quot;`, that the source has not.

    A character that the source writes as an entity, however spelt (`&quot;` or `&#34;`), may be
    written so. Named entities are those of HTML 5 with their semicolon; spaces that a
    tokenizer put inside (`& # 39 ;`) do not hide one. The check sees the entities.
    """

    id: str = "entities"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the hypothesis has HTML entities that the source does not have"

    @property
    def structural(self) -> bool:
        """Never right: readers see the code instead of the character."""
        return True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the definition, and whether sources could spare anything."""
        spared = "source" if bitext.has_sources else "nothing"
        return f"entities:numeric+html5|spared:{spared}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        """Returns the look; without sources, nothing is excepted."""
        return _look


_ENTITY = re.compile(r"& ?(?:# ?[0-9]{1,7}|# ?[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31}) ?;")


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    if "&" not in text:
        return None
    known = {unescape(entity) for entity in _entities(segment.source)}
    return [entity for entity in _entities(text) if unescape(entity) not in known] or None


def _entities(text: str) -> list[str]:
    joined = (entity.replace(" ", "") for entity in _ENTITY.findall(text))
    return [entity for entity in joined if entity[1] == "#" or entity[1:] in html5]
