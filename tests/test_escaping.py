"""Whatever a stranger writes is shown as text, and as nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from evalharness.escaping import (
    csv_cell,
    json_text,
    latex_escape,
    markdown_escape,
    visible,
    visible_lines,
)

from .hostile import HOSTILE, breaks_out, controls

odd = st.text(
    st.sampled_from("\n\r\t\x00\x1b\x7f\x85\x9b\u2028\u2029\u202e\u2066\ud800\ufffe:#[] a")
)
texts = st.text() | odd


@given(texts)
def test_a_text_is_one_line_that_commands_nothing(text: str):
    shown = visible(text)
    assert not breaks_out(shown)
    assert "\n" not in shown
    assert visible(shown) == shown
    element = ET.Element("case", name=shown)
    assert ET.fromstring(ET.tostring(element)).get("name") == shown


def test_controls_stay_readable():
    assert visible("a\x1b[31m\n\x9b\u202eb\ud800") == r"a\x1b[31m\n\x9b\u202eb\ud800"
    assert visible_lines("a\tb\n::c\n") == "a\\tb\n:\\:c\n"


@pytest.mark.parametrize(
    "text",
    [
        "اتفق الجانبان على «وقف إطلاق النار» — 22 يوليو",
        "\u200fعربي\u200e (LRM, RLM)",
        "می\u200cخواهم",  # Persian needs the zero width non-joiner
        "İıŞş 日本語 ไทย e\u0301 👩\u200d💻",
        "std::vector # C ##x :: é",
    ],
)
def test_letters_of_all_scripts_stay_as_they_are(text: str):
    assert visible(text) == text


def flattened(tokens: list[Token]) -> list[Token]:
    return [token for outer in tokens for token in (outer, *flattened(outer.children or []))]


def parsed(markdown: str) -> tuple[set[str], str]:
    """The kinds of things that a Markdown parser finds, and the text they hold."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = flattened(parser.parse(markdown))
    kinds = {token.type for token in tokens if token.type != "text_special"}
    return kinds, "".join(token.content for token in tokens if token.type.startswith("text"))


@given(
    texts
    | st.text(st.sampled_from("#+-=*_~`<>[]()!&;|\\$: 1.)a"))
    | st.sampled_from(["# a", "1. a", "1) a", "---", "- a", "+", "=", "&lt;", "<b>", "![a](b)"])
)
def test_markdown_shows_a_text_as_it_is(text: str):
    kinds, content = parsed(f"- x{markdown_escape('x' + text)[1:]}")
    expected = {"bullet_list", "list_item", "paragraph"}
    assert {kind.removesuffix("_open").removesuffix("_close") for kind in kinds} == (
        expected | {"inline", "text"}
    )
    assert content.split() == ("x" + visible("x" + text).strip()[1:]).split()


@given(st.text(st.sampled_from("#+-=*_~`<>[]()!&;|\\: 1.)a"), min_size=1))
def test_markdown_begins_no_block_with_a_text(text: str):
    kinds, content = parsed(f"- {markdown_escape(text)}")
    assert not [kind for kind in kinds if kind.startswith(("heading", "ordered", "hr", "code"))]
    assert content.split() == visible(text).split()


def test_markdown_makes_no_link_of_an_address():
    assert "://" not in markdown_escape("https://evil.example http://a")
    assert "www." not in markdown_escape("www.evil.example")


@given(texts | st.text(st.sampled_from("\\{}$&#^_~%<>|–−…↑↓^^5c a")))
def test_latex_finds_only_commands_of_ours(text: str):
    ours = r"\\[&%$#_{}]|\\text(backslash|asciitilde|asciicircum|bar|less|greater)\{\}|\\ldots\{\}"
    arrows = r"\$\\(up|down)arrow\$|\$-\$"
    assert re.fullmatch(rf"(?:[^\\{{}}$&#^_~%<>|]|{ours}|{arrows})*", latex_escape(text))


@given(st.sampled_from("=+-@\t\r＝＋－＠ a") | st.just(""), texts)
def test_no_cell_is_a_formula(start: str, text: str):
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow([csv_cell(start + text)])
    assert buffer.getvalue().count("\n") == 1
    ((cell,),) = csv.reader(io.StringIO(buffer.getvalue()))
    assert not cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert not controls(cell)


def test_a_formula_is_kept_as_text():
    assert csv_cell('=HYPERLINK("http://evil")') == """'=HYPERLINK("http://evil")"""
    assert csv_cell("chrF2++") == "chrF2++"


@given(st.dictionaries(texts, st.lists(texts | st.just("##[error]x"))))
def test_json_means_the_same_and_breaks_out_of_nothing(value: dict[str, list[str]]):
    text = json_text(value)
    assert json.loads(text) == value
    assert not breaks_out(text)


def test_the_hostile_text_is_one():
    assert breaks_out(HOSTILE)
