"""Run folders and baselines that an earlier evalharness wrote are read as they are."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
import sacrebleu

from evalharness import load

from ..conftest import CommandLine, files_below, read_leaderboard, read_lines, read_scores

DATA = Path(__file__).resolve().parents[1] / "data"
OUTPUTS = {"copied": "tr.txt", "en.hyp": "en.hyp.txt"}
PEERS = {"BLEU": sacrebleu.BLEU, "chrF2": sacrebleu.CHRF, "TER": sacrebleu.TER}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder with the texts, and with what was made of them before."""
    shutil.copytree(DATA / "targets", tmp_path, dirs_exist_ok=True)
    shutil.copytree(DATA / "schema1/runs", tmp_path / "results/runs")
    shutil.copytree(DATA / "schema1/baseline", tmp_path / "baseline")
    return tmp_path


def expected(system: str, metric: str) -> float:
    lines = read_lines(DATA / "targets" / OUTPUTS[system])
    reference = read_lines(DATA / "targets/en.ref.txt")
    return float(PEERS[metric]().corpus_score(lines, [reference]).score)


def test_the_board_has_sacrebleus_scores_and_nothing_of_a_check(
    old: Path, evalharness: CommandLine
):
    before = files_below(old / "results/runs")
    outcome = evalharness("leaderboard", "format=csv")
    assert outcome.code == 0, outcome.err
    rows = list(csv.DictReader(outcome.out.splitlines()))
    assert [row["system"] for row in rows] == ["en.hyp", "copied"]
    for row in rows:
        for metric in ("BLEU", "chrF2"):
            score = expected(row["system"], metric)
            assert float(row[metric]) == pytest.approx(score, abs=5e-5)
        assert not any(value for name, value in row.items() if name.startswith("check_"))
    assert files_below(old / "results/runs") == before


def test_they_are_compared(old: Path, evalharness: CommandLine):
    outcome = evalharness("compare", "runs=[en.hyp,copied]", "format=json")
    assert outcome.code == 0, outcome.err
    text = outcome.out
    difference = expected("en.hyp", "BLEU") - expected("copied", "BLEU")
    assert f"{difference:.6f}"[:-2] in text


@pytest.mark.parametrize(("system", "code"), [("en.hyp", 0), ("copied", 1)])
def test_they_are_gated_by_a_baseline_of_before(
    system: str, code: int, old: Path, evalharness: CommandLine
):
    outcome = evalharness("gate", "baseline=baseline", f"gate.system={system}", "margin.bleu=2")
    assert outcome.code == code, outcome.err + outcome.out
    assert ("passes" if code == 0 else "fails") in outcome.out


def test_a_baseline_of_now_is_made_of_them(old: Path, evalharness: CommandLine):
    update = ["gate", "update=true", "baseline=new", "gate.system=en.hyp"]
    assert evalharness(*update).code == 0
    assert evalharness("gate", "baseline=new", "gate.system=en.hyp", "margin.bleu=2").code == 0


def test_a_metric_is_added_and_the_others_stay_to_the_last_bit(old: Path, evalharness: CommandLine):
    before = read_scores(old / "results")
    texts = ["-s", "tr.txt", "-r", "en.ref.txt", "-i", "en.hyp.txt", "-l", "tr-en"]
    outcome = evalharness(
        "score", *texts, "testset.provenance=machine-drafted", "-m", "ter", "results_dir=results"
    )
    assert outcome.code == 0, outcome.err
    after = read_scores(old / "results")
    assert len(read_leaderboard(old / "results")) == 2
    for metric, score in before["en.hyp"].items():
        found = after["en.hyp"][metric]
        assert [found[name] for name in ("score", "low", "high", "signature")] == [
            score[name] for name in ("score", "low", "high", "signature")
        ]
    assert after["en.hyp"]["TER"]["score"] == pytest.approx(expected("en.hyp", "TER"), abs=1e-9)
    (path,) = (old / "results").glob("runs/*/en.hyp*/scores.json")
    assert json.loads(path.read_text(encoding="utf-8"))["schema_version"] == 2
    assert after["copied"] == before["copied"]


def test_python_reads_them(old: Path):
    scores = load(old / "results")
    for system in OUTPUTS:
        for metric in ("BLEU", "chrF2"):
            (run,) = [run for run in scores.runs if run.system == system]
            assert run.score(metric).score == pytest.approx(expected(system, metric), abs=1e-9)
