"""What is ranked against what, and what the board says about it."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from evalharness.ranking import Place, Ranking
from evalharness.scoring import Resampling, Score, Unavailable
from evalharness.store import RunRecord
from evalharness.views import Board, csv_text, latex_text, make_board, markdown_text, print_board

SIGNATURE = "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0"


def bleu(score: float, signature: str = SIGNATURE) -> Score:
    return Score("BLEU", score, score - 1, score + 1, signature, higher_is_better=True)


def ter(score: float) -> Score:
    return Score("TER", score, score - 2, score + 2, "nrefs:1|case:lc", higher_is_better=False)


def run(system: str, *scores: Score, **changes: object) -> RunRecord:
    record = RunRecord(
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
        failed=0,
        truncated=0,
        unfinished=0,
        notes=(),
    )
    return replace(record, **changes)


def board_of(runs: list[RunRecord], *places: Place | None) -> Board:
    """The board of runs, the first of which have these places."""
    given = {run.folder: place for run, place in zip(runs, places, strict=False) if place}
    return make_board(runs, Ranking(given))


def shown_ranks(board: Board) -> list[tuple[str, int | None]]:
    rows = [row for section in board.sections for row in section.rows]
    return [(row.name, row.place.rank if row.place else None) for row in rows]


def test_rows_are_sorted_by_rank_then_score_then_name_and_the_unranked_come_last():
    scores = {"a": 30, "b": 20, "c": 30, "d": 31, "e": 40}
    runs = [run(name, bleu(score)) for name, score in scores.items()]
    second = Place("BLEU", 2, 0)
    board = board_of(runs, second, Place("BLEU", 1, 3), second, second)
    assert shown_ranks(board) == [("b", 1), ("d", 2), ("a", 2), ("c", 2), ("e", None)]


def test_a_metric_where_lower_is_better_sorts_the_other_way_round():
    place = Place("TER", 1, 0)
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
    assert board.columns == ("BLEU|case:lc", "BLEU|case:mixed")
    assert board.sections[0].best == {"BLEU|case:mixed": 30.0}
    assert any("BLEU: 2 signatures, in a column each" in note for note in board.notes)
    rows = list(csv.DictReader(io.StringIO(csv_text(board))))
    assert [row["BLEU|case:mixed"] for row in rows] == ["20.0000", "30.0000", ""]
    assert [row["BLEU|case:lc"] for row in rows] == ["", "", "99.0000"]


def test_other_segments_or_references_stand_apart_and_that_is_said():
    board = board_of([run("a", bleu(20.0)), run("b", bleu(30.0), digest="e" * 64)])
    assert [len(section.rows) for section in board.sections] == [1, 1]
    assert any("2 versions of the test set" in note for note in board.notes)


def test_signatures_differ_over_the_whole_board_but_not_in_the_number_of_references():
    two = SIGNATURE.replace("nrefs:1", "nrefs:2")
    other = {"testset": "other", "folder": "runs/other.tr-en/a.00000000"}
    board = board_of([run("a", bleu(20.0)), run("a", bleu(30.0, two), **other)])
    assert board.columns == ("BLEU",)
    intl = SIGNATURE.replace("13a", "intl")
    board = board_of([run("a", bleu(20.0)), run("a", bleu(30.0, intl), **other)])
    assert board.columns == ("BLEU|tok:13a", "BLEU|tok:intl")


def test_a_part_that_one_signature_lacks_tells_columns_apart():
    longer = f"refs:mean|{SIGNATURE}"
    board = board_of([run("a", bleu(20.0)), run("b", bleu(30.0, longer))])
    assert board.columns == ("BLEU|refs:mean", "BLEU|refs:none")


@given(st.lists(st.text("a1:|none", min_size=1, max_size=5), min_size=2, max_size=5, unique=True))
def test_no_two_signatures_ever_share_a_column(signatures: list[str]):
    runs = [run(f"s{n}", bleu(1.0, signature)) for n, signature in enumerate(signatures)]
    comparable = {signature for signature in signatures if "nrefs" not in signature}
    assert len(board_of(runs).columns) == len(comparable)


def test_the_best_of_a_column_follows_its_direction():
    board = board_of([run("a", bleu(20.0), ter(50.0)), run("b", bleu(30.0), ter(60.0))])
    assert board.sections[0].best == {"BLEU": 30.0, "TER": 50.0}


def test_one_system_with_two_fingerprints_has_two_rows():
    twice = [run("a", bleu(20.0)), run("a", bleu(21.0), folder="runs/news.tr-en/a.11111111")]
    board = board_of(twice, Place("BLEU", 2, 0), Place("BLEU", 1, 1))
    assert shown_ranks(board) == [("a.11111111", 1), ("a.00000000", 2)]
    assert "a.11111111" in shown(board, 80)


def test_csv_has_the_columns_of_the_contract():
    runs = [run("a", bleu(20.0), ter(50.0)), run("b", ter(40.0)), run("c")]
    board = board_of(runs, Place("TER", 2, 0), Place("TER", 1, 1))
    header = csv_text(board).splitlines()[0]
    assert header == (
        "testset,source_lang,target_lang,rank,system,segments,"
        "BLEU,BLEU_low,BLEU_high,TER,TER_low,TER_high,run,signatures,wins,ranked_by"
    )
    first, second, third = csv.DictReader(io.StringIO(csv_text(board)))
    assert (first["system"], first["rank"], first["wins"], first["BLEU"]) == ("b", "1", "1", "")
    assert (second["system"], second["rank"], second["TER_low"]) == ("a", "2", "48.0000")
    assert (third["rank"], third["wins"], third["ranked_by"]) == ("", "", "")
    assert {first["ranked_by"], second["ranked_by"]} == {"TER"}
    assert f"BLEU|{SIGNATURE}" in second["signatures"].split("; ")
    assert "references:human" in first["signatures"]


def shown(board, width: int) -> str:
    console = Console(width=width, record=True, force_terminal=False)
    with console.capture() as captured:
        print_board(board, console)
    return captured.get()


VIEWS = {
    "terminal": lambda board: " ".join(shown(board, 80).split()),
    "markdown": markdown_text,
    "latex": latex_text,
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
    board = board_of(runs, *[Place("BLEU", 1, 0)] * 3)
    assert board.columns == ("BLEU", COMET)
    text = VIEWS[view](board)
    dash = "--" if view == "latex" else "–"
    assert text.count(f" {dash} ") == 3
    assert f"{COMET} " in text
    for arrow in ("↑", "↓", "uparrow", "downarrow"):
        assert f"{COMET} {arrow}" not in text
    assert text.count(f"no {COMET}: {FETCH}") == 1


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
    assert board.columns == (f"{COMET}|checkpoint:own@1", f"{COMET}|checkpoint:own@2")
    assert [note for note in board.notes if note.startswith("no ")] == [
        f"no {COMET} (c news tr-en; d news tr-en, ar-en): {FETCH}",
        f"no {COMET} (e news tr-en): 1 of 100 segments failed",
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_every_table_says_what_a_metric_did_not_read(view: str):
    cut = {"truncated_by_metric": {COMET: 3}}
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
    assert "**30.00** (29.0–31.0)" in markdown_text(board)
    assert r"under\_score\|pipe" in markdown_text(board)
    assert r"\textbf{30.00} {\scriptsize 29.0--31.0}" in latex_text(board)
    assert r"under\_score\textbar{}pipe" in latex_text(board)
    assert r"b\&c\%" in latex_text(board)
