"""Wrong options, folders that hold no baseline, damaged ones: a line each, and nothing changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from ..conftest import CommandLine, Prepare, files_below

SEGMENTS = "text.tr-en.jsonl"


@pytest.fixture
def held(evalharness: CommandLine, small: list[str], tmp_path: Path, prepared: Prepare) -> Path:
    """A baseline of three segments in `base`; two systems in `results`."""

    def make() -> None:
        (tmp_path / "out.txt").write_text("red apple\nblue lake\nyellow\n")
        assert evalharness("model=copy", *small).code == 0
        assert evalharness("model=file", "model.path=out.txt", *small).code == 0
        assert evalharness("gate", "update=true", "baseline=base", "gate.system=out").code == 0

    prepared("baseline", tmp_path, make)
    return tmp_path


OPTIONS = {
    "no baseline named": (["baseline=null"], "baseline: not given; give baseline=DIR"),
    "alpha 0": (["alpha=0"], "alpha: 0.0 is not between 0 and 0.5"),
    "alpha 1": (["alpha=1"], "alpha: 1.0 is not between 0 and 0.5"),
    "alpha that is no number": (["alpha=nan"], "alpha: nan is not between"),
    "alpha in words": (["alpha=low"], "alpha"),
    "a margin of 0": (["margin.bleu=0"], "margin.bleu: 0 is not a margin; give a number above 0"),
    "a margin below 0": (["margin.bleu=-1"], "margin.bleu: -1 is not a margin"),
    "an endless margin": (["margin.chrf=inf"], "margin.chrf: inf is not a margin"),
    "a margin in words": (["margin.chrf=much"], "margin.chrf"),
    "no margin": (["margin.chrf=null"], "margin.chrf"),
    "a format that there is not": (["format=xml"], "format"),
    "neither fail nor warn": (["gate.on_inconclusive=pass"], "gate.on_inconclusive"),
    "no such baseline": (["baseline=nowhere"], "nowhere/baseline.json: no baseline: No such file"),
    "results for a baseline": (["baseline=results"], "results/baseline.json: no baseline"),
    "no such candidate": (["candidate=nowhere"], "nowhere: no such folder; give candidate="),
    "a candidate without runs": (["candidate=base"], "base: no complete run; give candidate="),
    "two systems": (
        ["gate.system=null", "update=true"],
        "results: 2 runs on text tr-en, which one?; name its system: gate.system=copy or out",
    ),
    "no such system": (
        ["gate.system=nllb"],
        "gate.system: no run has 'nllb'; choices: copy, out",
    ),
    "no such system to show": (
        ["select.systems=[nllb]"],
        "select.systems: no run has 'nllb'; choices: out",
    ),
    "a pair that the baseline does not hold": (
        ["select.pair=de-en"],
        "select.pair: the baseline holds nothing on de-en; it holds: text tr-en",
    ),
    "a part of a candidate as baseline": (
        ["update=true", "select.pair=tr-en"],
        "select.pair: narrows what is shown, and a baseline holds all runs of the candidate",
    ),
    "a folder for JUnit's file": (
        ["gate.junit=results"],
        "choose another gate.junit=",
    ),
}


@pytest.mark.sample
@pytest.mark.parametrize("case", OPTIONS)
def test_a_wrong_option_is_told_in_one_line(case: str, evalharness: CommandLine, held: Path):
    overrides, words = OPTIONS[case]
    before = files_below(held)
    outcome = evalharness("gate", "baseline=base", "gate.system=out", *overrides)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("evalharness: error: ")
    assert words in outcome.err
    assert files_below(held) == before


def test_junit_says_so_when_the_gate_cannot_decide(evalharness: CommandLine, held: Path):
    wrong = ["baseline=nowhere", "gate.junit=reports/gate.xml"]
    outcome = evalharness("gate", *wrong)
    assert outcome.code == 2
    (suite,) = ET.parse(held / "reports/gate.xml").getroot()
    (case,) = suite
    (error,) = case
    assert (suite.get("tests"), suite.get("errors"), suite.get("failures")) == ("1", "1", "0")
    assert error.tag == "error"
    assert f"error: {error.get('message')}\n" in outcome.err
    outcome = evalharness("gate", *wrong[:1], "gate.junit=results")  # a folder
    assert outcome.code == 2
    assert "nowhere/baseline.json: no baseline" in outcome.err.splitlines()[-1]
    assert "choose another gate.junit=" in outcome.err


def edit_json(change: Callable[[dict], object]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / "baseline.json"
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))

    return edit


def edit_line(number: int, line: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        lines = (folder / SEGMENTS).read_text().splitlines()
        lines[number - 1] = line
        (folder / SEGMENTS).write_text("\n".join(lines) + "\n")

    return edit


def edit_text(old: str, new: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        content = (folder / SEGMENTS).read_text()
        assert old in content
        (folder / SEGMENTS).write_text(content.replace(old, new, 1))

    return edit


def edit_score(metric: str, **changes: object) -> Callable[[Path], None]:
    return edit_json(lambda content: content["runs"][0]["metrics"][metric].update(changes))


DAMAGES = {
    "a newer schema": (
        edit_json(lambda content: content.update(schema_version=2)),
        "base/baseline.json: written by another version of evalharness (schema_version 2); update",
    ),
    "no schema": (
        edit_json(lambda content: content.pop("schema_version")),
        "base/baseline.json: damaged",
    ),
    "no runs": (edit_json(lambda content: content.update(runs=[])), "base/baseline.json: damaged"),
    "no scores": (
        edit_json(lambda content: content["runs"][0].update(scores=[])),
        "base/baseline.json: damaged: ValueError: nothing to hold a candidate to",
    ),
    "a run twice": (
        edit_json(lambda content: content["runs"].append(content["runs"][0])),
        "base/baseline.json: damaged: ValueError: two runs on the same language pair",
    ),
    "runs that are none": (
        edit_json(lambda content: content.update(runs=5)),
        "baseline.json: damaged",
    ),
    "a score in words": (
        edit_json(lambda content: content["runs"][0]["scores"][0].update(score="high")),
        "base/baseline.json: damaged",
    ),
    "another score": (
        edit_json(lambda content: content["runs"][0]["scores"][1].update(score=99.0)),
        "text.tr-en.jsonl: damaged: its statistics give chrF2",
    ),
    "a name that is a path": (
        edit_json(lambda content: content["runs"][0].update(testset="../base/x")),
        "'../base/x' is no name",
    ),
    "a metric that is a formula": (
        edit_json(lambda content: content["runs"][0]["scores"][0].update(metric="=1+1")),
        "'=1+1' is no name",
    ),
    "a score of no metric": (
        edit_json(lambda content: content["runs"][0]["scores"][1].update(metric="TER")),
        "text.tr-en.jsonl:1: damaged: KeyError: 'TER'",
    ),
    "a score that is gone": (
        edit_json(lambda content: content["runs"][0]["scores"].pop(1)),
        "text.tr-en.jsonl:1: damaged: ValueError: statistics of chrF2, but no score",
    ),
    "two scores of one metric": (
        edit_json(
            lambda content: content["runs"][0]["scores"].append(content["runs"][0]["scores"][0])
        ),
        "base/baseline.json: damaged: ValueError: two scores of one metric",
    ),
    "a margin of nothing": (edit_score("BLEU", margin=0), "damaged: ValueError: 0 is not a margin"),
    "a margin in words": (
        edit_score("BLEU", margin="9"),
        "damaged: ValueError: '9' is not a margin",
    ),
    "a formula with other options": (
        edit_score("chrF2", aggregate={"formula": "chrf", "_target_": "os.system"}),
        "base/baseline.json: damaged: TypeError: chrf has the options _target_",
    ),
    "no JSON": (lambda folder: (folder / "baseline.json").write_text("{"), "damaged"),
    "no text": (
        lambda folder: (folder / SEGMENTS).write_bytes(b"\xff\n"),
        f"{SEGMENTS}:1: damaged",
    ),
    "segments missing": (
        lambda folder: (folder / SEGMENTS).unlink(),
        f"base/{SEGMENTS}: damaged: missing: No such file",
    ),
    "a torn line": (edit_line(2, '{"id": "2", "hyp'), f"base/{SEGMENTS}:2: damaged"),
    "a line left by a merge": (edit_line(2, "<<<<<<< HEAD"), f"base/{SEGMENTS}:2: damaged"),
    "an empty line": (edit_line(2, ""), f"base/{SEGMENTS}:2: damaged"),
    "a line too few": (
        lambda folder: (folder / SEGMENTS).write_text(""),
        "base/baseline.json: damaged: ValueError: text.tr-en.jsonl has 0 lines, not 3",
    ),
    "another id": (edit_text('"id": "3"', '"id": "4"'), "segments"),
    "an id that is no text": (edit_text('"id": "3"', '"id": 3'), f"base/{SEGMENTS}:3: damaged"),
    "other statistics": (
        edit_text('"chrF2": [8, 7, 6', '"chrF2": [8, 7, 5'),
        "text.tr-en.jsonl: damaged: its statistics give chrF2",
    ),
    "statistics of another width": (
        edit_text('"BLEU": [2,', '"BLEU": [2, 2,'),
        f"base/{SEGMENTS}:2: damaged: ValueError: 10 statistics of BLEU",
    ),
    "statistics without end": (
        edit_text('"BLEU": [2,', '"BLEU": [Infinity,'),
        f"base/{SEGMENTS}:1: damaged",
    ),
    "statistics that are none": (
        edit_text('"BLEU": [2,', '"BLEU": [null,'),
        f"base/{SEGMENTS}:1: damaged",
    ),
}


@pytest.mark.sample
@pytest.mark.parametrize("case", DAMAGES)
def test_a_damaged_baseline_is_told_with_its_line_and_can_be_written_anew(
    case: str, evalharness: CommandLine, held: Path
):
    damage, words = DAMAGES[case]
    whole = files_below(held / "base")
    damage(held / "base")
    outcome = evalharness("gate", "baseline=base", "gate.system=out")
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert words in outcome.err
    assert "update=true" in outcome.err
    outcome = evalharness("gate", "update=true", "baseline=base", "gate.system=out")
    assert outcome.code == 0
    assert files_below(held / "base") == whole


def test_segments_of_a_run_that_the_baseline_does_not_name_are_told_and_kept(
    evalharness: CommandLine, held: Path
):
    (held / "base/text.ar-en.jsonl").write_text("{}\n")
    outcome = evalharness("gate", "baseline=base", "gate.system=out")
    assert outcome.code == 2
    assert "base/baseline.json: does not name text.ar-en.jsonl, which lies beside" in outcome.err
    assert "or delete that file" in outcome.err
    assert evalharness("gate", "update=true", "baseline=base", "gate.system=out").code == 0
    assert (held / "base/text.ar-en.jsonl").exists()


def test_a_baseline_needs_a_folder_of_its_own(evalharness: CommandLine, held: Path):
    before = files_below(held)
    outcome = evalharness("gate", "update=true", "baseline=.", "gate.system=out")
    assert outcome.code == 2
    assert f"{held}: holds other files and no baseline; choose a folder of its own" in outcome.err
    (run,) = (held / "results").glob("runs/*/out.*")
    assert evalharness("gate", "update=true", f"baseline={run}", "gate.system=out").code == 2
    assert files_below(held) == before


def test_nothing_outside_the_folder_is_ever_removed(evalharness: CommandLine, held: Path):
    (held / "precious.jsonl").write_text("{}\n")
    edit_json(lambda content: content["runs"][0].update(file="../precious.jsonl"))(held / "base")
    assert evalharness("gate", "update=true", "baseline=base", "gate.system=out").code == 0
    assert (held / "precious.jsonl").exists()


def test_failed_segments_are_no_baseline_and_no_candidate(
    evalharness: CommandLine, small: list[str], held: Path, monkeypatch: pytest.MonkeyPatch
):
    (held / "broken_translator.py").write_text(
        "from dataclasses import dataclass\n"
        "from evalharness.systems import CopySystem, Failure, Translation\n"
        "@dataclass(frozen=True)\n"
        "class Broken(CopySystem):\n"
        "    def translate(self, texts, source, target):\n"
        "        return enumerate([Failure('HTTP 500'), *map(Translation, texts[1:])])\n"
    )
    monkeypatch.syspath_prepend(held)
    broken = ["model=copy", "model._target_=broken_translator.Broken", "results_dir=failing"]
    assert evalharness(*broken, *small).code == 1
    outcome = evalharness("gate", "update=true", "baseline=new", "candidate=failing")
    assert outcome.code == 2
    assert "segments failed: no baseline; run it again" in outcome.err
    assert not (held / "new").exists()
    outcome = evalharness("gate", "baseline=base", "candidate=failing")
    assert outcome.code == 1
    assert "text tr-en BLEU, chrF2: fail: the candidate lacks it: " in outcome.out
    assert "of 3 segments failed" in outcome.out


def test_one_segment_tells_nothing(evalharness: CommandLine, small: list[str], tmp_path: Path):
    assert evalharness("model=copy", *small, "limit=1").code == 0
    assert evalharness("gate", "update=true", "baseline=base").code == 0
    outcome = evalharness("gate", "baseline=base")
    assert outcome.code == 1
    assert "inconclusive: one segment tells nothing" in outcome.out


LENGTH = "+metric.length._target_=own_metrics.Length"


def test_a_metric_of_ones_own_has_a_margin_under_its_name(
    evalharness: CommandLine, small: list[str], own_metrics: None, tmp_path: Path
):
    outcome = evalharness("model=copy", *small, "metric=[]", LENGTH)
    assert outcome.code == 0, outcome.err
    outcome = evalharness("gate", "update=true", "baseline=base")
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert "margin: none for length; give +margin.length=NUMBER" in outcome.err
    assert not (tmp_path / "base").exists()
    assert evalharness("gate", "update=true", "baseline=base", "+margin.length=2.0").code == 0
    edit_score("length", margin=None)(tmp_path / "base")  # as older versions wrote it
    outcome = evalharness("gate", "baseline=base")
    assert outcome.code == 2
    assert "margin: none for length; give +margin.length=NUMBER" in outcome.err
    outcome = evalharness("gate", "baseline=base", "+margin.length=1.0")
    assert outcome.code == 0
    believed = "recorded statistics believed, not scored again: text tr-en length"
    assert believed in " ".join(outcome.out.split())
    outcome = evalharness("gate", "baseline=base", "+margin.length=1.0", LENGTH)
    assert outcome.code == 0
    assert "believed" not in outcome.out
    assert evalharness("gate", "update=true", "baseline=base", "+margin.length=2.0").code == 0
    assert evalharness("gate", "baseline=base").code == 0


def test_a_formula_of_ones_own_needs_the_metric(
    evalharness: CommandLine, small: list[str], own_metrics: None
):
    metric = "+metric.characters._target_=own_metrics.Characters"
    assert evalharness("model=copy", *small, "metric=[]", metric).code == 0
    update = ["gate", "update=true", "baseline=base", "+margin.characters=1.0"]
    outcome = evalharness(*update)
    assert outcome.code == 2
    assert "does not say how characters is computed from its statistics" in outcome.err
    assert evalharness(*update, metric).code == 0
    assert evalharness("gate", "baseline=base", metric, "+margin.characters=1.0").code == 0
    outcome = evalharness("gate", "baseline=base", "+margin.characters=1.0")
    assert outcome.code == 1
    assert "fail: not scored again: no metric of that name is chosen" in outcome.out


def test_how_two_machines_add_up_is_no_improvement(
    evalharness: CommandLine, small: list[str], own_metrics: None, tmp_path: Path
):
    assert evalharness("model=copy", *small, "metric=[]", LENGTH).code == 0
    assert evalharness("gate", "update=true", "baseline=base", "+margin.length=1.0").code == 0
    path = tmp_path / "base" / SEGMENTS
    path.write_text(path.read_text(encoding="utf-8").replace(", 1]}}", ", 1.00000001]}}"))
    for scored_again in ([], [LENGTH]):
        outcome = evalharness("gate", "baseline=base", *scored_again)
        assert "PASS: 1 pass" in outcome.out


def test_runs_and_baselines_of_an_older_evalharness_are_read(evalharness: CommandLine, held: Path):
    """What evalharness wrote before aggregates and margins: signatures say what is needed."""
    for path in (held / "results").glob("runs/*/*/scores.json"):
        content = json.loads(path.read_text())
        for score in content["scores"]:
            del score["aggregate"]
        path.write_text(json.dumps(content))
        run = json.loads((path.parent / "run.json").read_text())
        del run["metrics"]
        (path.parent / "run.json").write_text(json.dumps(run))
    edit_json(lambda content: content["runs"][0].pop("metrics"))(held / "base")
    for metrics in ([], ["metric=[]"]):
        outcome = evalharness("gate", "baseline=base", "gate.system=out", *metrics)
        assert (outcome.code, outcome.err) == (0, "")
        assert "PASS: 2 pass" in outcome.out


def test_a_damaged_run_is_no_candidate(evalharness: CommandLine, held: Path):
    (run,) = (held / "results").glob("runs/*/out.*")
    (run / "run.json").write_text("{")
    shutil.rmtree(next((held / "results").glob("runs/*/copy.*")))
    outcome = evalharness("gate", "baseline=base")
    assert outcome.code == 2
    assert "damaged run" in outcome.err
    assert "results: no complete run" in outcome.err


def test_what_was_written_is_told_in_the_format_that_is_asked_for(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    assert evalharness("model=copy", *small, "metric=bleu").code == 0
    update = ["gate", "update=true", "baseline=base"]
    content = json.loads(evalharness(*update, "format=json").out)
    lines = evalharness(*update).out.splitlines()
    assert lines[0] == f"baseline written: {content['baseline']}"
    assert [row["written"] for row in content["written"]] == lines[1:]
