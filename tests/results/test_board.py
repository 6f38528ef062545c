"""What is ranked against what, and what the board says about it."""

from __future__ import annotations

import csv
import html
import io
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from evalharness.config import Format
from evalharness.render import print_page, render
from evalharness.results import Content, Place, Ranking, Run, board_page, score_columns
from evalharness.values import Mark, Page
from evalharness.values.scores import Resampling, Score, Unavailable

from ..finished import CHRF, bitext, finished

SIGNATURE = "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0"


def bleu(score: float, signature: str = SIGNATURE) -> Score:
    return Score("BLEU", score, score - 1, score + 1, signature, higher_is_better=True)


def ter(score: float) -> Score:
    return Score("TER", score, score - 2, score + 2, "nrefs:1|case:lc", higher_is_better=False)


def run(system: str, *scores: Score, **changes: object) -> Run:
    made = Run(
        results=Path("results"),
        folder=f"runs/news.tr-en/{system}.00000000",
        system=system,
        testset="news",
        digest="d" * 64,
        source_lang="tr",
        target_lang="en",
        segments=100,
        provenance=("human",),
        scores=scores,
        unavailable=(),
        resampling=Resampling(1000, 12345, "segment", 100),
        checks=(),
        findings=(),
        failed=0,
        observed={},
        prompt=None,
        reference_names=(),
        reference_makers=(),
        samples=False,
        passes=1,
        notes=(),
        testset_notes=(),
        metrics={},
        content=Content(Path("results"), {}, {}),
    )
    return replace(made, **changes)


def board_of(runs: list[Run], *places: Place | None) -> Page:
    """The board of runs, the first of which have these places."""
    given = {run.key: place for run, place in zip(runs, places, strict=False) if place}
    return board_page(runs, Ranking(given))


def csv_text(page: Page) -> str:
    return render(page, Format.csv)


def shown_ranks(page: Page) -> list[tuple[str, int | None]]:
    return [(row.cells["name"].value, row.cells["rank"].value) for row in page.tables[0].rows]


def columns(page: Page) -> tuple[str, ...]:
    return tuple(column.key for column in score_columns(page))


def best(page: Page) -> dict[str, list[float]]:
    """The scores that are marked as the best, by column."""
    marked = {
        key: [
            row.cells[key].value
            for row in page.tables[0].rows
            if key in row.cells and row.cells[key].mark is Mark.best
        ]
        for key in columns(page)
    }
    return {key: scores for key, scores in marked.items() if scores}


def test_rows_are_sorted_by_rank_then_score_then_name_and_the_unranked_come_last():
    scores = {"a": 30, "b": 20, "c": 30, "d": 31, "e": 40}
    runs = [run(name, bleu(score)) for name, score in scores.items()]
    second = Place("BLEU", 2, 4, 0)
    board = board_of(runs, second, Place("BLEU", 1, 1, 3), second, second)
    assert shown_ranks(board) == [("b", 1), ("d", 2), ("a", 2), ("c", 2), ("e", None)]


def test_a_metric_where_lower_is_better_sorts_the_other_way_round():
    place = Place("TER", 1, 2, 0)
    board = board_of([run("a", ter(60.0)), run("b", ter(50.0))], place, place)
    assert shown_ranks(board) == [("b", 1), ("a", 1)]


@given(st.randoms())
def test_the_board_does_not_depend_on_the_order_of_the_runs(shuffle: random.Random):
    runs = [
        run("a", bleu(3.0)),
        run("b", bleu(3.0), ter(50)),
        run("c", bleu(9.0, SIGNATURE.replace("mixed", "lc"))),
        run("d", bleu(4.0), digest="e" * 64),
        run("e", bleu(4.0), testset="other"),
    ]
    expected = csv_text(board_of(runs))
    shuffle.shuffle(runs)
    assert csv_text(board_of(runs)) == expected


def test_numbers_with_different_signatures_share_no_column():
    lower = bleu(99.0, SIGNATURE.replace("mixed", "lc"))
    board = board_of([run("a", bleu(20.0)), run("b", bleu(30.0)), run("c", lower)])
    assert columns(board) == ("BLEU|case:lc", "BLEU|case:mixed")
    assert best(board) == {"BLEU|case:mixed": [30.0]}
    assert any("BLEU: 2 signatures, in a column each" in note for note in board.notes)
    rows = list(csv.DictReader(io.StringIO(csv_text(board))))
    assert [row["BLEU|case:mixed"] for row in rows] == ["20.0000", "30.0000", ""]
    assert [row["BLEU|case:lc"] for row in rows] == ["", "", "99.0000"]


