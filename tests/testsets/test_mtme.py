"""mt-metrics-eval's folders: what WMT23 published comes out of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ..conftest import CommandLine, read_leaderboard

MARKED = ("AIRC", "chrF2")
"""A file that begins with a byte-order mark, which is dropped and was scored then."""


def published(folder: Path, metric: str) -> dict[str, float]:
    path = folder / f"metric-scores/en-de/{metric}-refA.sys.score"
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    return {system: float(score) for system, score in rows}


def left_out(folder: str, names: list[str]) -> list[str]:
    """Which outputs a small copy of the folder lacks."""
    kept = ("AIRC", "ONLINE-W", "refA", "synthetic_ref")
    outputs = Path(folder).parent.name == "system-outputs"
    return [name for name in names if outputs and Path(name).stem not in kept]


@pytest.mark.parametrize("count", [2, pytest.param(12, marks=pytest.mark.sweep)])
def test_published_scores_are_met_through_the_folder(
    count: int, shared_data: Path, evalharness: CommandLine, tmp_path: Path
):
    folder = shared_data / "mtme/wmt23"
    if count == 2:  # of the systems; with all else
        folder = shutil.copytree(folder, tmp_path / "wmt23", ignore=left_out)
    words = [
        "-t",
        f"mtme:{folder}",
        "-l",
        "en-de",
        "-m",
        "bleu",
        "chrf",
        "-c",
        "empty",
        "-f",
        "json",
    ]
    outcome = evalharness("score", *words, "bootstrap.resamples=40")
    assert outcome.code == 0, outcome.err
    assert "left out, being references: refA, synthetic_ref" in outcome.err
    runs = json.loads(outcome.out)["runs"]
    assert len(runs) == count
    for ours, theirs in (("BLEU", "BLEU"), ("chrF2", "chrF")):
        known = published(folder, theirs)
        for run in runs:
            (score,) = [one["score"] for one in run["scores"] if one["metric"] == ours]
            exact = 1e-4 if (run["system"], ours) == MARKED else 1e-9
            assert score == pytest.approx(known[run["system"]], abs=exact), run["system"]
    (path,) = Path("results").glob("runs/wmt23.en-de/ONLINE-W.*/segments.jsonl")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    documents = (folder / "documents/en-de.docs").read_text().splitlines()
    assert [f"{row['facts']['domain']}\t{row['document']}" for row in rows] == documents


WRONG = {
    "no such pair": (["testset.pairs=[en-tr]"], "no pair en-tr; "),
    "no such reference": (["testset.references=[refB]"], "no reference 'refB'; it has refA"),
    "no such folder": (["testset.path=nowhere"], "no folder of mt-metrics-eval"),
    "another maker": (["testset.provenance=nobody"], "unknown value 'nobody'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_one_line(small_folder: Path, evalharness: CommandLine, case: str):
    options, error = WRONG[case]
    words = ["model=copy", "testset=mtme", f"testset.path={small_folder}", "metric=bleu"]
    outcome = evalharness(*words, *options)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert error in outcome.err


@pytest.fixture
def small_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "mini"
    for name, text in {
        "sources/tr-en.txt": "bir\niki\n",
        "sources/ar-en.txt": "واحد\n",
        "references/tr-en.refA.txt": "one\ntwo\n",
        "references/tr-en.refB.txt": "1\n2\n",
        "references/ar-en.refA.txt": "one\n",
        "system-outputs/tr-en/refA.txt": "one\ntwo\n",
        "system-outputs/tr-en/x.txt": "one\nzwei\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_all_pairs_are_translated_and_references_keep_their_order(
    small_folder: Path, evalharness: CommandLine
):
    words = ["model=copy", "testset=mtme", f"testset.path={small_folder}", "metric=bleu"]
    assert evalharness(*words).code == 0
    assert {path.name for path in Path("results/runs").iterdir()} == {"mini.ar-en", "mini.tr-en"}
    both = [*words, "testset.pairs=[tur_Latn-eng]"]
    for references in ("[refA,refB]", "[refB,refA]"):
        assert evalharness(*both, f"testset.references={references}").code == 0
    found = {
        tuple(json.loads(path.read_text())["testset"]["reference_names"])
        for path in Path("results").glob("runs/mini.tr-en/*/run.json")
    }
    assert found == {("refA",), ("refA", "refB"), ("refB", "refA")}
    orders = {
        part
        for row in read_leaderboard(Path("results"))
        for part in row["signatures"].split(";")[0].split("|")
        if part.startswith("order:")
    }
    assert orders == {"order:refA+refB", "order:refB+refA"}


def test_a_test_set_without_outputs_asks_for_some(small_folder: Path, evalharness: CommandLine):
    outcome = evalharness("score", "-t", f"mtme:{small_folder}", "-l", "ar-en", "-m", "bleu")
    assert (outcome.code, "none belong to mini; give -i FILE" in outcome.err) == (2, True)
