"""What is taken out of answers, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.systems.remote.cleaning import clean

REMOVED = [
    ("<think>Hm, elma.</think>apple", "elma", "apple", "reasoning block"),
    ("\n<think>\nHm.\n\n</think>\n\napple", "elma", "apple", "reasoning block"),
    ("Hm, elma is an apple.\n</think>\n\napple", "elma", "apple", "reasoning block"),
    ("<thinking>Hm.</thinking> apple", "elma", "apple", "reasoning block"),
    ("```\napple\n```", "elma", "apple", "code fence"),
    ("```text\napple\n```\n", "elma", "apple", "code fence"),
    ("```apple```", "elma", "apple", "code fence"),
    ('"apple"', "elma", "apple", "quotes"),
    ("“apple”", "elma", "apple", "quotes"),
    ("«apple»", "elma", "apple", "quotes"),
    ("„apple“", "elma", "apple", "quotes"),
    ("'He came from Ankara.'", "Ankara'dan geldi.", "He came from Ankara.", "quotes"),
]
KEPT = [
    ("apple", "elma"),
    ('"apple"', '"elma"'),
    ('"apple"', "“elma”"),
    ('"apple"', '"elma" dedi'),
    ('"Yes," he said, "come."', "Evet dedi, gel."),
    ("'It's late'", "Geç oldu"),
    ('"', "elma"),
    ('""', "elma"),
    ("``` ```", "elma"),
    ("```a``` and ```b```", "elma"),
    ("```apple```", "```elma```"),
    ("the sign </think> stays", "the sign </think> stays"),
    ("He thought: <think>", "Düşündü"),
    ("Translation: apple", "elma"),
    ("Sure! Here it is: apple", "elma"),
    ("apple (fruit)", "elma"),
]


@pytest.mark.parametrize(("answer", "source", "text", "what"), REMOVED)
def test_what_is_certainly_no_translation_goes(answer: str, source: str, text: str, what: str):
    assert clean(answer, source)[:2] == (text, (what,))


@pytest.mark.parametrize(("answer", "source"), KEPT)
def test_what_might_be_one_stays(answer: str, source: str):
    assert clean(answer, source)[:2] == (answer, ())


def test_several_lines_become_one():
    assert clean("red\n\n apple \r\n", "kırmızı elma")[:2] == ("red apple", ())


def test_an_answer_that_only_reasons_is_none():
    assert clean("<think>Hm, let me", "elma").only_reasoning
    assert not clean("<think>Hm</think>apple", "elma").only_reasoning


@given(st.text(), st.text())
def test_nothing_is_invented(answer: str, source: str):
    made = clean(answer, source)
    assert " ".join(answer.split()).replace(" ", "").find(made.text.replace(" ", "")) >= 0
