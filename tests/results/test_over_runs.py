"""Findings over runs: an output that the reference was made from, and two systems that are one."""

from __future__ import annotations

import json
from pathlib import Path

from evalharness.checks import Empty
from evalharness.results.over_runs import findings_over_runs

from ..conftest import CommandLine, read_lines
from ..finished import BLEU, bitext, finished


def test_a_reference_made_from_a_system_and_two_like_systems_are_told(
    flores: Path, tmp_path: Path, evalharness: CommandLine
):
    folder = flores / "ar-en"
    texts = {
        name: read_lines(folder / f"flores-test.{name}.en")
        for name in ("google", "microsoft", "nllb", "opusmt")
    }
    references = read_lines(folder / "flores-test.en")
    references = [  # a fifth is made from one system's output
        made if n % 5 == 0 else own
        for n, (own, made) in enumerate(zip(references, texts["opusmt"], strict=True))
    ]
    texts["again"] = [
        text if n % 7 else other
        for n, (text, other) in enumerate(zip(texts["nllb"], texts["google"], strict=True))
    ]
    news = bitext(references)
    runs = [
        finished(tmp_path / "results", name, news, own, BLEU, checks=[Empty()])
        for name, own in texts.items()
    ]
    found = {
        finding.finding: ({run.system for run in several}, finding.message)
        for several, finding in findings_over_runs(runs)
    }
    assert found.keys() == {"near_identical", "near_reference"}
    assert found["near_identical"][0] == {"nllb", "again"}
    assert "86%" in found["near_identical"][1]
    assert found["near_reference"][0] == {"opusmt"}
    shown = " ".join(evalharness("leaderboard").out.split())
    assert "WARNING opusmt news tr-en: near_reference: 20% of its outputs" in shown
    for run in runs:
        assert json.loads((run.path / "scores.json").read_text())["findings"] == []


def test_independent_systems_are_not_accused(flores: Path, tmp_path: Path):
    folder = flores / "ar-en"
    news = bitext(read_lines(folder / "flores-test.en"))
    runs = [
        finished(tmp_path, path.name.split(".")[1], news, read_lines(path), BLEU)
        for path in sorted(folder.glob("flores-test.*.en"))
    ]
    assert len(runs) == 7
    assert list(findings_over_runs(runs)) == []
