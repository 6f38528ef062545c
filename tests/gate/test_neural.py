"""A gate on COMET: with the checkpoint it scores again, without it believes what is recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conftest import CommandLine, Outcome, Prepare, files_below, read_scores
from ..metrics.comet import tiny_comet


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """COMET's `tiny-comet`, its encoder beside it."""
    folder = tmp_path_factory.mktemp("checkpoint")
    tiny_comet.build_encoder(folder / "encoder", "XLM-RoBERTa")
    tiny_comet.build_regression(folder / "tiny-comet", folder / "encoder")
    return folder / "tiny-comet"


@pytest.fixture
def scored(
    checkpoint: Path, evalharness: CommandLine, small: list[str], tmp_path: Path, prepared: Prepare
) -> list[str]:
    """A system in `then`, a worse one in `now`, by COMET's `tiny-comet`; the metric's override."""
    comet = ["metric=comet", f"metric.comet.checkpoint={checkpoint}"]

    def make() -> None:
        (tmp_path / "worse.txt").write_text("x\ny\nz\n")
        assert evalharness("model=copy", *comet, *small, "results_dir=then").code == 0
        system = ["model=file", "model.path=worse.txt", "results_dir=now"]
        assert evalharness(*system, *comet, *small).code == 0

    prepared("two systems by tiny-comet", tmp_path, make)
    return comet


@pytest.fixture
def no_checkpoint(scored: list[str], checkpoint: Path) -> Iterator[None]:
    """Takes the checkpoint and its encoder away for a test."""
    away = checkpoint.parent.rename(checkpoint.parent.with_name("away"))
    yield
    away.rename(checkpoint.parent)


def verdict(outcome: Outcome) -> dict:
    (found,) = json.loads(outcome.out)["verdicts"]
    return found


def test_it_is_scored_again_with_the_users_checkpoint_and_no_store_of_the_candidates(
    scored: list[str], evalharness: CommandLine, small: list[str], tmp_path: Path
):
    update = ["gate", "update=true", "baseline=base", "candidate=then", "margin.comet=100"]
    assert evalharness(*update, *scored).code == 0
    gate = ["gate", "baseline=base", "candidate=now", "format=json", *scored]
    outcome = evalharness(*gate)
    honest = verdict(outcome)["measured"]
    assert (honest["margin"], honest["believed"]) == (100, "")
    for path in (tmp_path / "now/store/judgements").glob("*/*.jsonl"):
        path.write_text(re.sub(r'"score": [-\d.e]+', '"score": 1.0', path.read_text()))
    files = files_below(tmp_path)
    assert verdict(evalharness(*gate))["measured"]["candidate"] == honest["candidate"]
    assert files_below(tmp_path) == files
    poisoned = evalharness(*gate, "store.dir=now/store")
    assert "its run folder says" in verdict(poisoned)["obstacle"]
    # So does a run that is told not to read its store; what it computes is kept all the same.
    system = ["model=file", "model.path=worse.txt", *scored, *small, "results_dir=now"]
    for read, score in (("true", 1.0), ("false", honest["candidate"])):
        assert evalharness(*system, f"store.read={read}").code == 0
        (found,) = read_scores(tmp_path / "now").values()
        assert found["tiny-comet"]["score"] == pytest.approx(score, abs=1e-6)


@pytest.mark.usefixtures("no_checkpoint")
def test_a_machine_without_the_checkpoint_can_decide(evalharness: CommandLine, tmp_path: Path):
    update = ["gate", "update=true", "baseline=base", "candidate=then"]
    assert evalharness(*update, "+margin.tiny-comet=100").code == 0
    segment = json.loads((tmp_path / "base/text.tr-en.jsonl").read_text().splitlines()[0])
    score, one = segment["statistics"]["tiny-comet"]
    assert (type(score), one) == (float, 1)
    assert evalharness("gate", "baseline=base", "candidate=then").code == 0
    outcome = evalharness("gate", "baseline=base", "candidate=now", "format=json")
    found = verdict(outcome)
    assert (found["metric"], found["measured"]["margin"]) == ("tiny-comet", 100)
    assert "no metric of that name" in found["measured"]["believed"]


@pytest.mark.parametrize(
    "package",
    [
        "unbabel-comet",
        *(pytest.param(one, marks=pytest.mark.sweep) for one in ("torch", "transformers")),
    ],
)
def test_another_version_of_its_packages_changes_no_verdict_and_another_dtype_fails(
    package: str, scored: list[str], evalharness: CommandLine, tmp_path: Path
):
    update = ["gate", "update=true", "baseline=base", "candidate=then", "margin.comet=100"]
    assert evalharness(*update, *scored).code == 0
    gate = ["gate", "baseline=base", "candidate=now", "format=json", *scored]
    today = verdict(evalharness(*gate))["measured"]
    path = tmp_path / "base/baseline.json"
    content = json.loads(path.read_text())
    (score,) = content["runs"][0]["scores"]
    signature, count = re.subn(rf"\b{package}:[^|]+", f"{package}:0.0.1", score["signature"])
    assert count == 1
    score.update(signature=signature, score=score["score"] + 5)
    path.write_text(json.dumps(content))
    found = verdict(evalharness(*gate))["measured"]
    assert found.pop("changed").startswith(f"{package}:0.0.1, now {package}:")
    today.pop("changed")
    assert found == today
    score.update(signature=re.sub(r"dtype:[^|]+", "dtype:float16", signature))
    path.write_text(json.dumps(content))
    stopped = verdict(evalharness(*gate))
    assert stopped["outcome"] == "fail"
    assert "computed in another way: dtype:float16|" in stopped["obstacle"]
