"""Texts of a stranger's run folder, baseline or server break out of no table, log or error."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from evalharness.config import Format
from evalharness.render import print_page, render
from evalharness.terminal import results_console

from ..conftest import CommandLine, write_small
from ..finished import BLEU, bitext, finished
from ..hostile import HOSTILE, breaks_out
from .pages import stranger

pytestmark = pytest.mark.sweep

FORMULA = '=HYPERLINK("http://evil")'


def terminal(show: Callable[[Console], None], width: int) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    show(console)
    return console.file.getvalue()


FORMATS = [form for form in Format if form is not Format.table]


@pytest.mark.parametrize("form", FORMATS)
def test_a_page_keeps_strangers_texts_in_their_place(form: Format):
    shown = render(stranger(HOSTILE), form)
    assert not breaks_out(shown)
    assert shown.count("\n") == render(stranger("harmless"), form).count("\n")


@pytest.mark.parametrize("width", [4000, *range(40, 60)])
def test_no_line_of_a_terminal_begins_like_a_command(width: int):
    """Wherever the width breaks a text."""
    for text in (HOSTILE, "words ::set-env name=A::1 " * 3):
        page = stranger(text)
        assert not breaks_out(terminal(lambda console, page=page: print_page(page, console), width))


def test_nothing_of_a_strangers_text_is_html():
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(1)> "
    tags = set(re.findall("<[^>]*>", render(stranger("harmless"), Format.html)))
    assert set(re.findall("<[^>]*>", render(stranger(attack), Format.html))) <= tags


def test_no_cell_is_a_formula_and_numbers_stay_numbers():
    rows = list(csv.reader(io.StringIO(render(stranger(FORMULA), Format.csv))))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
    column = rows[0].index(f"'{FORMULA}")
    assert rows[1][column : column + 3] == ["-2.5", "-3.0", "-2.0"]


def test_json_parses_to_the_very_texts():
    content = json.loads(render(stranger(HOSTILE), Format.json))
    assert content[HOSTILE][0]["wrapped"] == HOSTILE
    assert content["notes"] == [HOSTILE, f"x{HOSTILE}"]
    assert content["fact"] == HOSTILE


@pytest.fixture
def strange_results(tmp_path: Path) -> Path:
    """Two runs of a stranger, with hostile words in all their files."""
    hypotheses = ["red apple", HOSTILE.replace("\ud800", ""), "yellow sun"]
    news = bitext(["red apple", "blue sea", "yellow sun"])
    news = replace(news, segments=tuple(replace(s, source=hypotheses[1]) for s in news.segments))
    for system, texts in (("a", hypotheses), ("b", hypotheses[::-1])):
        record = finished(tmp_path / "results", system, news, texts, BLEU)
        path = tmp_path / "results" / record.folder / "run.json"
        run = json.loads(path.read_bytes())
        path.write_text(
            json.dumps({**run, "notes": [HOSTILE.replace("\ud800", "")]}), encoding="utf-8"
        )
    return tmp_path / "results"


@pytest.mark.parametrize(
    "arguments",
    [
        [*command, f"format={form.value}"]
        for command in (["compare", "runs=[a,b]"], ["leaderboard"])
        for form in Format
    ],
)  # fmt: skip
def test_no_command_lets_a_strangers_run_break_out(
    arguments: list[str], strange_results: Path, evalharness: CommandLine
):
    answer = evalharness(*arguments)
    assert answer.code == 0, answer.err
    assert "set-env" in answer.out or "csv" in arguments[-1]  # it is shown
    assert not breaks_out(answer.out + answer.err)


def test_logs_and_errors_are_lines(strange_results: Path, evalharness: CommandLine):
    """A folder's name and what stands in a file reach the log, the error and the traceback."""
    strange = strange_results / "runs/news.tr-en/x\n::set-env name=A::\x1b[31m.12345678"
    strange.mkdir()
    for name in ("scores.json", "run.json"):
        content = {"schema_version": "\n::add-mask::x ##[error]\x1b[2J\u202e"}
        (strange / name).write_text(json.dumps(content))
    answer = evalharness("leaderboard")
    assert answer.code == 0
    assert r"::set-env name=A::\x1b[31m" in answer.err
    assert not breaks_out(answer.out + answer.err)
    for debug in ("debug=false", "debug=true"):
        answer = evalharness("gate", "update=true", "baseline=b", f"candidate='{strange}'", debug)
        assert answer.code == 2
        assert "add-mask" in answer.err
        assert not breaks_out(answer.err)


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
    answer = evalharness("model=copy", *small, "metric=[bleu]", *own, f"{option}='{name}'")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "cannot name a folder" in answer.err
    assert not breaks_out(answer.err)
    assert not (tmp_path / "results").exists()
