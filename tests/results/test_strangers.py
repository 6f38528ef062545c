"""A stranger's run folder is data: nothing of it runs, is looked up, or names a place."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from ..conftest import CommandLine, files_below, read_leaderboard
from ..finished import BLEU, CHRF, LENGTH, bitext, finished

REFERENCES = [f"this is reference number {n} of the whole test set" for n in range(12)]
OUTPUTS = {
    "good": [text.replace("whole ", "") for text in REFERENCES],
    "bad": [text.replace("of the whole test set", "x") for text in REFERENCES],
}


@pytest.fixture
def results(tmp_path: Path, own_metrics: None) -> Path:
    folder = tmp_path / "results"
    for system, hypotheses in OUTPUTS.items():
        finished(folder, system, bitext(REFERENCES), hypotheses, BLEU, CHRF, LENGTH)
    return folder


def edit(results: Path, run_changes: dict, score_changes: dict, **metric_changes: object) -> None:
    """Changes what run.json says of the run and of its metrics, and scores.json of each score."""
    for path in results.glob("runs/*/*/run.json"):
        run = json.loads(path.read_text()) | run_changes
        run["metrics"] = {
            name: {**facts, **metric_changes} for name, facts in run["metrics"].items()
        }
        path.write_text(json.dumps(run))
    for path in results.glob("runs/*/*/scores.json"):
        content = json.loads(path.read_text())
        content["scores"] = [{**score, **score_changes} for score in content["scores"]]
        path.write_text(json.dumps(content))


FORGED = {
    "a number as id": lambda row: {**row, "id": 5},
    "an object as document": lambda row: {**row, "document": {}},
    "a number as source": lambda row: {**row, "source": 5},
    "a number as reference": lambda row: {**row, "references": [5]},
    "fewer segments": lambda row: None if row["id"] == "1" else row,
}


@pytest.mark.parametrize("case", FORGED)
def test_segments_are_texts_and_as_many_as_were_scored(
    evalharness: CommandLine, results: Path, case: str
):
    """The digest is that of what stands there."""
    for path in results.glob("runs/*/*/segments.jsonl"):
        lines = path.read_text().splitlines()
        rows = list(filter(None, (FORGED[case](json.loads(line)) for line in lines)))
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        facts = [[row[key] for key in ("id", "document", "source", "references")] for row in rows]
        content = json.dumps(["news", "tr", "en", ["human"], facts]).encode()
        run = json.loads(path.with_name("run.json").read_text())
        run["testset"]["digest"] = hashlib.sha256(content).hexdigest()
        path.with_name("run.json").write_text(json.dumps(run))
    answer = evalharness("compare", "runs=[good,bad]", f"results_dir={results}")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "segments.jsonl: damaged run: " in answer.err


CONTRADICTIONS = {
    "a direction that the formula does not have": ({}, {"higher_is_better": False}),
    "another system": ({"system": "bad"}, {}),
    "another test set": ({"testset": {"name": "other"}}, {}),
    "another language": ({"source_lang": "ar"}, {}),
    "a unit with a text of its own": ({"bootstrap": {"unit": "segment, all checked"}}, {}),
    "more units than segments": ({"bootstrap": {"units": 13}}, {}),
    "no units": ({"bootstrap": {"units": 0}}, {}),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_head_that_contradicts_itself_is_a_damaged_run(
    evalharness: CommandLine, results: Path, case: str
):
    run_changes, score_changes = CONTRADICTIONS[case]
    path = next(results.glob("runs/*/good.*/run.json"))
    run = json.loads(path.read_text())
    for name, value in run_changes.items():
        run[name] = {**run[name], **value} if isinstance(value, dict) else value
    path.write_text(json.dumps(run))
    scores = json.loads(path.with_name("scores.json").read_text())
    scores["scores"] = [{**score, **score_changes} for score in scores["scores"]]
    path.with_name("scores.json").write_text(json.dumps(scores))
    answer = evalharness("leaderboard", f"results_dir={results}")
    assert answer.code == 0
    assert ("damaged run: " in answer.err, " good" in answer.out) == (True, False)


def test_a_folder_that_bears_the_name_of_another_system_is_damaged(
    evalharness: CommandLine, results: Path
):
    """`select.systems` and `compare` go by the folder's name, and tables by what it holds."""
    folder = next(results.glob("runs/*/bad.*"))
    folder.rename(folder.with_name("best.12345678"))
    answer = evalharness("leaderboard", f"results_dir={results}")
    assert "best.12345678: damaged run: " in answer.err
    assert "best" not in answer.out


def test_a_score_that_its_statistics_contradict_is_not_the_best(
    evalharness: CommandLine, results: Path
):
    path = next(results.glob("runs/*/bad.*/scores.json"))
    content = json.loads(path.read_text())
    for score in content["scores"]:
        score.update(score=99.0, low=98.0, high=99.5)
    path.write_text(json.dumps(content))
    rows = evalharness("leaderboard", f"results_dir={results}", "format=markdown").out.splitlines()
    assert "**" not in next(row for row in rows if "| bad |" in row)


