"""The leaderboard is a pure function of the runs."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from evalharness.results import CHECKS

from ..conftest import CommandLine, Prepare
from ..finished import BLEU, bitext, finished


@pytest.fixture
def two_runs(evalharness: CommandLine, small: list[str], tmp_path: Path, prepared: Prepare) -> Path:
    def make() -> None:
        (tmp_path / "out.txt").write_text("red apple\nblue lake\nyellow\n")
        assert evalharness("model=copy", *small).code == 0
        assert evalharness("model=file", "model.path=out.txt", *small).code == 0

    prepared("two runs", tmp_path, make)
    return tmp_path / "results"


def test_it_is_rebuilt_from_the_runs_alone(evalharness: CommandLine, two_runs: Path):
    before = (two_runs / "leaderboard.csv").read_bytes()
    rows = csv.DictReader(io.StringIO(before.decode()))
    assert {row["system"] for row in rows} == {"copy", "out"}
    (two_runs / "leaderboard.csv").unlink()
    assert evalharness("leaderboard").code == 0
    assert (two_runs / "leaderboard.csv").read_bytes() == before


def test_csv_on_stdout_is_the_file(evalharness: CommandLine, two_runs: Path):
    outcome = evalharness("leaderboard", "format=csv")
    assert outcome.out.encode() == (two_runs / "leaderboard.csv").read_bytes()


def test_ranking_by_another_metric_changes_what_is_shown_not_the_file(
    evalharness: CommandLine, two_runs: Path
):
    assert evalharness("leaderboard").code == 0
    before = (two_runs / "leaderboard.csv").read_bytes()
    outcome = evalharness("leaderboard", "leaderboard.by=chrF2", "format=markdown")
    assert outcome.out.index("out") < outcome.out.index("copy")
    assert evalharness("leaderboard", "leaderboard.by=COMET").code == 2
    assert (two_runs / "leaderboard.csv").read_bytes() == before


def test_damaged_and_unfinished_runs_are_passed_over_and_said(
    evalharness: CommandLine, two_runs: Path
):
    damaged = two_runs / "runs/text.tr-en/damaged.00000000"
    shutil.copytree(next((two_runs / "runs/text.tr-en").glob("copy.*")), damaged)
    (damaged / "run.json").write_text("{")
    unfinished = two_runs / "runs/text.tr-en/unfinished.00000000"
    unfinished.mkdir()
    newer = two_runs / "runs/text.tr-en/newer.00000000"
    shutil.copytree(next((two_runs / "runs/text.tr-en").glob("out.*")), newer)
    scores = json.loads((newer / "scores.json").read_text())
    (newer / "scores.json").write_text(json.dumps({**scores, "schema_version": 3}))
    outcome = evalharness("leaderboard", "format=csv")
    assert outcome.code == 0
    assert "damaged.00000000: damaged run" in outcome.err
    assert "newer.00000000: written by another version of evalharness" in outcome.err
    assert {row["system"] for row in csv.DictReader(io.StringIO(outcome.out))} == {"copy", "out"}


def test_a_run_with_damaged_statistics_is_listed_without_a_rank_and_with_a_note(
    evalharness: CommandLine, two_runs: Path
):
    (folder,) = two_runs.glob("runs/*/copy.*")
    damaged_statistics(folder, "flipped")
    outcome = evalharness("leaderboard")
    shown = " ".join(outcome.out.split())
    assert f"{folder.name}: not ranked: damaged run: " in shown
    assert "run it again" in shown
    rows = csv.DictReader(io.StringIO((two_runs / "leaderboard.csv").read_text()))
    assert {row["system"]: (row["rank"], row["wins"]) for row in rows} == {
        "out": ("1", "0"),
        "copy": ("", ""),
    }


def test_no_run_yet_says_how_to_make_one(evalharness: CommandLine, tmp_path: Path):
    outcome = evalharness("leaderboard")
    assert outcome.code == 2
    assert "results/runs: no complete run; python -m evalharness makes one" in outcome.err
    assert not (tmp_path / "results").exists()


DEEP: list[object] = []
for _ in range(300):
    DEEP = [DEEP]
DAMAGE = {
    "a score that is no number": ("scores.json", ("scores", 0, "score"), "high"),
    "a score that is NaN": ("scores.json", ("scores", 0, "score"), float("nan")),
    "a bound that is a list": ("scores.json", ("scores", 0, "low"), []),
    "no signature": ("scores.json", ("scores", 0, "signature"), None),
    "a name that UTF-8 cannot hold": ("scores.json", ("system",), "\ud800"),
    "a note that UTF-8 cannot hold": ("run.json", ("notes",), ["\ud83d"]),
    "lists deeper than can be written": ("run.json", ("metrics", "x"), {"y": DEEP}),
    "a test set that is a number": ("scores.json", ("testset",), 5),
    "an unknown maker of references": ("run.json", ("testset", "references"), ["somebody"]),
    "a score that no float holds": ("scores.json", ("scores", 0, "score"), 10**400),
    "a name with markup": ("scores.json", ("system",), "[/x]"),
    "another schema": ("run.json", ("schema_version",), 9),
    "no maker of references": ("run.json", ("testset", "references"), []),
    "no digest": ("run.json", ("testset", "digest"), None),
    "a bootstrap without units": ("run.json", ("bootstrap", "units"), None),
}


@pytest.mark.sample
@pytest.mark.parametrize("case", DAMAGE)
def test_an_edited_run_breaks_neither_the_board_nor_later_runs(
    case: str, evalharness: CommandLine, two_runs: Path, small: list[str]
):
    name, keys, value = DAMAGE[case]
    (path,) = two_runs.glob(f"runs/*/copy.*/{name}")
    content = json.loads(path.read_text())
    *above, last = keys
    place = content
    for key in above:
        place = place[key]
    place[last] = value
    path.write_text(json.dumps(content))
    outcome = evalharness("leaderboard", "format=csv")
    assert outcome.code == 0
    assert "damaged run" in outcome.err or "another version of evalharness" in outcome.err
    assert [row["system"] for row in csv.DictReader(io.StringIO(outcome.out))] == ["out"]
    assert evalharness("model=copy", *small).code == 0
    rows = csv.DictReader(io.StringIO((two_runs / "leaderboard.csv").read_text()))
    assert {row["system"] for row in rows} == {"copy", "out"}


def damaged_statistics(folder: Path, case: str) -> None:
    path = folder / "statistics.npz"
    if case == "empty":
        path.write_bytes(b"")
    elif case == "flipped":
        content = bytearray(path.read_bytes())
        content[80:100] = bytes(255 - byte for byte in content[80:100])
        path.write_bytes(bytes(content))
    elif case == "too few rows":
        np.savez(path, **{name: array[:1] for name, array in np.load(path).items()})
    elif case == "not finite":
        np.savez(path, **{name: array * np.nan for name, array in np.load(path).items()})
    else:
        segments = folder / "segments.jsonl"
        old, new = {
            "segments": ('"chrF2": ', '"chrF2": "x", "y": '),
            "observations": ('"scores": ', '"observations": {"chrF2": 3}, "scores": '),
            "checks": ('"checks": ', '"checks": ["empty"], "y": '),
        }[case]
        segments.write_text(segments.read_text().replace(old, new))


def tables_of(folder: Path) -> set[str]:
    """The metrics that a run folder has statistics of."""
    return {name for name in np.load(folder / "statistics.npz") if not name.startswith(CHECKS)}


@pytest.mark.parametrize(
    "case",
    ["empty", "flipped", "too few rows", "not finite", "segments", "observations", "checks"],
)
def test_a_metric_is_added_to_a_damaged_run_by_writing_it_anew(
    case: str, evalharness: CommandLine, two_runs: Path, small: list[str]
):
    (folder,) = two_runs.glob("runs/*/copy.*")
    damaged_statistics(folder, case)
    outcome = evalharness("model=copy", *small, "metric=ter")
    assert outcome.code == 0, outcome.err
    assert "written anew" in outcome.err
    assert tables_of(folder) == {"TER"}


def test_a_run_that_was_cut_short_is_written_anew_and_said(
    evalharness: CommandLine, two_runs: Path, small: list[str]
):
    (folder,) = two_runs.glob("runs/*/copy.*")
    (folder / "scores.json").unlink()
    outcome = evalharness("model=copy", *small, "metric=ter")
    assert outcome.code == 0
    assert "was cut short while it was written; written anew" in outcome.err


@pytest.mark.parametrize(
    ("selected", "shown"),
    [
        ("select.systems=[out]", ["out"]),
        ("select.systems=[copy,out]", ["out", "copy"]),
        ("select.exclude=[out]", ["copy"]),
        ("select.pair=tr-en", ["out", "copy"]),
        ("select.testset=text", ["out", "copy"]),
    ],
)
def test_a_selection_changes_what_is_shown_not_the_file(
    selected: str, shown: list[str], evalharness: CommandLine, two_runs: Path
):
    before = (two_runs / "leaderboard.csv").read_bytes()
    outcome = evalharness("leaderboard", selected, "leaderboard.by=chrF2", "format=json")
    assert [row["system"] for row in json.loads(outcome.out)["runs"]] == shown
    assert (two_runs / "leaderboard.csv").read_bytes() == before


def test_a_selection_takes_a_system_with_the_hash(evalharness: CommandLine, two_runs: Path):
    (folder,) = two_runs.glob("runs/*/out.*")
    outcome = evalharness("leaderboard", f"select.systems=[{folder.name}]", "format=csv")
    assert [row["system"] for row in csv.DictReader(io.StringIO(outcome.out))] == ["out"]


NOT_THERE = {
    "select.testset=news": "select.testset: no run has 'news'; choices: text",
    "select.pair=de-en": "select.pair: no run has 'de-en'; choices: tr-en",
    "select.systems=[copy,nllb]": "select.systems: no run has 'nllb'; choices: copy, out",
    "select.exclude=[nllb]": "select.exclude: no run has 'nllb'; choices: copy, out",
    "select.exclude=[copy,out]": "select.exclude: no run is left",
}


@pytest.mark.parametrize("selected", NOT_THERE)
def test_selecting_what_no_run_has_is_refused_with_the_choices(
    selected: str, evalharness: CommandLine, two_runs: Path
):
    outcome = evalharness("leaderboard", selected)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert NOT_THERE[selected] in outcome.err


@pytest.mark.parametrize("command", [["leaderboard"], ["score", "-r", "ref.txt", "-i", "out.txt"]])
def test_every_format_has_the_same_scores(
    command: list[str], evalharness: CommandLine, two_runs: Path
):
    (path,) = two_runs.glob("runs/*/out.*/scores.json")
    score = json.loads(path.read_text())["scores"][0]["score"]
    for form in ("table", "csv", "markdown", "latex", "json", "html"):
        outcome = evalharness(*command, f"format={form}")
        assert outcome.code == 0, outcome.err
        assert f"{score:.2f}"[:-1] in outcome.out


@pytest.mark.parametrize(
    "content", [None, b"", b'{"schema_version": 1, "exceeding_trials": {"a": 1}}']
)
def test_the_board_does_not_depend_on_the_tests_that_are_kept(
    content: bytes | None, evalharness: CommandLine, tmp_path: Path
):
    references = [f"this is reference number {n} of the test set" for n in range(20)]
    for name, last in (("a", "set"), ("b", "kit"), ("c", "")):
        texts = [text.replace("set", last) for text in references]
        finished(tmp_path / "results", name, bitext(references), texts, BLEU)
    assert evalharness("leaderboard").code == 0
    board, kept = tmp_path / "results/leaderboard.csv", tmp_path / "results/tests.json"
    before = board.read_bytes(), json.loads(kept.read_bytes())
    if content is None:
        kept.unlink()
    else:
        kept.write_bytes(content)
    assert evalharness("leaderboard").code == 0
    assert board.read_bytes() == before[0]
    assert json.loads(kept.read_bytes()) == before[1]
