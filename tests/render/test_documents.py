"""Markdown, LaTeX and HTML: the same cells in each, escaped as the format wants it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from evalharness.config import Format
from evalharness.render import page_fragment, render
from evalharness.values import Cell, Column, Mark, Page, Row, Table

from .pages import page, row


def test_markdown_is_a_table_with_the_best_bold_and_the_notes_below():
    lines = render(page(), Format.markdown).split("\n")
    assert lines[0] == "| set | pair | system | score ↑ | change | n | sure |"
    assert lines[1] == "| --- | --- | --- | --: | --: | --: | --- |"
    assert lines[2] == (
        "| news | tr-en | first | **26.58** (25.6–27.6) | −0.250 (−0.750…+0.250) | 1012 | yes |"
    )
    assert lines[3].startswith("| news | tr-en | a-system-with-a-long-name | 20.00 (")
    assert lines[4].startswith("| news | ar-en | third | – |")
    assert lines[5:] == ["", "- a note", ""]


def test_markdown_begins_with_the_answer_and_bolds_what_is_wrong():
    columns = (Column("verdict", "verdict"),)
    rows = tuple(Row({"verdict": Cell(mark.value, mark=mark)}) for mark in Mark)
    shown = Page(
        (Table("x", "a table", columns, rows),),
        lines=(("why", Mark.bad),),
        title="Translation quality",
        answer=("FAIL: 1 fail", Mark.bad),
    )
    text = render(shown, Format.markdown)
    assert text.startswith("### Translation quality: FAIL: 1 fail\n\n### a table\n\n| verdict |\n")
    for cell in ("| **best** |", "| good |", "| **doubtful** |", "| **bad** |", "- why"):
        assert f"{cell}\n" in text


def test_latex_is_a_booktabs_tabular_with_a_rule_between_groups():
    lines = render(page(), Format.latex).split("\n")
    assert lines[:4] == [
        r"\begin{tabular}{lllrrrl}",
        r"\toprule",
        r"set & pair & system & score $\uparrow$ & change & n & sure \\",
        r"\midrule",
    ]
    assert r"\textbf{26.58} {\scriptsize 25.6--27.6} & $-$0.250" in lines[4]
    assert lines[6] == r"\midrule"
    assert r"third & -- &" in lines[7]
    assert lines[8:] == [
        r"\bottomrule",
        r"\end{tabular}",
        "",
        r"\par\noindent\footnotesize a note",
        "",
    ]


def test_latex_breaks_the_lines_of_sentences_alone():
    columns = (Column("short", "short", wraps=True), Column("long", "long", wraps=True))
    shown = Page((Table("x", "", columns, (Row({"short": Cell("a"), "long": Cell("a " * 40)}),)),))
    assert render(shown, Format.latex).startswith(r"\begin{tabular}{lp{0.4\linewidth}}")


def test_names_are_escaped_as_each_format_wants_it():
    shown = page(row("tr-en", "under_score|pipe b&c%", 1.0))
    assert r"under\_score\|pipe b\&c%" in render(shown, Format.markdown)
    assert r"under\_score\textbar{}pipe b\&c\%" in render(shown, Format.latex)
    assert "under_score|pipe b&amp;c%" in render(shown, Format.html)


class _Reader(HTMLParser):
    """Reads tables as a browser would: texts of cells by row, and what stands where."""

    VOID = ("meta",)

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self.captions: list[str] = []
        self.title = ""

    def handle_decl(self, decl: str) -> None:
        self.tags.append((f"!{decl}", {}))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "caption":
            self.captions.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.texts.append(data)
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data
        if "caption" in self.open:
            self.captions[-1] += data
        if "title" in self.open:
            self.title += data


def read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []  # everything that was opened was closed, in order
    return reader


def test_html_has_every_cell_and_note_under_its_head():
    other = row("tr-en", "x", 1.0, set="other")
    shown = read(render(page(*page().tables[0].rows, other), Format.html))
    assert shown.title == "a title"
    assert shown.captions == ["news", "other"]
    head = ["pair", "system", "score ↑", "change", "n", "sure"]
    assert shown.rows[0] == shown.rows[4] == head
    first = ["tr-en", "first", "26.58 25.6–27.6", "−0.250 −0.750…+0.250", "1012", "yes"]
    assert shown.rows[1] == first
    assert shown.rows[3][2] == "–"
    assert "a note" in shown.texts


def test_html_is_whole_accessible_and_loads_nothing():
    text = render(page(answer=("PASS", Mark.good)), Format.html)
    shown = read(text)
    names = [name for name, _ in shown.tags]
    assert names[:2] == ["!doctype html", "html"]
    assert dict(shown.tags)["html"] == {"lang": "en"}
    assert ("meta", {"charset": "utf-8"}) in shown.tags
    assert "prefers-color-scheme: dark" in text
    scopes = [attrs.get("scope") for name, attrs in shown.tags if name == "th"]
    assert scopes == ["col"] * 6 + ["row"] * 3
    numbers = [attrs for name, attrs in shown.tags if name in ("th", "td") and "number" in (
        attrs.get("class") or "")]  # fmt: skip
    assert len(numbers) == 3 * 4
    assert {"script", "link", "img", "iframe", "object", "base", "form"}.isdisjoint(names)
    assert not re.search(r"(?i)\b(src|href|on\w+)=|url\(|@import", text)
    regions = [attrs for _, attrs in shown.tags if attrs.get("role") == "region"]
    identities = {attrs.get("id") for _, attrs in shown.tags}
    assert regions and {region["aria-labelledby"] for region in regions} <= identities


def luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("theme", "ground"), [(0, "#ffffff"), (1, "#1e1e1e")])
def test_html_colours_of_text_can_be_read(theme: int, ground: str):
    """A contrast of at least 4.5 to 1: WCAG 2.2, 1.4.3; browsers' own grounds are #fff, #121212."""
    found = re.findall(r"--(faint|good|doubtful|bad): (#\w{6})", render(page(), Format.html))
    assert len(found) == 8
    for _, colour in found[4 * theme : 4 * theme + 4]:
        low, high = sorted((luminance(colour), luminance(ground)))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_a_fragment_for_a_notebook_is_what_stands_in_the_document():
    fragment = page_fragment(page())
    assert fragment in render(page(), Format.html)
    assert "<style" not in fragment and "<html" not in fragment
    assert read(fragment).rows[1][1] == "first"