def look_at_all(evalharness: CommandLine, results: Path) -> str:
    """Every command over finished runs; what they print."""
    length = "+margin.length=1"
    answer = []
    for arguments in (
        ["compare", "runs=[good,bad]"],
        ["compare", "runs=[good,bad]", "format=json"],
        ["leaderboard"],
        ["leaderboard", "format=markdown"],
        ["gate", "update=true", "baseline=base", "gate.system=bad", length],
        ["gate", "baseline=base", "gate.system=good"],
        ["gate", "baseline=base", "gate.system=good", "metric=[]", "format=json"],
    ):
        outcome = evalharness(*arguments, f"results_dir={results}")
        assert outcome.code == 0, outcome.err
        answer += [outcome.out, outcome.err]
    return "".join(answer) + (results / "leaderboard.csv").read_text()


def test_no_class_that_it_names_is_imported(
    evalharness: CommandLine, results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    marker = tmp_path / "marker"
    module = (
        f"import pathlib\npathlib.Path({str(marker)!r}).write_text('imported')\nclass X: pass\n"
    )
    (tmp_path / "planted.py").write_text(module)
    (results / "planted_inside.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    for target in ("planted.X", "results.planted_inside.X"):
        named = {"_target_": target}
        edit(results, named, named, **named)
        look_at_all(evalharness, results)
    assert not marker.exists()


@pytest.mark.sweep
def test_no_secret_that_it_names_is_looked_up_or_printed(
    evalharness: CommandLine, results: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DEEPL_API_KEY", "sesame-0123")
    secret = "${oc.env:DEEPL_API_KEY}"
    edit(results, {"notes": [secret]}, {"more": secret}, name=secret, more=secret)
    answer = look_at_all(evalharness, results)
    assert "sesame" not in answer


@pytest.mark.sweep
def test_no_checkpoint_store_or_size_that_it_names_is_used(
    evalharness: CommandLine, results: Path, tmp_path: Path
):
    embeddings = tmp_path / "store/embeddings/0123456789abcdef"
    embeddings.mkdir(parents=True)
    for suffix in (".jsonl", ".f32"):
        (embeddings / f"1{suffix}").write_text("{}\n")
    comet = {
        "_target_": "evalharness.metrics.Comet",
        "checkpoint": str(tmp_path / "stranger"),
        "store": str(tmp_path / "store"),
        "max_gb": 0.0,
        "device": "cuda:7",
        "fetch": True,
    }
    edit(results, comet, {"store": comet["store"]}, **comet)
    before = files_below(tmp_path / "store")
    look_at_all(evalharness, results)
    assert files_below(tmp_path / "store") == before
    assert {path.name for path in tmp_path.iterdir()} == {"base", "results", "store"}


def test_a_formula_that_is_none_of_ours_is_shown_and_not_computed(
    evalharness: CommandLine, results: Path
):
    for path in results.glob("runs/*/*/scores.json"):
        content = json.loads(path.read_text())
        (length,) = (score for score in content["scores"] if score["metric"] == "length")
        length["aggregate"] = {"formula": "os.system", "command": "true"}
        path.write_text(json.dumps(content))
    outcome = evalharness("compare", "runs=[good,bad]", "format=json")
    answer = json.loads(outcome.out)
    (section,) = answer["sections"]
    assert {metric["column"] for metric in section["metrics"]} == {"BLEU", "chrF2"}
    assert any("length not compared" in note for note in answer["notes"])
    outcome = evalharness("leaderboard", "leaderboard.by=length")
    assert outcome.code == 0
    assert "not ranked: " in outcome.out
    shown = {row["system"]: float(row["length"]) for row in read_leaderboard(results)}
    assert shown == {
        system: pytest.approx(sum(map(len, texts)) / len(texts), abs=1e-4)
        for system, texts in OUTPUTS.items()
    }


def test_a_formula_of_ours_with_other_options_is_a_damaged_run(
    evalharness: CommandLine, results: Path
):
    aggregate = {"formula": "ter", "_target_": "os.system"}
    edit(results, {}, {"aggregate": aggregate})
    outcome = evalharness("compare", "runs=[good,bad]")
    assert outcome.code == 2
    assert "damaged run: TypeError: ter has the options _target_" in outcome.err


def test_runs_that_say_different_formulas_are_not_compared(evalharness: CommandLine, results: Path):
    (path,) = results.glob("runs/*/good.*/scores.json")
    content = json.loads(path.read_text())
    content["scores"][0]["aggregate"]["effective_order"] = True
    path.write_text(json.dumps(content))
    outcome = evalharness("compare", "runs=[good,bad]", "format=json")
    assert any(
        "BLEU not compared: the runs differ" in note for note in json.loads(outcome.out)["notes"]
    )
