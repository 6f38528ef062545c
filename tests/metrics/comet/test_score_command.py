"""`score -m FOLDER`: several COMET checkpoints at once, with the scores of `predict`."""

from __future__ import annotations

import json
import logging
import os
import re
from pathlib import Path
from statistics import fmean

import pytest

import evalharness as eh
from evalharness.metrics.comet import forecast

from ...conftest import CommandLine
from .conftest import MakeMetric, TinyComet, scores
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
    found = {score["metric"]: score["score"] for score in run["scores"]}
    assert len(found) == 3
    assert not Path("results").exists()
    for folder in checkpoints:
        expected = predict(folder, SAMPLES).scores
        assert found[folder.name] == pytest.approx(fmean(expected), abs=1e-5)


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


@pytest.mark.parametrize("kind", ["regression", "xcomet"])
def test_many_encodings_are_said_to_take_a_while_before_they_are_done(
    kind: str,
    tiny: TinyComet,
    metric: MakeMetric,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    caplog.set_level(logging.INFO)
    made = metric(tiny(kind), batch_tokens=40)
    expected = predict(tiny(kind), SAMPLES).scores
    monkeypatch.setattr(forecast, "MANY", len(SAMPLES) - 1)
    assert scores(made, SAMPLES) == pytest.approx(expected, abs=1e-5)
    assert len(re.findall(r"\d+ encodings, about \d+ s left", caplog.text)) == 1
    caplog.clear()
    assert scores(made, SAMPLES) == pytest.approx(expected, abs=1e-5)
    assert "encodings" not in caplog.text  # all of them are kept
