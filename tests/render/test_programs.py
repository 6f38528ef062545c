"""CSV and JSON: what programs read is whole, typed, and read back by others' parsers."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.config import Format
from evalharness.render import render
from evalharness.values import Cell, Column, Page, Row, Table

from .pages import ROWS, page

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def csv_rows(shown: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render(shown, Format.csv))))


def test_csv_has_the_columns_for_programs_and_three_of_a_range():
    head = render(page(), Format.csv).split("\n")[0]
    assert head == (
        "pair,system,score,score_low,score_high,change,change_low,change_high,count,exact,sure"
    )
    first, _, third = csv_rows(page())
    assert (first["score"], first["exact"], first["sure"]) == ("26.578", "0.3333", "true")
    assert (third["score"], third["score_low"], third["sure"]) == ("", "", "false")


@given(st.lists(NUMBERS, min_size=1))
def test_csv_and_json_lose_nothing_of_a_number(numbers: list[float]):
    columns = (Column("x", "x", number=True),)
    rows = tuple(Row({"x": Cell(number)}) for number in numbers)
    shown = Page((Table("rows", "", columns, rows),))
    assert [float(read["x"]) for read in csv_rows(shown)] == numbers
    assert [read["x"] for read in json.loads(render(shown, Format.json))["rows"]] == numbers


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))))
def test_a_text_is_a_cell_of_its_own_and_no_formula(text: str):
    columns = (Column("a", "a"), Column("b", "b"))
    shown = Page((Table("rows", "", columns, (Row({"a": Cell(text), "b": Cell("end")}),)),))
    (read,) = csv_rows(shown)
    assert read["b"] == "end"
    assert not read["a"].startswith(("=", "+", "-", "@"))
    assert json.loads(render(shown, Format.json))["rows"][0]["a"] == text


def test_json_has_the_tables_by_key_the_notes_and_the_facts():
    content = json.loads(render(page(facts={"schema_version": 1}), Format.json))
    assert list(content) == ["schema_version", "things", "notes"]
    assert content["notes"] == ["a note"]
    first, _, third = content["things"]
    assert first["exact"] == 1 / 3
    assert (first["score"], first["score_low"], first["score_high"]) == (26.578, 25.578, 27.578)
    assert (third["score"], third["score_low"], third["sure"]) == (None, None, False)
    assert "set" not in first


def test_a_fact_stands_in_the_place_of_the_table_that_is_called_like_it():
    assert json.loads(render(page(facts={"things": [1]}), Format.json))["things"] == [1]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_absent(number: float):
    columns = (Column("x", "x", number=True), Column("y", "y"))
    rows = (Row({"x": Cell(number), "y": Cell("z")}),)
    shown = Page((Table("rows", "", columns, rows),))
    assert json.loads(render(shown, Format.json))["rows"] == [{"x": None, "y": "z"}]
    assert csv_rows(shown) == [{"x": "", "y": "z"}]


def test_tables_of_one_key_are_one_for_programs_and_csv_takes_the_one_that_is_named():
    columns = (Column("x", "x"),)
    tables = tuple(
        Table(key, title, columns, (Row({"x": Cell(title)}),))
        for key, title in (("first", "a"), ("second", "b"), ("first", "c"))
    )
    content = json.loads(render(Page(tables), Format.json))
    assert content["first"] == [{"x": "a"}, {"x": "c"}]
    assert csv_rows(Page(tables)) == content["first"]
    assert csv_rows(Page(tables, csv="second")) == [{"x": "b"}]


def test_two_columns_may_share_a_key_at_different_places():
    columns = (
        Column("x", "for people", programs=False),
        Column("y", "y"),
        Column("x", "", people=False),
    )
    shown = Page((Table("rows", "", columns, (Row({"x": Cell("1"), "y": Cell("2")}),)),))
    assert render(shown, Format.csv) == "y,x\n2,1\n"
    assert "for people" in render(shown, Format.markdown)


def test_a_table_without_rows_has_its_head():
    shown = Page((Table("rows", "", page().tables[0].columns, ()),))
    assert render(shown, Format.csv).count("\n") == 1
    assert json.loads(render(shown, Format.json))["rows"] == []
    assert len(ROWS) == len(csv_rows(page()))
