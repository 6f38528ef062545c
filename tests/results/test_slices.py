"""Slices of WMT23 by domain and by length: sacreBLEU's scores, and one family of tests."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import sacrebleu

from evalharness.stats import holm

from ..conftest import CommandLine, Prepare, read_lines

SYSTEMS = ("GPT4-5shot", "ONLINE-W", "NLLB_Greedy")
METRICS = {"BLEU": sacrebleu.BLEU, "chrF2": sacrebleu.CHRF}


@pytest.fixture
def folder(shared_data: Path) -> Path:
    return shared_data / "mtme" / "wmt23"


@pytest.fixture
def scored(
    evalharness: CommandLine, folder: Path, tmp_path: Path, prepared: Prepare
) -> dict[str, list[str]]:
    """Scores three systems; returns the lines of each."""
    outputs = {name: folder / "system-outputs" / "en-de" / f"{name}.txt" for name in SYSTEMS}
    words = [f"{name}={path}" for name, path in outputs.items()]

    def make() -> None:
        outcome = evalharness("score", "-t", f"mtme:{folder}", "-l", "en-de", "-i", *words)
        assert outcome.code == 0, outcome.err

    prepared("three systems of WMT23", tmp_path, make)
    return {name: read_lines(path) for name, path in outputs.items()}


def domains(folder: Path) -> dict[str, list[int]]:
    """The lines of each domain, as mt-metrics-eval's file of documents says."""
    rows = defaultdict(list)
    for number, line in enumerate(read_lines(folder / "documents" / "en-de.docs")):
        rows[line.split("\t")[0]].append(number)
    return rows


@pytest.mark.parametrize("name", ["domain", pytest.param("[domain]", marks=pytest.mark.sweep)])
def test_scores_of_slices_are_sacrebleus_of_their_lines(
    name: str, scored: dict[str, list[str]], folder: Path, evalharness: CommandLine
):
    before = Path("results/leaderboard.csv").read_bytes()
    page = json.loads(evalharness("leaderboard", f"slice={name}", "format=json").out)
    assert Path("results/leaderboard.csv").read_bytes() == before
    rows = {(row["slice"], row["system"]): row for row in page["runs"]}
    references = read_lines(folder / "references" / "en-de.refA.txt")
    parts = domains(folder)
    assert {part for part, _ in rows} == {None, *(f"domain={domain}" for domain in parts)}
    for domain, lines in parts.items():
        for system, texts in scored.items():
            row = rows[f"domain={domain}", system]
            assert row["segments"] == len(lines)
            for metric, peer in METRICS.items():
                theirs = peer().corpus_score(
                    [texts[line] for line in lines], [[references[line] for line in lines]]
                )
                assert row[metric] == pytest.approx(theirs.score, abs=1e-9)
                assert row[f"{metric}_low"] < row[metric] < row[f"{metric}_high"]


def test_lengths_are_thirds_that_hold_every_segment_once(
    scored: dict[str, list[str]], folder: Path, evalharness: CommandLine
):
    page = json.loads(evalharness("leaderboard", "slice=length", "format=json").out)
    sizes = {row["slice"]: row["segments"] for row in page["runs"] if row["slice"] is not None}
    lengths = np.array([len(line) for line in read_lines(folder / "sources" / "en-de.txt")])
    assert len(sizes) == 3
    assert sum(sizes.values()) == len(lengths)
    for label, size in sizes.items():
        least, most = map(int, label.removeprefix("length=").split("-"))
        assert size == np.count_nonzero((least <= lengths) & (lengths <= most))
        assert abs(size - len(lengths) / 3) < 10


def test_the_whole_and_its_slices_are_one_family(
    scored: dict[str, list[str]], folder: Path, evalharness: CommandLine
):
    runs = f"runs=[{','.join(SYSTEMS)}]"
    found = json.loads(evalharness("compare", runs, "slice=domain", "format=json").out)
    for metric in METRICS:
        rows = [row for row in found["differences"] if row["metric"] == metric]
        assert len(rows) == 3 * (1 + len(domains(folder)))
        corrected = holm([row["p"] for row in rows])
        assert [row["p_corrected"] for row in rows] == pytest.approx(list(corrected))
    alone = json.loads(evalharness("compare", runs, "format=json").out)
    for row in alone["differences"]:
        (same,) = (
            other
            for other in found["differences"]
            if other["slice"] is None
            and [other[key] for key in ("metric", "first", "second")]
            == [row[key] for key in ("metric", "first", "second")]
        )
        assert same["difference"] == row["difference"]
        assert same["p_corrected"] >= row["p_corrected"]
    assert "language pair with its slices" in " ".join(found["notes"])


def test_the_board_and_compare_find_the_same_in_slices(
    scored: dict[str, list[str]], evalharness: CommandLine
):
    board = json.loads(evalharness("leaderboard", "slice=domain", "format=json").out)
    runs = f"runs=[{','.join(SYSTEMS)}]"
    compared = json.loads(evalharness("compare", runs, "slice=domain", "format=json").out)
    wins = {(row["slice"], row["system"]): row["wins"] for row in board["runs"]}
    better = [row for row in compared["differences"] if row["metric"] == "BLEU"]
    for (part, system), count in wins.items():
        assert count == sum(
            row["significant"] for row in better if row["slice"] == part and row["first"] == system
        )


@pytest.mark.parametrize(
    ("option", "what"),
    [
        ("slice=weather", "slice: no segment has 'weather'; choices: domain, length"),
        ("slice=5", "slice: 5 is no name"),
        ("slice=null", "slice: None is no name"),
        ("slice=[[domain]]", "is no name"),
    ],
)
def test_no_slices_are_one_line(
    option: str, what: str, scored: dict[str, list[str]], evalharness: CommandLine
):
    runs = f"runs=[{','.join(SYSTEMS)}]"
    for command in (["leaderboard"], ["compare", runs]):
        outcome = evalharness(*command, option)
        assert (outcome.code, outcome.err.count("\n")) == (2, 1), outcome.err
        assert what in outcome.err
