"""Texts of a stranger's run folder, baseline or server break out of no table, log or error."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console
from rich.text import Text

from evalharness.ranking import Place, Ranking
from evalharness.scoring import Resampling, Score, Unavailable
from evalharness.store import RunRecord
from evalharness.terminal import results_console
from evalharness.views import Board, csv_text, latex_text, make_board, markdown_text, print_board
from evalharness.views.gate import (
    GateReport,
    Measured,
    Outcome,
    Verdict,
    gate_json,
    gate_junit,
    gate_markdown,
    print_gate,
)

from ..conftest import CommandLine, write_small
from ..finished import BLEU, bitext, finished
from ..hostile import HOSTILE, breaks_out, controls

pytestmark = pytest.mark.sweep

FORMULA = '=HYPERLINK("http://evil")'


def terminal(show: Callable[[Console], None], width: int) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    show(console)
    return console.file.getvalue()


def board(text: str, metric: str) -> Board:
    """A board in which a text stands wherever a stranger could have put it."""
    records = [
        RunRecord(
            folder=f"runs/news.tr-en/{name}{text}.00000000",
            system=name + text,
            testset=f"news{text}",
            digest="d" * 64,
            source_lang="tr",
            target_lang="en",
            segments=100,
            provenance=("human",),
            scores=(Score(metric, -2.5, -3.0, -2.0, f"signed:{text}", True),),
            unavailable=(Unavailable(text, text),),
            resampling=Resampling(1000, 12345, "segment", 100),
            failed=1,
            truncated=0,
            unfinished=0,
            notes=(text,),
            failures={text: 1},
            removed={text: 1},
            truncated_by_metric={text: 1},
        )
        for name in ("a", "b")
    ]
    return make_board(records, Ranking({run.folder: Place(metric, 1, 0) for run in records}))


BOARDS = {
    "csv": csv_text,
    "markdown": markdown_text,
    "latex": latex_text,
    "terminal": lambda made: terminal(lambda console: print_board(made, console), 4000),
}


@pytest.mark.parametrize("view", BOARDS)
def test_a_board_keeps_strangers_texts_in_their_place(view: str):
    show = BOARDS[view]
    shown = show(board(HOSTILE, HOSTILE))
    assert not breaks_out(shown)
    assert shown.count("\n") == show(board("harmless", "harmless")).count("\n")


@pytest.mark.parametrize("width", range(40, 60))
def test_no_broken_line_begins_like_a_command(width: int):
    """Wherever a terminal's width breaks a text."""
    made = board("words ::set-env name=A::1 " * 3, "BLEU")
    assert not breaks_out(terminal(lambda console: print_board(made, console), width))


def test_no_cell_of_the_leaderboard_is_a_formula_and_numbers_stay_numbers():
    rows = list(csv.reader(io.StringIO(csv_text(board("", FORMULA)))))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
    column = next(n for n, cell in enumerate(rows[0]) if "HYPERLINK" in cell)
    assert rows[1][column : column + 3] == ["-2.5000", "-3.0000", "-2.0000"]


def gate_report(text: str) -> GateReport:
    measured = Measured(
        1.0, 2.0, 0.5, 1.5, 1.0, True, "segment", 100, 100.0, p_not_worse=0.1, p_worse=0.1,
        p_better=0.01,
    )  # fmt: skip
    verdicts = (
        Verdict(f"news{text}", f"tr-en{text}", f"BLEU{text}", Outcome.FAIL, text),
        Verdict(f"news{text}", f"tr-en{text}", f"TER{text}", Outcome.BETTER, "", measured),
        Verdict(f"news{text}", f"tr-en{text}", text, Outcome.INCONCLUSIVE, "", measured),
    )
    return GateReport(verdicts, 0.05, False, (text, f"x{text}"))


GATES = {
    "json": gate_json,
    "junit": lambda made: gate_junit(made).decode(),
    "markdown": gate_markdown,
    "terminal": lambda made: terminal(lambda console: print_gate(made, console), 4000),
}


