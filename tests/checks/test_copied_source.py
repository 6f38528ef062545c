"""`copied_source`: which hypotheses are the source."""

from __future__ import annotations

import unicodedata

import pytest

from evalharness.checks import NOT_APPLICABLE, CopiedSource

from .looking import seen_in

SOURCE = "İstanbul'da 8 Ocak’ta görüşüldü."


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (SOURCE, "verbatim"),
        (unicodedata.normalize("NFD", SOURCE), "normalized"),
        (SOURCE.replace(" ", "\u00a0"), "normalized"),
        (f"  {SOURCE.replace(' ', '  ')}\n", "normalized"),
        (SOURCE.upper(), "normalized"),
        (SOURCE.lower(), "normalized"),
        (SOURCE.replace("8", "\uff18"), "normalized"),  # a fullwidth digit
        (SOURCE + " Dün.", None),
        (SOURCE[:-1], None),
        ("It was discussed in Istanbul on 8 January.", None),
        ("", None),
    ],
)
def test_texts_that_are_the_source_are_flagged(text: str, seen: str | None):
    assert seen_in(CopiedSource(), text, SOURCE) == seen


@pytest.mark.parametrize("source", ["8.1.2020", "…", "٨", "100 %"])
def test_a_source_without_letters_is_no_text_to_translate(source: str):
    assert seen_in(CopiedSource(), source, source) is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("pair", "applicable"),
    [
        (("tr", "en"), True),
        (("ar", "en"), True),
        (("zh-Hant", "zh-Hans"), False),
        (("en", "en-GB"), False),
        (("und", "und"), False),
        (("und", "en"), False),
    ],
)
def test_languages_that_are_the_same_or_unknown_are_not_looked_at(
    pair: tuple[str, str], applicable: bool
):
    seen = seen_in(CopiedSource(), "Berlin", "Berlin", pair=pair)
    assert seen == ("verbatim" if applicable else NOT_APPLICABLE)