def test_other_segments_or_references_stand_apart_and_that_is_said():
    board = board_of([run("a", bleu(20.0)), run("b", bleu(30.0), digest="e" * 64)])
    assert len({row.group for row in board.tables[0].rows}) == 2
    assert best(board) == {}
    assert any("2 versions of the test set" in note for note in board.notes)


def test_signatures_differ_over_the_whole_board_but_not_in_the_number_of_references():
    two = SIGNATURE.replace("nrefs:1", "nrefs:2")
    other = {"testset": "other", "folder": "runs/other.tr-en/a.00000000"}
    board = board_of([run("a", bleu(20.0)), run("a", bleu(30.0, two), **other)])
    assert columns(board) == ("BLEU",)
    intl = SIGNATURE.replace("13a", "intl")
    board = board_of([run("a", bleu(20.0)), run("a", bleu(30.0, intl), **other)])
    assert columns(board) == ("BLEU|tok:13a", "BLEU|tok:intl")


def test_a_part_that_one_signature_lacks_tells_columns_apart():
    longer = f"refs:mean|{SIGNATURE}"
    board = board_of([run("a", bleu(20.0)), run("b", bleu(30.0, longer))])
    assert columns(board) == ("BLEU|refs:mean", "BLEU|refs:none")


@given(st.lists(st.text("a1:|none", min_size=1, max_size=5), min_size=2, max_size=5, unique=True))
def test_no_two_signatures_ever_share_a_column(signatures: list[str]):
    runs = [run(f"s{n}", bleu(1.0, signature)) for n, signature in enumerate(signatures)]
    comparable = {signature for signature in signatures if "nrefs" not in signature}
    assert len(columns(board_of(runs))) == len(comparable)


def test_the_best_of_a_column_follows_its_direction():
    board = board_of([run("a", bleu(20.0), ter(50.0)), run("b", bleu(30.0), ter(60.0))])
    assert best(board) == {"BLEU": [30.0], "TER": [50.0]}


def test_one_system_with_two_fingerprints_has_two_rows():
    twice = [run("a", bleu(20.0)), run("a", bleu(21.0), folder="runs/news.tr-en/a.11111111")]
    board = board_of(twice, Place("BLEU", 2, 2, 0), Place("BLEU", 1, 1, 1))
    assert shown_ranks(board) == [("a.11111111", 1), ("a.00000000", 2)]
    assert "a.11111111" in shown(board, 80)


def test_csv_has_the_columns_of_the_contract():
    runs = [run("a", bleu(20.0), ter(50.0)), run("b", ter(40.0)), run("c")]
    board = board_of(runs, Place("TER", 2, 3, 0), Place("TER", 1, 1, 1))
    header = csv_text(board).splitlines()[0]
    assert header == (
        "testset,source_lang,target_lang,rank,system,segments,"
        "BLEU,BLEU_low,BLEU_high,TER,TER_low,TER_high,run,signatures,wins,ranked_by,rank_low,rank_high"
    )
    first, second, third = csv.DictReader(io.StringIO(csv_text(board)))
    assert (first["system"], first["rank"], first["wins"], first["BLEU"]) == ("b", "1", "1", "")
    assert (second["system"], second["rank"], second["TER_low"]) == ("a", "2", "48.0000")
    assert (first["rank_low"], first["rank_high"]) == ("1", "1")
    assert (second["rank_low"], second["rank_high"]) == ("2", "3")
    keys = ("rank", "wins", "ranked_by", "rank_low", "rank_high")
    assert [third[key] for key in keys] == [""] * 5
    assert {first["ranked_by"], second["ranked_by"]} == {"TER"}
    assert f"BLEU|{SIGNATURE}" in second["signatures"].split("; ")
    assert "references:human" in first["signatures"]


