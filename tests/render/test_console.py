"""Tables on terminals of any width: everything is there, numbers are whole."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from evalharness.render import print_page
from evalharness.values import Cell, Column, Mark, Page, Row, Table

from .pages import page, row


def printed(shown: Page, width: int, **options: object) -> str:
    file = io.StringIO()
    print_page(shown, Console(file=file, width=width, highlight=False, **options))
    return file.getvalue()


def widest(text: str) -> int:
    return max(len(line.rstrip()) for line in text.splitlines())


@pytest.mark.parametrize("width", [54, 60, 80, 120])
def test_a_table_keeps_to_the_width_and_shows_everything(width: int):
    text = printed(page(), width)
    assert widest(text) <= width
    for needle in ("26.58*", "25.6–27.6", "20.00", "−0.250", "−0.750…+0.250", "1012", "a note"):
        assert needle in text
    assert "a-system-with-a-long-name" in text or width < 80
    assert "* best of its column" in text


@pytest.mark.parametrize("width", [1, 10, 20])
def test_a_terminal_that_is_too_narrow_still_gets_every_number_whole(width: int):
    text = printed(page(), width)
    for needle in ("26.58*", "25.6–27.6", "−0.750…+0.250", "1012"):
        assert needle in text
    assert "…" not in text.replace("…+", "")


def test_ranges_stand_beside_their_numbers_where_there_is_room():
    assert "26.58* 25.6–27.6" in printed(page(), 120)
    narrow = printed(page(), 70)
    assert "26.58* 25.6–27.6" not in narrow
    (line,) = (n for n, text in enumerate(narrow.splitlines()) if "26.58*" in text)
    assert "25.6–27.6" in narrow.splitlines()[line + 1]


def test_a_column_stands_under_another_only_where_the_table_is_too_wide():
    assert "system" in printed(page(), 120).splitlines()[2]
    heads = {width: printed(page(), width).splitlines() for width in (120, 55)}
    assert any({"system", "n"} <= set(line.split()) for line in heads[120])
    assert not any({"system", "n"} <= set(line.split()) for line in heads[55])


def test_long_sentences_are_wrapped_and_none_is_lost():
    sentence = "the first system is better than the second by more than chance would explain"
    columns = (Column("verdict", "", wraps=True), Column("p", "p", number=True, decimals=4))
    rows = tuple(Row({"verdict": Cell(sentence), "p": Cell(0.0123)}) for _ in range(2))
    for width in (30, 40, 80):
        text = printed(Page((Table("x", "", columns, rows),)), width)
        assert widest(text) <= width
        assert text.count("0.0123") == 2
        assert set(sentence.split()) <= set(text.split())


def test_each_value_that_parts_a_table_is_a_title_and_groups_are_told_apart():
    other = row("tr-en", "x", 1.0, set="other")
    lines = [
        line.rstrip() for line in printed(page(*page().tables[0].rows, other), 120).split("\n")
    ]
    assert [line for line in lines if line in ("news", "other")] == ["news", "other"]
    shown = "\n".join(lines)
    assert shown.index("long-name") < shown.index("\n\n ar-en") < shown.index("third")
    assert len([line for line in lines if line.startswith(" tr-en")]) == 2  # once in each table


def test_what_is_absent_is_a_dash_among_numbers_and_nothing_among_texts():
    columns = (Column("text", "text"), Column("number", "number", number=True))
    text = printed(Page((Table("x", "", columns, (Row({}),)),)), 80)
    assert text.splitlines()[-2].split() == ["–"]


def test_the_answer_stands_last_and_sentences_below_the_notes():
    shown = page(lines=(("a sentence", Mark.bad),), answer=("FAIL: 1 fail", Mark.bad))
    lines = printed(shown, 80).split("\n")
    assert lines[-2:] == ["FAIL: 1 fail", ""]
    assert lines.index("a note") < lines.index("a sentence") < lines.index("FAIL: 1 fail")


def test_marks_are_colours_where_there_are_any():
    text = printed(page(), 120, force_terminal=True, color_system="standard")
    assert "\x1b[1;32m26.58*" in text
    assert "\x1b" not in printed(page(), 120)


def test_a_table_without_rows_is_not_there():
    assert printed(Page((Table("x", "a title", (Column("a", "a"),), ()),)), 80) == ""
