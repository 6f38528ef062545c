"""Sentences, and what is longer than a model takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.errors import EvalHarnessError
from evalharness.systems.neural.fitting import fit, sentences

WORDS = st.lists(st.sampled_from(["kar", "yağdı", "bugün", "Libya", "ateşkes"]), min_size=1)
SENTENCES = st.lists(WORDS.map(lambda words: " ".join(words).capitalize() + "."), min_size=1)


def letters(text: str) -> list[int]:
    """A token per letter, with one before and one after."""
    return [0, *map(ord, text), 1]


@given(SENTENCES.map(" ".join), st.integers(3, 80))
def test_parts_fit_and_hold_the_text_unless_they_are_marked(text: str, limit: int):
    parts = fit(text, letters, limit, "tr")
    assert all(len(part.ids) <= limit for part in parts)
    shown = ["".join(map(chr, part.ids[1:-1])) for part in parts]
    if not any(part.truncated for part in parts):
        assert " ".join(shown) == text
    place = 0
    for part in shown:  # in order, and nothing that is not in the text
        place = text.index(part.strip(), place)
    for part, words in zip(parts, shown, strict=True):
        if part.truncated:
            assert len(part.ids) == limit
            assert len(sentences(words, "tr")) == 1


def test_whole_sentences_stay_together_as_long_as_they_fit():
    text = "Bir iki. Üç dört. Beş altı. Yedi."
    shown = [part.ids for part in fit(text, letters, len("Bir iki. Üç dört.") + 2, "tr")]
    assert shown == [letters("Bir iki. Üç dört."), letters("Beş altı. Yedi.")]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Dr. Ali geldi. Gitti!", "tr", ["Dr. Ali geldi.", "Gitti!"]),
        ("ذهب الولد. ثم عاد؟ نعم.", "ar-EG", ["ذهب الولد.", "ثم عاد؟", "نعم."]),
        ("你好。再见！", "zh-Hant", ["你好。", "再见！"]),
        ("  Bir.   İki.  ", "tr", ["Bir.", "İki."]),
    ],
)
def test_sentences(text: str, language: str, expected: list[str]):
    assert list(sentences(text, language)) == expected


@given(st.text(max_size=40), st.sampled_from(["tr", "ar", "en", "zh", "ja"]))
def test_sentences_hold_all_of_a_text_but_its_spaces(text: str, language: str):
    found = "".join(sentences(text, language))
    assert "".join(found.split()) == "".join(text.split())


def test_spaces_of_other_kinds_end_no_run():
    # sentencex panics on a capital letter, such a space and a full stop.
    assert sentences("Bu bir plan C\u00a0. Evet.", "tr")
    assert sentences("Bir\u2028İki.\u2029Üç.", "tr")


def test_what_no_text_fits_into_is_an_error_and_no_empty_text():
    with pytest.raises(EvalHarnessError, match=r"model\.max_input_tokens: no text fits into the 2"):
        fit("Evet.", letters, 2, "tr")


def test_chinese_sentences_stay_without_spaces():
    text = "你好。再见！谢谢。"
    shown = ["".join(map(chr, part.ids[1:-1])) for part in fit(text, letters, 8, "zh")]
    assert shown == ["你好。再见！", "谢谢。"]
