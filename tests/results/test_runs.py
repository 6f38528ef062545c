"""Run folders that another evalharness has written into, or nobody has finished."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evalharness.results import Run, read_runs

from ..conftest import files_below
from ..finished import BLEU, CHRF, TER, bitext, finished

REFERENCES = ["a red apple", "the blue sea", "some yellow sun"]
OUTPUTS = ["a red pear", "the blue sea", "yellow sun"]
LATER = {"a later": ["thing", 1.5, None]}


def write(results: Path, *metrics: dict[str, str], outputs: list[str] = OUTPUTS) -> Run:
    return finished(results, "system", bitext(REFERENCES), outputs, *metrics)


def edit(path: Path, change: Callable[[Any], None]) -> None:
    lines = [json.loads(path.read_text())] if path.suffix == ".json" else rows(path)
    for line in lines:
        change(line)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """A folder with BLEU and chrF2 by a later evalharness, which says more everywhere."""
    folder = tmp_path / write(tmp_path, BLEU, CHRF).folder

    def add_to_run(run: dict[str, Any]) -> None:
        for place in (run, run["testset"], run["counts"], run["bootstrap"]):
            place |= LATER

    def add_to_scores(scores: dict[str, Any]) -> None:
        scores["unavailable"].append({"metric": "MetricX", "reason": "no", **LATER})
        for place in (scores, *scores["scores"]):
            place |= LATER

    def add_to_segments(row: dict[str, Any]) -> None:
        span = {"start": 0, "end": 1, "severity": "minor", "confidence": 0.5, **LATER}
        observations = {"truncated": True, "error_spans": [span], **LATER}
        row |= {**LATER, "observations": {"chrF2": observations}}

    edit(folder / "run.json", add_to_run)
    edit(folder / "scores.json", add_to_scores)
    edit(folder / "segments.jsonl", add_to_segments)
    with np.load(folder / "statistics.npz") as arrays:
        np.savez(folder / "statistics.npz", **arrays, **{"a later": np.arange(3)})
    return folder


def test_what_a_later_evalharness_wrote_besides_is_no_damage(tmp_path: Path, later: Path):
    (run,) = read_runs(tmp_path)
    assert [score.metric for score in run.scores] == ["BLEU", "chrF2"]
    assert [absent.metric for absent in run.unavailable] == ["MetricX"]


def test_what_a_later_evalharness_wrote_besides_outlasts_another_metric(
    tmp_path: Path, later: Path
):
    before = {name: json.loads((later / name).read_text()) for name in ("run.json", "scores.json")}
    segments = rows(later / "segments.jsonl")
    write(tmp_path, BLEU, TER)
    run, scores = (json.loads((later / name).read_text()) for name in before)
    for place in (run, run["testset"], run["counts"], run["bootstrap"], scores):
        assert place.items() >= LATER.items()
    assert [score["metric"] for score in scores["scores"]] == ["BLEU", "TER", "chrF2"]
    bleu, ter, chrf = scores["scores"]
    assert [bleu, chrf] == before["scores.json"]["scores"]
    assert not ter.keys() & LATER.keys()
    after = rows(later / "segments.jsonl")
    for row in after:
        assert set(row["scores"]) == {"BLEU", "TER", "chrF2"}
        del row["scores"]["TER"]
    assert after == segments
    with np.load(later / "statistics.npz") as arrays:
        assert set(arrays) == {"BLEU", "TER", "chrF2", "a later"}
        assert arrays["a later"].tolist() == [0, 1, 2]


def test_what_was_said_of_other_numbers_goes_with_them(tmp_path: Path, later: Path):
    def change(scores: dict[str, Any]) -> None:
        scores["scores"][0]["score"] += 1.0

    edit(later / "scores.json", change)
    write(tmp_path, BLEU)
    bleu, chrf = json.loads((later / "scores.json").read_text())["scores"]
    assert not bleu.keys() & LATER.keys()
    assert chrf.items() >= LATER.items()


def test_numbers_that_would_fill_the_memory_are_damage(
    tmp_path: Path, later: Path, caplog: pytest.LogCaptureFixture
):
    for name, value in (("resamples", 10**12), ("seed", -1), ("units", 10**30)):

        def change(run: dict[str, Any], name: str = name, value: int = value) -> None:
            run["bootstrap"][name], run["was"] = value, run["bootstrap"][name]

        def restore(run: dict[str, Any], name: str = name) -> None:
            run["bootstrap"][name] = run["was"]

        edit(later / "run.json", change)
        caplog.clear()
        assert read_runs(tmp_path) == []
        assert "damaged run: " in caplog.text
        edit(later / "run.json", restore)
    assert len(read_runs(tmp_path)) == 1


def test_an_archive_that_says_it_is_huge_is_written_anew(
    tmp_path: Path, later: Path, caplog: pytest.LogCaptureFixture
):
    header = io.BytesIO()
    huge = {"descr": "<f8", "fortran_order": False, "shape": (3, 10**13)}
    np.lib.format.write_array_header_1_0(header, huge)
    with zipfile.ZipFile(later / "statistics.npz", "w") as archive:
        for name in ("BLEU", "chrF2"):
            archive.writestr(f"{name}.npy", header.getvalue())
    write(tmp_path, TER)
    assert "written anew" in caplog.text
    (run,) = read_runs(tmp_path)
    assert [score.metric for score in run.scores] == ["TER"]


def test_what_killed_processes_left_in_any_run_folder_goes_with_the_next_run(tmp_path: Path):
    folder = tmp_path / write(tmp_path, BLEU).folder
    before = files_below(tmp_path)
    for left in ("statistics.npz", "segments.jsonl", "config.yaml"):
        (folder / f".{left}.0123abcd.tmp").write_text("half")
    (folder / ".mine.tmp").write_text("of the user")
    write(tmp_path, BLEU, outputs=REFERENCES)
    assert {name for name in files_below(folder) if name.startswith(".")} == {".mine.tmp"}
    assert before.items() <= files_below(tmp_path).items()


CONTRADICTIONS = {
    "a metric twice": lambda scores: scores["scores"].append(
        {**scores["scores"][0], "score": 99.0}
    ),
    "a score that is absent": lambda scores: scores["unavailable"].append(
        {"metric": scores["scores"][0]["metric"], "reason": "it is not there"}
    ),
    "an interval that ends first": lambda scores: scores["scores"][0].update(low=90.0, high=-5.0),
    "a score that is true": lambda scores: scores["scores"][0].update(score=True),
    "the name of another column": lambda scores: scores["scores"][0].update(metric="check_empty"),
    "checks that are no array": lambda scores: scores.update(checks={}),
    "findings that are a text": lambda scores: scores.update(findings=""),
    "absent metrics as an object": lambda scores: scores.update(unavailable={}),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_head_that_contradicts_itself_is_passed_over_with_a_word(
    case: str, tmp_path: Path, later: Path, caplog: pytest.LogCaptureFixture
):
    edit(later / "scores.json", CONTRADICTIONS[case])
    assert read_runs(tmp_path) == []
    assert f"{later}: damaged run: " in caplog.text


def test_names_of_references_are_a_list_of_texts(tmp_path: Path, later: Path):
    for names in (1e308, "AB", [1], {"A": "B"}):
        edit(
            later / "run.json",
            lambda run, names=names: run["testset"].update(reference_names=names),
        )
        assert read_runs(tmp_path) == []