@pytest.mark.parametrize("view", GATES)
def test_a_gate_keeps_strangers_texts_in_their_place(view: str):
    show = GATES[view]
    shown = show(gate_report(HOSTILE))
    assert not breaks_out(shown)
    assert shown.count("\n") == show(gate_report("harmless")).count("\n")
    if view == "json":
        assert json.loads(shown)["verdicts"][0]["obstacle"] == HOSTILE
    if view == "junit":
        suite = ET.fromstring(shown.encode()).find("testsuite")
        assert suite is not None
        assert not controls("".join(suite.attrib.values()))


@pytest.fixture
def strange_results(tmp_path: Path) -> Path:
    """Two runs of a stranger, with hostile words in all their files."""
    hypotheses = ["red apple", HOSTILE.replace("\ud800", ""), "yellow sun"]
    of = bitext(["red apple", "blue sea", "yellow sun"])
    of = replace(of, segments=tuple(replace(s, source=hypotheses[1]) for s in of.segments))
    for system, texts in (("a", hypotheses), ("b", hypotheses[::-1])):
        record = finished(tmp_path / "results", system, of, texts, BLEU)
        path = tmp_path / "results" / record.folder / "run.json"
        run = json.loads(path.read_bytes())
        path.write_text(
            json.dumps({**run, "notes": [HOSTILE.replace("\ud800", "")]}), encoding="utf-8"
        )
    return tmp_path / "results"


@pytest.mark.parametrize(
    "arguments",
    [
        *(["compare", "runs=[a,b]", f"compare.format={form}"]
          for form in ("table", "markdown", "latex", "json")),
        *(["leaderboard", f"leaderboard.format={form}"]
          for form in ("table", "markdown", "latex", "csv")),
    ],
)  # fmt: skip
def test_no_command_lets_a_strangers_run_break_out(
    arguments: list[str], strange_results: Path, evalharness: CommandLine
):
    told = evalharness(*arguments)
    assert told.code == 0, told.err
    assert "set-env" in told.out or "csv" in arguments[-1]  # it is shown
    assert not breaks_out(told.out + told.err)


def test_logs_and_errors_are_lines(strange_results: Path, evalharness: CommandLine):
    """A folder's name and what stands in a file reach the log, the error and the traceback."""
    strange = strange_results / "runs/news.tr-en/x\n::set-env name=A::\x1b[31m.12345678"
    strange.mkdir()
    for name in ("scores.json", "run.json"):
        content = {"schema_version": "\n::add-mask::x ##[error]\x1b[2J\u202e"}
        (strange / name).write_text(json.dumps(content))
    told = evalharness("leaderboard")
    assert told.code == 0
    assert r"::set-env name=A::\x1b[31m" in told.err
    assert not breaks_out(told.out + told.err)
    for debug in ("debug=false", "debug=true"):
        told = evalharness("gate", "update=true", "baseline=b", f"candidate='{strange}'", debug)
        assert told.code == 2
        assert "add-mask" in told.err
        assert not breaks_out(told.err)


def test_the_console_shows_no_control_whoever_made_the_text(capfd: pytest.CaptureFixture[str]):
    with results_console() as console:
        console.print(Text("a\x1b]8;;http://evil\x1b\\b\x9b31m"))
    assert capfd.readouterr().out == "a\\x1b]8;;http://evil\\x1b\\b\\x9b31m\n"


@pytest.mark.parametrize("name", ["../x", "=1+1", "::x\n::y", "a\u202eb"])
@pytest.mark.parametrize("option", ["model.name", "testset.name", "+metric.own.name"])
def test_a_name_that_would_break_out_is_refused_before_anything_is_written(
    option: str, name: str, evalharness: CommandLine, tmp_path: Path, own_metrics: None
):
    small = write_small(tmp_path)
    own = ["+metric.own._target_=own_metrics.Length"]
    told = evalharness("model=copy", *small, "metric=[bleu]", *own, f"{option}='{name}'")
    assert (told.code, told.err.count("\n")) == (2, 1)
    assert "cannot name a folder" in told.err
    assert not breaks_out(told.err)
    assert not (tmp_path / "results").exists()
