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
    translated, and `<br/>` is `<br>`. A name of four letters and more that is no element of HTML is
    a word, such as `<laugh/>` in the transcript of a speech, and may be translated. The check sees
    which tags are `lost` and `invented`.
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
        return "tags:xml|equal:counts|translated:words"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        """Returns the look; `None` without sources to compare with."""
        return _look if bitext.has_sources else None


_TAG = re.compile(
    r"""<(/?)([^\W\d][\w:.\-]*)(?:\s+[\w:.\-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))*\s*/?>"""
)
_WORD = re.compile(r"</?[^\W\d]{4,}>")
# The elements of HTML that have four letters and more, none but letters: html.spec.whatwg.org.
_HTML_NAMES = """
    abbr address area article aside audio base blockquote body button canvas caption center cite
    code colgroup data datalist details dialog embed fieldset figcaption figure font footer form
    frame frameset head header hgroup html iframe input label legend link main mark math menu meta
    meter noscript object optgroup option output param picture progress ruby samp script search
    section select slot small source span strike strong style summary table tbody template textarea
    tfoot thead time title track video
"""
_HTML = frozenset(_HTML_NAMES.split())


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    found = differences(_tags(segment.source), _tags(text))
    if found is None or len(found) == 1:
        return found
    # A closing tag sorts before all others, so that equal shapes are beside each other.
    words = {side: [tag for tag in tags if _is_word(tag)] for side, tags in found.items()}
    shapes = [[tag[1] == "/" for tag in tags] for tags in words.values()]
    if shapes[0] != shapes[1]:
        return found
    rest = {side: [tag for tag in tags if tag not in words[side]] for side, tags in found.items()}
    return {side: tags for side, tags in rest.items() if tags} or None


def _is_word(tag: str) -> bool:
    return bool(_WORD.fullmatch(tag)) and tag.strip("</>") not in _HTML


def _tags(text: str) -> list[str]:
    if "<" not in text:
        return []
    return [f"<{slash}{name.casefold()}>" for slash, name in _TAG.findall(text)]
