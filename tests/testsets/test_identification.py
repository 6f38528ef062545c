"""Language identification on real text."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.testsets.identification import foreign_lines

from ..conftest import read_lines

FLORES_FILES = {
    "tr": "tr-en/flores-test.tr",
    "ar": "ar-en/flores-test.ar",
    "en": "tr-en/flores-test.en",
}


@pytest.mark.parametrize("code", FLORES_FILES)
def test_no_line_of_a_news_text_is_taken_for_foreign(code: str, flores: Path):
    assert foreign_lines(read_lines(flores / FLORES_FILES[code]), code) == {}


@pytest.mark.parametrize(
    ("code", "other", "name"),
    [("tr", "en", "English"), ("ar", "tr", "Turkish"), ("en", "ar", "Arabic")],
)
def test_lines_in_another_language_are_found(code: str, other: str, name: str, flores: Path):
    expected = read_lines(flores / FLORES_FILES[code])[:50]
    foreign = read_lines(flores / FLORES_FILES[other])[50:100]
    found = foreign_lines(expected + foreign, code)
    assert [position for position in found if position < 50] == []
    # four in five: a line is left out only where there is hardly a doubt
    assert list(found.values()).count(name) >= 40


def test_empty_lines_and_languages_lingua_does_not_know_are_passed_over():
    assert foreign_lines(["", "   ", "1 2 3"], "tr") == {}
    assert foreign_lines(["Bu bir cümledir."], "ckb") == {}
