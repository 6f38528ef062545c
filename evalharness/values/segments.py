"""What is translated: segments with their references, and the bitext of a language pair."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from string import ascii_uppercase
from typing import Any

HUMAN = "human"
POST_EDITED = "post-edited"
MACHINE_DRAFTED = "machine-drafted"
UNSTATED = "unstated"
MAKERS = (HUMAN, POST_EDITED, MACHINE_DRAFTED, UNSTATED)
NO_REFERENCES = "none"
PROVENANCES = (*MAKERS, NO_REFERENCES)


@dataclass(frozen=True)
class Segment:
    """One unit of source text with its references.

    Attributes:
        id: Unique within its test set and language pair.
        position: 0-based line among all source lines of the pair, also those left out of scoring.
        document: The document it belongs to, `None` where documents are not known.
        source: The text to translate; empty only where a test set has no sources.
        references: Its human translations; none in a test set without references.
        facts: What else the test set says about it, JSON values by name: `domain`, `origlang`,
            `instruction`, `terms`. They change no score, and are no part of the digest.
    """

    id: str
    position: int
    document: str | None
    source: str
    references: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Bitext:
    """The segments of one language pair of one test set.

    Attributes:
        testset: The test set's name.
        source_lang: BCP-47 code.
        target_lang: BCP-47 code.
        segments: What is scored, in order.
        source_path: Where the sources come from, for messages.
        source_lines: How many lines the sources have, also those left out of scoring.
        provenance: Who made the references: the distinct values among `MAKERS`, sorted; only
            `none` where there are no references.
        notes: What was left out and why, one line each.
        reference_names: What the references are called, in their order; empty if nothing.
        version: The commit or version of a test set that has one; empty for none.
        makers: Who made each reference, one of `MAKERS`, in the order of the references; empty
            where references do not have one maker each, as those of the statements.
    """

    testset: str
    source_lang: str
    target_lang: str
    segments: tuple[Segment, ...]
    source_path: str
    source_lines: int
    provenance: tuple[str, ...]
    notes: tuple[str, ...] = ()
    reference_names: tuple[str, ...] = ()
    version: str = ""
    makers: tuple[str, ...] = ()

    @property
    def pair(self) -> str:
        """The language pair as `tr-en`."""
        return f"{self.source_lang}-{self.target_lang}"

    @property
    def has_sources(self) -> bool:
        """Whether the segments have a source; a test set has all of them or none."""
        return any(segment.source for segment in self.segments)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the pair, segments, provenance and version; not of where they lie."""
        facts = [
            self.testset,
            self.source_lang,
            self.target_lang,
            self.provenance,
            [[s.id, s.document, s.source, s.references] for s in self.segments],
            *([self.version] if self.version else ()),
        ]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()

    def first(self, limit: int | None) -> Bitext:
        """Returns the first `limit` segments; all of them for `None`."""
        return self if limit is None else replace(self, segments=self.segments[:limit])


def reference_letters(count: int) -> tuple[str, ...]:
    """Returns the names of references that have none of their own: A, B, ..., Z, R27, ..."""
    letters = [*ascii_uppercase, *(f"R{n}" for n in range(len(ascii_uppercase) + 1, count + 1))]
    return tuple(letters[:count])
