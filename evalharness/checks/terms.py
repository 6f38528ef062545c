"""`terms`: the terms of the source are not translated as they have to be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from evalharness.checks.check import NOT_APPLICABLE, Check, Look
from evalharness.checks.glossary import RULE, Glossary, Term, own_terms, read_glossary, stands_in
from evalharness.config import FilePath
from evalharness.values.checks import Finding
from evalharness.values.outputs import Observations, Outputs
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class Terms(Check):
    """A term of the source does not have the translation that it has to have.

    Terms are those that the test set gives for a segment (`terms` among its facts), and those of a
    glossary that stand in the source. `glossary.stands_in` says how inflected terms are found. A
    segment without terms is not applicable. The check sees the `missing` terms with what was
    expected, and how many `terms` the segment has. The finding `term_success` is the share of all
    terms, not segments, that were translated so.

    Attributes:
        glossary: A TSV file with a term, a tab and its translation on each line; more lines for
            more translations.
    """

    id: str = "terms"
    glossary: FilePath | None = None

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "a term of the source is not translated as the glossary says"

    @property
    def structural(self) -> bool:
        """Another word may be right, too."""
        return False

    def missing_requirement(self) -> str | None:
        """None; reads the glossary, so that a fault in it is found early."""
        if self.glossary:
            read_glossary(self.glossary)
        return None

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the rule of inflection, and a digest of all terms."""
        rows = [[term.source, *term.targets] for term in self._glossary.terms]
        own = [[[term.source, *term.targets] for term in _own(s, bitext)] for s in bitext.segments]
        digest = hashlib.sha256(json.dumps([rows, own]).encode()).hexdigest()[:12]
        return f"terms:{digest}|forms:{RULE}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        """Returns the look; `None` where no segment can have terms."""
        is_given = any("terms" in segment.facts for segment in bitext.segments)
        if not is_given and not (self._glossary.terms and bitext.has_sources):
            return None

        def look(segment: Segment, text: str, observations: Observations | None) -> Any:
            terms = self._terms(segment, bitext)
            if not terms:
                return NOT_APPLICABLE
            missing = {term.source: list(term.targets) for term in _missing(terms, text)}
            return {"missing": missing, "terms": len(terms)} if missing else None

        return look

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        """Returns the share of the terms that were translated as they had to be."""
        bitext = outputs.bitext
        if self.prepare(bitext, None) is None:
            return ()
        found = total = 0
        for segment, text in zip(bitext.segments, outputs.hypotheses, strict=True):
            terms = self._terms(segment, bitext) if text is not None else []
            total += len(terms)
            found += len(terms) - len(_missing(terms, text or ""))
        if not total:
            return ()
        share = f"{found} of {total} terms ({found / total:.1%})"
        return (Finding("term_success", f"{share} have the translation that was asked for"),)

    @cached_property
    def _glossary(self) -> Glossary:
        return Glossary(read_glossary(self.glossary) if self.glossary else [])

    def _terms(self, segment: Segment, bitext: Bitext) -> list[Term]:
        own = _own(segment, bitext)
        known = {term.source for term in own}
        more = self._glossary.found_in(segment.source) if self._glossary.terms else []
        return own + [term for term in more if term.source not in known]


def _own(segment: Segment, bitext: Bitext) -> list[Term]:
    return own_terms(segment.facts, bitext.source_lang, bitext.target_lang)


def _missing(terms: Sequence[Term], text: str) -> list[Term]:
    return [term for term in terms if not any(stands_in(target, text) for target in term.targets)]
