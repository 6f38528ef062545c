"""`encoding`: which hypotheses come from a wrong encoding."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from evalharness.checks import Encoding, look_at

from ..conftest import read_lines
from .looking import outputs_of, seen_in


@pytest.mark.parametrize(
    "text",
    [
        "günaydın".encode().decode("latin-1"),
        "İstanbul’da".encode().decode("cp1252", "ignore"),
        "ليبيا".encode().decode("latin-1"),
        "a \ufffd b",
        "a\x80b",
        "a \ue000",
        "\u0301a",
        "a \u0301b",
    ],
)
def test_wrong_encodings_are_flagged_unless_the_source_has_them(text: str):
    seen = seen_in(Encoding(), text)
    assert isinstance(seen, list)
    assert seen
    assert seen_in(Encoding(), text, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "It is £5, “naïve” – déjà vu…",
        "Ölçü, ığdır, ŞİŞLİ: İstanbul’da 5 °C",
        "قال «نعم» في ٨ يناير",
        unicodedata.normalize("NFD", "İstanbul’da görüşüldü"),
        "مُحَمَّدٌ رَسُولُ",
        "क्षि 👩🏽‍🚀 ❤️ 中文。",
        "Felliniho „8 ½“ je film o filmu",
        "",
    ],
)
def test_good_texts_of_many_languages_are_not(text: str):
    assert seen_in(Encoding(), text) is None


@pytest.mark.parametrize("lang", ["tr", "ar"])
def test_real_texts_read_as_latin_1_are_all_named(lang: str, flores: Path):
    people = read_lines(flores / f"{lang}-en" / f"flores-test.{lang}")
    broken = [
        text.encode().decode("latin-1") if row % 10 == 0 else text
        for row, text in enumerate(people)
    ]
    outputs = outputs_of(broken, ["x"] * 1012, [(text,) for text in people], target=lang)
    result = look_at(Encoding(), outputs)
    assert result is not None
    laid = {str(row) for row in range(1, 1013, 10) if not people[row - 1].isascii()}
    assert set(result.rate.segment_ids) == laid
    assert result.rate.reference_counts == {"A": 0}
