"""Finished runs are found as a user names them, and read back as they were scored."""

from __future__ import annotations

import json
import random
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import sacrebleu

from evalharness.cli import main
from evalharness.comparison.grouping import group_runs
from evalharness.errors import EvalHarnessError
from evalharness.results import Run, find_runs

from ..conftest import ROOT, CommandLine, write_small

REFERENCES = ["red apple", "blue sea", "yellow sun"]
LENGTH = "+metric.length._target_=own_metrics.Length"
OUTPUT = ["red apple", "blue lake", "yellow"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of two systems, and one of them on fewer segments as well."""
    folder = tmp_path_factory.mktemp("made")
    small = write_small(folder)
    (folder / "out.txt").write_text("\n".join(OUTPUT) + "\n")
    own = ["metric.bleu.lowercase=true", LENGTH]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["evalharness"])
        patch.syspath_prepend(ROOT / "tests/plugins")
        assert main(["model=copy", *small, *own]) == 0
        assert main(["model=file", "model.path=out.txt", *small, *own]) == 0
        assert main(["model=copy", *small, "limit=2"]) == 0
    return folder


@pytest.fixture
def results(made: Path, tmp_path: Path, own_metrics: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "results"


def one(name: str, results: Path, **options: str) -> Run:
    (found,) = find_runs(name, results, **options)
    return found


def named(runs: list[Run]) -> list[tuple[str, Run]]:
    return [(run.system, run) for run in runs]


def test_a_run_is_found_by_folder_by_system_and_by_hash(results: Path, tmp_path: Path):
    out = one("out", results)
    folder = out.folder
    assert folder.startswith("runs/text.tr-en/out.")
    for name in (out.label, folder, f"results/{folder}", f"{out.path}/", str(out.path)):
        again = one(name, results)
        assert again.scores == out.scores
        assert again.path.resolve() == out.path.resolve()
    assert len(find_runs("copy", results)) == 2
    assert len(find_runs("copy", results, testset="text", pair="tr-en")) == 2


def test_what_is_not_found_says_what_there_is(results: Path, tmp_path: Path):
    for name, message in (
        ("outt", r"no run of a system called 'outt'; systems: copy, out"),
        ("results", r"not a run folder: it has no scores.json; name a run folder, such as "),
        ("no/folder", "no such folder"),
    ):
        with pytest.raises(EvalHarnessError, match=message):
            find_runs(name, results)
    with pytest.raises(EvalHarnessError, match="'out' on news tr-en"):
        find_runs("out", results, testset="news", pair="tr-en")
    with pytest.raises(EvalHarnessError, match="a run on text tr-en"):
        find_runs(str(one("out", results).path), results, pair="ar-en")


def test_only_runs_on_the_same_segments_are_together(results: Path):
    copy, out = find_runs("copy", results), find_runs("out", results)
    groups, notes = group_runs(named([*copy, *out, *out]))
    assert [[run.segments for run in group] for group in groups] == [[3, 3]]
    assert "left out, on other segments: copy." in notes[0]
    small = next(run for run in copy if run.segments == 2)
    with pytest.raises(EvalHarnessError, match=r"different test sets.*2 segments.*3 segments"):
        group_runs(named([small, *out]))
    with pytest.raises(EvalHarnessError, match="1 run: a comparison needs two"):
        group_runs(named([*out, *out]))


def test_statistics_give_the_scores_that_the_run_has(results: Path):
    found = one("out", results)
    assert list(found.outputs.hypotheses) == OUTPUT
    assert [segment.references for segment in found.bitext.segments] == [(r,) for r in REFERENCES]
    peer = sacrebleu.BLEU(lowercase=True).corpus_score(OUTPUT, [REFERENCES]).score
    scores = {
        score.metric: float(
            found.aggregate(score.metric).corpus(found.statistics(score.metric).sum(axis=0))
        )
        for score in found.scores
    }
    assert scores["BLEU"] == pytest.approx(peer, abs=1e-9)
    assert scores["length"] == pytest.approx(np.mean([len(text) for text in OUTPUT]))
    assert list(found.segment_scores("length")) == [len(text) for text in OUTPUT]


def test_metrics_of_earlier_commands_stay_configured(
    results: Path, evalharness: CommandLine, small: list[str]
):
    assert evalharness("model=file", "model.path=out.txt", *small, "metric=ter").code == 0
    found = one("out", results)
    assert set(found.metrics) == {"BLEU", "chrF2", "length", "TER"}
    assert found.metrics["BLEU"]["lowercase"] is True
    assert [len(found.statistics(name)) for name in ("BLEU", "TER")] == [3, 3]


def test_flipped_bits_in_statistics_are_named_or_change_nothing(results: Path):
    found = one("out", results)
    sound = found.statistics("chrF2")
    path = found.path / "statistics.npz"
    content, draw, named_as_damaged = path.read_bytes(), random.Random(1), 0
    for _ in range(100):
        flipped = bytearray(content)
        for _ in range(10):
            flipped[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        path.write_bytes(flipped)
        try:
            again = one("out", results).statistics("chrF2")
        except EvalHarnessError as error:
            named_as_damaged += 1
            assert "damaged run" in str(error)
            assert "run again" in str(error)
        else:
            np.testing.assert_array_equal(again, sound)
    assert named_as_damaged


def test_statistics_of_another_run_are_refused(results: Path):
    found, copy = one("out", results), find_runs("copy", results)
    other = next(run for run in copy if run.segments == 3)
    (found.path / "statistics.npz").write_bytes((other.path / "statistics.npz").read_bytes())
    with pytest.raises(EvalHarnessError, match=r"statistics of chrF2 give .* scores.json says"):
        found.statistics("chrF2")


def edited(path: Path, change) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_what_is_damaged_says_so(results: Path):
    found = one("out", results)
    with pytest.raises(EvalHarnessError, match="no score of TER; metrics: BLEU, chrF2, length"):
        found.statistics("TER")
    (found.path / "statistics.npz").write_bytes(b"PK")
    with pytest.raises(EvalHarnessError, match=r"damaged run: .*; delete the folder and run again"):
        found.statistics("BLEU")
    segments = found.path / "segments.jsonl"
    segments.write_text(segments.read_text().replace("blue sea", "blue ocean"))
    with pytest.raises(EvalHarnessError, match="not the segments that were scored"):
        _ = one("out", results).outputs
    edited(found.path / "scores.json", lambda scores: scores["scores"][1].update(score="1"))
    with pytest.raises(EvalHarnessError, match="damaged run: TypeError: score is '1'"):
        one("out", results)
