"""`copied_source`: the hypothesis is the source."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import NOT_APPLICABLE, Check, Look
from evalharness.languages import UNDETERMINED
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class CopiedSource(Check):
    """The hypothesis is the whole source, untranslated.

    The two are equal after Unicode's normalisation NFKC, without regard to case, and with every
    run of whitespace as one space and none at the ends. Whether part of a source was copied is not
    looked at. A source without letters (a number, a date) is no text to translate, so the check is
    not applicable there; nor is it where source and target language have the same primary subtag
    (`zh-Hant` to `zh-Hans`), or are not known.

    Names and titles stay as they are in good translations, too: the references say how often. The
    check sees `"verbatim"` or `"normalized"`: equal as they are, or only after normalisation.
    """

    id: str = "copied_source"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the hypothesis is the untranslated source"

    @property
    def structural(self) -> bool:
        """A short segment, such as a name, may rightly stay as it is."""
        return False

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the normalisation."""
        return "equal:nfkc+casefold+spaces|sources:letters"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        """Returns the look; `None` where the languages are the same, or not known."""
        source, target = (
            tag.partition("-")[0].lower() for tag in (bitext.source_lang, bitext.target_lang)
        )
        unknown = UNDETERMINED.code in (source, target)
        return None if unknown or source == target or not bitext.has_sources else _look


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    if not any(map(str.isalpha, segment.source)):
        return NOT_APPLICABLE
    if text == segment.source:
        return "verbatim"
    return "normalized" if _normalized(text) == _normalized(segment.source) else None


def _normalized(text: str) -> str:
    # Twice, since case folding can undo the normalisation (The Unicode Standard, D146).
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())
