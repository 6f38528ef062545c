"""`score -m FOLDER`: several COMET checkpoints at once, with the scores of `predict`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from statistics import fmean

import pytest

import evalharness as eh

from ...conftest import CommandLine
from .conftest import TinyComet
from .peer import SHORT, predict

SAMPLES = [
    sample for sample in SHORT if all(text.strip() and "\n" not in text for text in sample.values())
]


@pytest.fixture
def checkpoints(tiny: TinyComet) -> list[Path]:
    return [tiny("regression"), tiny("referenceless")]


def test_each_checkpoint_has_the_scores_of_predict(
    checkpoints: list[Path], evalharness: CommandLine, tmp_path: Path
):
    for part in ("src", "mt", "ref"):
        lines = "".join(f"{sample[part]}\n" for sample in SAMPLES)
        (tmp_path / part).write_text(lines, encoding="utf-8")
    relative = [os.path.relpath(folder, tmp_path) for folder in checkpoints]
    asked = evalharness(
        *("score", "-s", "src", "-r", "ref", "-i", "mt", "-l", "tr-en", "-f", "json"),
        *("-m", *relative, "chrf", "results_dir=null"),
    )
    assert asked.code == 0, asked.err
    (run,) = json.loads(asked.out)["runs"]
    scores = {score["metric"]: score["score"] for score in run["scores"]}
    assert len(scores) == 3
    assert not Path("results").exists()
    for folder in checkpoints:
        expected = predict(folder, SAMPLES).scores
        assert scores[folder.name] == pytest.approx(fmean(expected), abs=1e-5)


def test_so_it_has_from_python(checkpoints: list[Path], tmp_path: Path):
    given = {part: [sample[part] for sample in SAMPLES] for part in ("src", "mt", "ref")}
    made = eh.score(
        given["mt"],
        references=given["ref"],
        sources=given["src"],
        pair="tr-en",
        metrics=[str(folder) for folder in checkpoints],
        store=tmp_path / "store",
    )
    for folder in checkpoints:
        expected = predict(folder, SAMPLES).scores
        assert made["system"][folder.name].segments == pytest.approx(expected, abs=1e-5)
    assert (tmp_path / "store").is_dir()