def test_people_see_ranges_of_ranks():
    runs = [run(name, bleu(score)) for name, score in (("a", 30), ("b", 20), ("c", 19), ("d", 18))]
    places = [Place("BLEU", 1, 1, 3), *[Place("BLEU", 2, 4, 0)] * 3]
    text = shown(board_of(runs, *places), 120)
    assert re.findall(r" (\d\S*) +\d +[abcd] ", text) == ["1", "2-4", "2-4", "2-4"]


def shown(board: Page, width: int) -> str:
    console = Console(width=width, record=True, force_terminal=False)
    with console.capture() as captured:
        print_page(board, console)
    return captured.get()


VIEWS = {
    "terminal": lambda board: " ".join(shown(board, 80).split()),
    "markdown": lambda board: render(board, Format.markdown),
    "latex": lambda board: render(board, Format.latex),
    "html": lambda board: html.unescape(re.sub("<[^>]+>", " ", render(board, Format.html))),
}


@pytest.mark.parametrize("view", VIEWS)
def test_every_table_says_that_references_are_no_humans(view: str):
    human, drafted = run("a", bleu(20.0)), run("b", bleu(30.0), provenance=("machine-drafted",))
    mixed = run("c", bleu(30.0), provenance=("human", "machine-drafted"))
    assert "MACHINE-DRAFTED" not in VIEWS[view](board_of([human]))
    for record in (drafted, mixed):
        assert "MACHINE-DRAFTED, not human" in VIEWS[view](board_of([human, record]))
    unstated = run("d", bleu(1.0), provenance=("unstated",))
    assert "is not stated" in VIEWS[view](board_of([unstated])).replace("\n", " ")


@pytest.mark.parametrize("view", VIEWS)
def test_every_table_names_what_could_not_be_computed(view: str):
    lacking = run("a", bleu(20.0), unavailable=(Unavailable("TER", "the reason why"),))
    assert "the reason why" in VIEWS[view](board_of([lacking, run("b", bleu(1.0), ter(3.0))]))


COMET = "wmt22-comet-da"
FETCH = "not on this machine; python -m evalharness fetch metric=comet"
NO_COMET = (Unavailable(COMET, FETCH),)


def comet(score: float, signature: str = "checkpoint:own@1") -> Score:
    return Score(COMET, score, score - 0.01, score + 0.01, signature, higher_is_better=True)


@pytest.mark.parametrize("view", VIEWS)
def test_a_metric_that_no_run_has_gets_a_column_of_dashes_and_one_line(view: str):
    arabic = {"source_lang": "ar", "unavailable": NO_COMET}
    runs = [
        run("a", bleu(20.0), unavailable=NO_COMET),
        run("b", bleu(30.0), unavailable=NO_COMET),
        run("a", bleu(20.0), folder="runs/news.ar-en/a.00000000", **arabic),
    ]
    board = board_of(runs, *[Place("BLEU", 1, 3, 0)] * 3)
    assert columns(board) == ("BLEU", COMET)
    text = VIEWS[view](board)
    dash = "--" if view == "latex" else "–"
    assert text.count(f" {dash} ") == 3
    assert f"{COMET} " in text
    for arrow in ("↑", "↓", "uparrow", "downarrow"):
        assert f"{COMET} {arrow}" not in text
    assert text.count(f"no {COMET}: {FETCH}") == 1


def test_a_test_set_has_no_column_of_a_metric_that_nobody_asked_for_there():
    other = {"testset": "other", "folder": "runs/other.tr-en/a.00000000"}
    absent = {"testset": "third", "folder": "runs/third.tr-en/a.00000000"}
    runs = [
        run("a", bleu(20.0), comet(0.8)),
        run("a", bleu(21.0), **other),
        run("a", bleu(22.0), unavailable=NO_COMET, **absent),
    ]
    text = shown(board_of(runs), 100)
    headings = [line for line in text.splitlines() if "BLEU ↑" in line]
    assert [COMET in line for line in headings] == [True, False, True]


def test_references_in_another_order_are_no_other_version(tmp_path: Path):
    runs = []
    for references in (("a cat", "the cat"), ("the cat", "a cat")):
        made = bitext(["x", "y"])
        segments = tuple(replace(one, references=references) for one in made.segments)
        pair = replace(made, segments=segments, provenance=("human", "human"))
        runs.append(finished(tmp_path, "a", pair, ["a cat", "cat"], CHRF))
    notes = board_page(runs, Ranking({})).notes
    assert "news tr-en: references in another order: chrF depends on it; ranked apart" in notes
    assert not any("versions of the test set" in note for note in notes)


