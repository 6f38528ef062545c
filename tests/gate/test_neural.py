"""A gate on COMET needs no weights: what it decides by stands in the baseline and in the runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from ..conftest import CommandLine
from ..metrics.comet import tiny_comet


def test_a_machine_without_the_checkpoint_can_decide(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    checkpoint, encoder = tmp_path / "tiny-comet", tmp_path / "encoder"
    tiny_comet.build_encoder(encoder, "XLM-RoBERTa")
    tiny_comet.build_regression(checkpoint, encoder)
    (tmp_path / "worse.txt").write_text("x\ny\nz\n")
    comet = ["metric=comet", f"metric.comet.checkpoint={checkpoint}", *small]
    assert evalharness("model=copy", *comet, "results_dir=then").code == 0
    system = ["model=file", "model.path=worse.txt", "results_dir=now"]
    assert evalharness(*system, *comet).code == 0
    shutil.rmtree(checkpoint)
    shutil.rmtree(encoder)
    assert evalharness("gate", "update=true", "baseline=base", "candidate=then").code == 0
    segment = json.loads((tmp_path / "base/text.tr-en.jsonl").read_text().splitlines()[0])
    score, one = segment["statistics"]["tiny-comet"]
    assert (type(score), one) == (float, 1)
    assert evalharness("gate", "baseline=base", "candidate=then").code == 0
    lax = ["margin.comet=100", "gate.format=json"]
    outcome = evalharness("gate", "baseline=base", "candidate=now", *lax)
    (verdict,) = json.loads(outcome.out)["verdicts"]
    assert (verdict["metric"], verdict["measured"]["margin"]) == ("tiny-comet", 100)
