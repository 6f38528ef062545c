"""`entities`: which hypotheses show HTML entities that the source has not."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest

from evalharness.checks import Entities, look_at

from ..conftest import read_lines
from .looking import outputs_of, seen_in

# Lines of the published outputs with an entity, counted with
# grep -cP '&(#\d+|#x[0-9a-fA-F]+|[A-Za-z]+);'
PUBLISHED = {
    "argos": 59,
    "bergamot-base": 0,
    "bergamot-base-memory": 0,
    "google": 162,
    "microsoft": 0,
    "nllb": 0,
    "opusmt": 23,
}


@pytest.mark.parametrize(
    ("text", "source", "seen"),
    [
        ("It &quot;is&quot;", "O", ["&quot;", "&quot;"]),
        ("It&#39;s", "O", ["&#39;"]),
        ("It&#x27;s", "O", ["&#x27;"]),
        ("It & # 39 ; s", "O", ["&#39;"]),
        ("a &amp;quot; b", "O", ["&amp;"]),
        ("R&D; and Q&A;", "O", None),  # no entities of HTML
        ("AT&T", "AT&T", None),
        ("a &amp; b", "a &amp; b", None),
        ("a &#38; b", "a &amp; b", None),  # the same character
        ("a &quot; b", "a &amp; b", ["&quot;"]),
        ('It\'s "it"', "O", None),
    ],
)
def test_entities_are_flagged_unless_the_source_has_the_character_so(
    text: str, source: str, seen: list[str] | None
):
    assert seen_in(Entities(), text, source) == seen


def test_published_outputs_with_entities_are_counted_exactly(flores: Path):
    folder = flores / "ar-en"
    sources, people = (read_lines(folder / f"flores-test.{lang}") for lang in ("ar", "en"))
    for system, count in PUBLISHED.items():
        hypotheses = read_lines(folder / f"flores-test.{system}.en")
        outputs = outputs_of(hypotheses, sources, [(text,) for text in people], source="ar")
        result = look_at(Entities(), outputs)
        assert result is not None
        assert (system, result.rate.count) == (system, count)
        assert result.rate.reference_counts == {"A": 0}


def test_what_html_escapes_is_what_is_flagged(flores: Path):
    sources, people = (
        read_lines(flores / "tr-en" / f"flores-test.{lang}") for lang in ("tr", "en")
    )
    escaped = [escape(text) for text in people]
    result = look_at(Entities(), outputs_of(escaped, sources))
    assert result is not None
    changed = [
        str(row)
        for row, (new, old) in enumerate(zip(escaped, people, strict=True), 1)
        if new != old
    ]
    assert changed
    assert list(result.rate.segment_ids) == changed