def test_the_csv_of_a_metric_that_no_run_has_is_empty():
    text = csv_text(board_of([run("a", bleu(20.0), unavailable=NO_COMET)]))
    (row,) = csv.DictReader(io.StringIO(text))
    assert [row[f"{COMET}{end}"] for end in ("", "_low", "_high")] == ["", "", ""]
    assert COMET not in row["signatures"]


def test_absence_says_whose_it_is_where_others_have_the_score():
    arabic = {"source_lang": "ar", "unavailable": NO_COMET}
    runs = [
        run("a", comet(0.8)),
        run("b", comet(0.7, "checkpoint:own@2")),
        run("c", unavailable=NO_COMET),
        run("d", unavailable=NO_COMET),
        run("d", folder="runs/news.ar-en/d.00000000", **arabic),
        run("e", unavailable=(Unavailable(COMET, "1 of 100 segments failed"),)),
    ]
    board = board_of(runs)
    assert columns(board) == (f"{COMET}|checkpoint:own@1", f"{COMET}|checkpoint:own@2")
    assert [note for note in board.notes if note.startswith("no ")] == [
        f"no {COMET} (c news tr-en; d news tr-en, ar-en): {FETCH}",
        f"no {COMET} (e news tr-en): 1 of 100 segments failed",
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_every_table_says_what_a_metric_did_not_read(view: str):
    cut = {"observed": {COMET: {"truncated": 3}}}
    board = board_of([run("a", comet(0.8), **cut), run("b", comet(0.7))])
    assert f"{COMET} read only the beginning of a text in 3 of 100 segments (a news tr-en)" in (
        VIEWS[view](board)
    )


@pytest.mark.parametrize("view", VIEWS)
def test_a_test_set_without_references_says_so_and_nothing_of_their_maker(view: str):
    text = VIEWS[view](board_of([run("a", comet(0.8), provenance=("none",))]))
    assert "news tr-en: no references" in text
    assert "not stated" not in text
    rows = csv_text(board_of([run("a", comet(0.8), provenance=("none",))]))
    assert "references:none" in rows


@pytest.mark.parametrize("absent", [True, False])
@pytest.mark.parametrize("width", [80, 120])
def test_the_default_metrics_fit_into_a_terminal(width: int, absent: bool):
    chrf = replace(bleu(54.42), metric="chrF2")
    changes = {"unavailable": NO_COMET} if absent else {}
    neural = [] if absent else [comet(0.8123)]
    runs = [run(name, bleu(43.21), chrf, *neural, **changes) for name in ("opus_mt", "gloss")]
    lines = shown(board_of(runs), width).splitlines()
    assert max(len(line.rstrip()) for line in lines) <= width
    (head,) = [line for line in lines if "system" in line]
    assert head.split()[-1 if absent else -2] == COMET


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_terminal_table_keeps_to_its_width_and_shows_everything(width: int):
    metrics = [bleu(43.21), ter(56.78)]
    metrics += [replace(bleu(61.5), metric=name) for name in ("chrF2", "chrF2++")]
    runs = [run("a-system-of-25-characters", *metrics), run("another", *metrics[1:])]
    text = shown(board_of(runs), width)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= max(width, 80)
    assert "…" not in text
    for needle in ("43.21", "56.78*", "42.2–44.2", "54.8–58.8", "chrF2++ ↑", "TER ↓", "tr-en"):
        assert needle in text


def test_markdown_and_latex_escape_and_mark_the_best():
    runs = [run("under_score|pipe", bleu(20.0)), run("b&c%", bleu(30.0))]
    board = board_of(runs)
    assert "**30.00** (29.0–31.0)" in render(board, Format.markdown)
    assert r"under\_score\|pipe" in render(board, Format.markdown)
    assert r"\textbf{30.00} {\scriptsize 29.0--31.0}" in render(board, Format.latex)
    assert r"under\_score\textbar{}pipe" in render(board, Format.latex)
    assert r"b\&c\%" in render(board, Format.latex)
