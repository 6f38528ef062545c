"""The gate as a team uses it, on real outputs: from a committed baseline to a verdict in CI."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest

from evalharness.cli import main
from evalharness.commands.gate import SUMMARY

from ..conftest import CommandLine, Outcome, Prepare, files_below, read_lines, text_testset

FEW = "limit=40"


class Team(NamedTuple):
    """A team's results, and how it scores one more output."""

    folder: Path
    score: Callable[..., None]


@pytest.fixture(scope="session")
def team(flores: Path, tmp_path_factory: pytest.TempPathFactory) -> Team:
    """NLLB's outputs scored, as the baseline, and three candidates in one results folder."""
    folder, data = tmp_path_factory.mktemp("team"), flores / "ar-en"
    testset = [
        *text_testset(data / "flores-test.ar", data / "flores-test.en", lang="ar"),
        "testset.name=flores",
        "testset.provenance=human",
    ]

    def score(output: Path, name: str, *overrides: str) -> None:
        system = ["model=file", f"model.path={output}", f"model.name={name}"]
        # google's outputs have HTML entities, and would fail by these alone
        words = [*system, *testset, f"results_dir={folder}/results", "check=[]", *overrides]
        assert main(words) == 0

    nllb = data / "flores-test.nllb.en"
    score(nllb, "nllb")
    score(data / "flores-test.google.en", "google")
    score(truncated(nllb, folder / "truncated.txt"), "truncated")
    return Team(folder, score)


def truncated(path: Path, to: Path) -> Path:
    """5 % of the segments lose their second half, as when a length limit is set too low."""
    lines = read_lines(path)
    cut = set(random.Random(0).sample(range(len(lines)), len(lines) // 20))
    for row in cut:
        words = lines[row].split()
        lines[row] = " ".join(words[: len(words) // 2])
    to.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return to


@pytest.fixture
def baseline(team: Team, evalharness: CommandLine, tmp_path: Path, prepared: Prepare) -> str:
    """The override that names the baseline that the team committed."""
    committed = f"baseline={tmp_path}/baseline"

    def make() -> None:
        written = evalharness("gate", "update=true", committed, *candidate(team, "nllb"))
        assert written.code == 0, written.err
        assert "flores ar-en: nllb, 1012 segments, BLEU 36.51, chrF2 62.44" in written.out

    prepared("the baseline of nllb", tmp_path, make)
    return committed


def candidate(team: Team, system: str) -> list[str]:
    return [f"candidate={team.folder}/results", f"gate.system={system}"]


def verdicts(outcome: Outcome) -> dict[str, dict]:
    return {verdict["metric"]: verdict for verdict in json.loads(outcome.out)["verdicts"]}


def test_the_same_output_passes(team: Team, evalharness: CommandLine, baseline: str):
    outcome = evalharness("gate", baseline, *candidate(team, "nllb"))
    assert (outcome.code, outcome.err) == (0, "")
    assert "PASS: 2 pass" in outcome.out
    outcome = evalharness("gate", baseline, *candidate(team, "nllb"), "format=json")
    for verdict in verdicts(outcome).values():
        assert verdict["outcome"] == "pass"
        assert verdict["measured"]["low"] == verdict["measured"]["high"] == 0


def test_five_percent_of_truncated_segments_fail(
    team: Team, evalharness: CommandLine, baseline: str
):
    outcome = evalharness("gate", baseline, *candidate(team, "truncated"))
    assert outcome.code == 1
    assert "flores ar-en chrF2: fail: worse by at least 0." in outcome.out
    assert outcome.out.rstrip().splitlines()[-1].startswith("FAIL: ")


def test_an_improvement_passes_and_is_named(team: Team, evalharness: CommandLine, baseline: str):
    outcome = evalharness("gate", baseline, *candidate(team, "google"))
    assert outcome.code == 0
    assert "flores ar-en BLEU: better by 8.58, p < 0.0001" in outcome.out
    assert "PASS: 2 better" in outcome.out


def test_forty_segments_are_inconclusive_and_it_says_how_many_would_do(
    team: Team, evalharness: CommandLine, flores: Path, tmp_path: Path
):
    for system in ("nllb", "opusmt"):
        team.score(flores / f"ar-en/flores-test.{system}.en", system, FEW, "results_dir=few")
    few = ["baseline=base", "candidate=few", "format=json"]
    assert evalharness("gate", "update=true", *few, "gate.system=nllb").code == 0
    outcome = evalharness("gate", *few, "gate.system=opusmt")
    assert outcome.code == 1
    for verdict in verdicts(outcome).values():
        assert verdict["outcome"] == "inconclusive"
        assert verdict["measured"]["units"] == 40
        assert 2 < verdict["measured"]["units_needed"] < 10_000
    table = evalharness("gate", *few, "gate.system=opusmt", "format=table")
    assert "segments would settle it for an unchanged system (there are 40)" in " ".join(
        table.out.split()
    )
    warned = evalharness("gate", *few, "gate.system=opusmt", "gate.on_inconclusive=warn")
    assert warned.code == 0
    assert verdicts(warned) == verdicts(outcome)


def test_a_margin_decides_what_is_good_enough(team: Team, evalharness: CommandLine, baseline: str):
    failing = [baseline, *candidate(team, "truncated"), "format=json"]
    assert verdicts(evalharness("gate", *failing))["chrF2"]["outcome"] == "fail"
    assert evalharness("gate", *failing, "margin.chrf=3", "margin.bleu=3").code == 0


UNLIKE = {
    "a metric is missing": (["metric=bleu"], "the candidate was not scored with it"),
    "another signature": (
        ["metric.chrf.lowercase=true"],
        "computed in another way: case:mixed, now case:lc",
    ),
    "fewer segments": (["limit=39"], "the test set has changed: 40 segments, now 39 (digest "),
    "who made the references": (
        ["testset.provenance=unstated"],
        "the test set has changed: other segments, references or provenance (digest ",
    ),
    "another test set": (["testset.name=news"], "the candidate has no run on it"),
}


@pytest.mark.parametrize("case", UNLIKE)
def test_unlike_things_are_never_compared(
    case: str, team: Team, evalharness: CommandLine, flores: Path
):
    overrides, expected = UNLIKE[case]
    output = flores / "ar-en/flores-test.nllb.en"
    team.score(output, "nllb", FEW, "results_dir=then")
    team.score(output, "nllb", FEW, "results_dir=now", *overrides)
    assert evalharness("gate", "update=true", "baseline=base", "candidate=then").code == 0
    outcome = evalharness("gate", "baseline=base", "candidate=now", "format=json")
    assert outcome.code == 1
    stopped = verdicts(outcome)["chrF2"]
    assert stopped["outcome"] == "fail"
    assert expected in stopped["obstacle"]
    assert stopped["measured"] is None


def older(baseline: Path, **changes: str) -> None:
    """Makes a baseline one that another version of sacreBLEU wrote, with other numbers."""
    path = baseline / "baseline.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for score in content["runs"][0]["scores"]:
        for part, value in {"version": "2.4.1", **changes}.items():
            score["signature"] = re.sub(rf"\b{part}:[^|]+", f"{part}:{value}", score["signature"])
        score["score"] += 5
    path.write_text(json.dumps(content), encoding="utf-8")


def test_a_patch_of_a_package_changes_no_verdict(
    team: Team, evalharness: CommandLine, baseline: str, tmp_path: Path
):
    older(tmp_path / "baseline")
    outcome = evalharness("gate", baseline, *candidate(team, "nllb"))
    assert outcome.code == 0, outcome.out
    shown = " ".join(outcome.out.split())
    assert (
        "computed with other versions (version:2.4.1, now version:2.6.0), both sides are scored"
        " with this version: flores ar-en BLEU, flores ar-en chrF2"
    ) in shown
    json_of = (baseline, *candidate(team, "nllb"), "format=json")
    for verdict in verdicts(evalharness("gate", *json_of)).values():
        assert verdict["measured"]["difference"] == 0  # the score that is recorded is 5 higher
    failing = evalharness("gate", baseline, *candidate(team, "truncated"))
    assert failing.code == 1


def test_a_run_of_another_version_is_scored_with_todays_too(
    team: Team, evalharness: CommandLine, flores: Path, tmp_path: Path
):
    for system in ("nllb", "google"):
        team.score(flores / f"ar-en/flores-test.{system}.en", system, FEW, f"results_dir={system}")
    assert evalharness("gate", "update=true", "baseline=base", "candidate=nllb").code == 0
    gate = ["gate", "baseline=base", "candidate=google", "format=json"]
    today = verdicts(evalharness(*gate))
    (scores,) = (tmp_path / "google").glob("runs/*/*/scores.json")
    content = json.loads(scores.read_text(encoding="utf-8"))
    for score in content["scores"]:
        score["signature"] = score["signature"].replace("version:2.6.0", "version:2.4.1")
    scores.write_text(json.dumps(content), encoding="utf-8")
    assert verdicts(evalharness(*gate)) == today
    scores.write_text(json.dumps(content).replace("case:mixed", "case:lc"), encoding="utf-8")
    for verdict in verdicts(evalharness(*gate)).values():
        assert verdict["outcome"] == "fail"
        assert "computed in another way: case:mixed|" in verdict["obstacle"]


def test_what_cannot_be_scored_here_is_compared_as_recorded_where_only_versions_differ(
    team: Team, evalharness: CommandLine, baseline: str, tmp_path: Path
):
    path = tmp_path / "baseline/baseline.json"
    path.write_text(path.read_text().replace("version:2.6.0", "version:2.4.1"))
    outcome = evalharness("gate", baseline, *candidate(team, "nllb"), "metric=[]")
    assert outcome.code == 0, outcome.out
    shown = " ".join(outcome.out.split())
    assert "(version:2.4.1, now version:2.6.0), compared as recorded: flores ar-en BLEU" in shown


def test_a_changed_option_stops_the_candidate_whatever_the_version(
    team: Team, evalharness: CommandLine, baseline: str, tmp_path: Path
):
    older(tmp_path / "baseline", tok="intl")
    outcome = evalharness("gate", baseline, *candidate(team, "nllb"), "format=json")
    assert outcome.code == 1
    stopped = verdicts(outcome)["BLEU"]
    assert stopped["outcome"] == "fail"
    assert "computed in another way: tok:intl|version:2.4.1, now tok:13a" in stopped["obstacle"]


def test_a_changed_reference_fails(
    team: Team, evalharness: CommandLine, flores: Path, tmp_path: Path
):
    output = flores / "ar-en/flores-test.nllb.en"
    lines = read_lines(flores / "ar-en/flores-test.en")
    lines[17] += "!"
    (tmp_path / "ref.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    team.score(output, "nllb", FEW, "results_dir=then")
    team.score(output, "nllb", FEW, "results_dir=now", "testset.references=[ref.txt]")
    assert evalharness("gate", "update=true", "baseline=base", "candidate=then").code == 0
    outcome = evalharness("gate", "baseline=base", "candidate=now")
    assert outcome.code == 1
    assert "flores ar-en BLEU, chrF2: fail: the test set has changed: other segments" in outcome.out
    assert "FAIL: 2 fail" in outcome.out


def test_what_only_the_candidate_has_is_named_not_judged(
    team: Team, evalharness: CommandLine, flores: Path
):
    output = flores / "ar-en/flores-test.nllb.en"
    team.score(output, "nllb", FEW, "results_dir=then")
    team.score(output, "nllb", FEW, "results_dir=now", "metric=[bleu,chrf,chrfpp]")
    team.score(output, "nllb", FEW, "results_dir=now", "testset.name=news")
    assert evalharness("gate", "update=true", "baseline=base", "candidate=then").code == 0
    outcome = evalharness("gate", "baseline=base", "candidate=now")
    assert outcome.code == 0
    expected = "not judged, since the baseline has no such score: flores ar-en chrF2++, news ar-en"
    assert expected in outcome.out


def test_lower_is_better_for_ter(team: Team, evalharness: CommandLine, flores: Path):
    few = [FEW, "metric=ter", "results_dir=few"]
    for system in ("google", "argos"):
        team.score(flores / f"ar-en/flores-test.{system}.en", system, *few)
    overrides = ["baseline=base", "candidate=few"]
    assert evalharness("gate", "update=true", *overrides, "gate.system=google").code == 0
    outcome = evalharness("gate", *overrides, "gate.system=argos", "format=json")
    found = verdicts(outcome)["TER"]["measured"]
    assert verdicts(outcome)["TER"]["outcome"] == "fail"
    assert 1 < found["low"] < found["difference"] < found["high"]
    assert evalharness("gate", "update=true", *overrides, "gate.system=argos").code == 0
    outcome = evalharness("gate", *overrides, "gate.system=google", "format=json")
    assert verdicts(outcome)["TER"]["outcome"] == "better"


def test_documents_are_what_is_counted_where_they_are_known(
    team: Team, evalharness: CommandLine, flores: Path, tmp_path: Path
):
    for size, message in (
        (25, "documents would settle it for an unchanged system (there are 8)"),
        (40, "chrF2: inconclusive: with 5 documents nothing can be shown; it takes 6"),
    ):
        folder = f"grouped{size}"
        (tmp_path / "ids.txt").write_text("".join(f"{row // size}\n" for row in range(1012)))
        overrides = ["testset.documents=ids.txt", "metric=chrf", f"results_dir={folder}"]
        for system in ("nllb", "opusmt"):
            team.score(flores / f"ar-en/flores-test.{system}.en", system, *overrides, "limit=200")
        few = [f"baseline=base{size}", f"candidate={folder}"]
        assert evalharness("gate", "update=true", *few, "gate.system=nllb").code == 0
        outcome = evalharness("gate", *few, "gate.system=opusmt")
        assert outcome.code == 1
        assert message in " ".join(outcome.out.split())


def test_junit_says_the_same_in_a_form_that_ci_reads(
    team: Team, evalharness: CommandLine, baseline: str, tmp_path: Path
):
    junit = "gate.junit=reports/gate.xml"
    outcome = evalharness("gate", baseline, *candidate(team, "truncated"), junit)
    root = ET.parse(tmp_path / "reports/gate.xml").getroot()
    assert root.tag == "testsuites"
    (suite,) = root
    cases = {case.get("name"): case for case in suite}
    assert (suite.get("name"), set(cases)) == ("flores.ar-en", {"BLEU", "chrF2"})
    assert all(case.get("classname") == "flores.ar-en" for case in cases.values())
    failures = {name: case.find("failure") for name, case in cases.items()}
    failed = {name: found for name, found in failures.items() if found is not None}
    assert (suite.get("tests"), suite.get("failures")) == ("2", str(len(failed)))
    assert failed["chrF2"].get("message", "") in outcome.out
    assert suite.get("errors") == suite.get("skipped") == "0"
    assert evalharness("gate", baseline, *candidate(team, "nllb"), junit).code == 0
    assert not list(ET.parse(tmp_path / "reports/gate.xml").iter("failure"))


def test_an_open_question_that_only_warns_is_skipped_in_junit(
    team: Team, evalharness: CommandLine, baseline: str, tmp_path: Path
):
    tight = [baseline, *candidate(team, "truncated"), "margin.chrf=1.2", "margin.bleu=0.3"]
    for mode, counts in (("warn", ("0", "2")), ("fail", ("2", "0"))):
        on = f"gate.on_inconclusive={mode}"
        outcome = evalharness("gate", *tight, "gate.junit=gate.xml", on)
        assert outcome.code == int(mode == "fail")
        (suite,) = ET.parse(tmp_path / "gate.xml").getroot()
        assert (suite.get("failures"), suite.get("skipped")) == counts


def test_markdown_goes_to_the_summary_of_the_job(
    team: Team,
    evalharness: CommandLine,
    baseline: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    (tmp_path / "summary.md").write_text("An earlier step.\n")
    monkeypatch.setenv(SUMMARY, str(tmp_path / "summary.md"))
    markdown = [*candidate(team, "google"), "format=markdown"]
    outcome = evalharness("gate", baseline, *markdown)
    written = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert written == f"An earlier step.\n{outcome.out}"
    rows = [line for line in written.splitlines() if line.startswith("| flores")]
    assert [row.count("|") for row in rows] == [9, 9]
    assert "| 36.51 | 45.09 | +8.58 (" in rows[0]


def test_a_selection_changes_what_is_printed_and_nothing_else(
    evalharness: CommandLine, small: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "worse.txt").write_text("x\ny\nz\n")
    for name, arabic in (("then", "ref.txt"), ("now", "worse.txt")):
        for lang, output in (("tr", "ref.txt"), ("ar", arabic)):
            system = ["model=file", f"model.path={output}", "model.name=ours"]
            test = [*small, f"testset.source_lang={lang}", "metric=chrf", f"results_dir={name}"]
            assert evalharness(*system, *test).code == 0
    assert evalharness("gate", "update=true", "baseline=base", "candidate=then").code == 0
    monkeypatch.setenv(SUMMARY, str(tmp_path / "summary.md"))
    gate = ["gate", "baseline=base", "candidate=now", "gate.junit=gate.xml"]
    for pair in ("tr-en", "ar-en"):
        outcome = evalharness(*gate, f"select.pair={pair}")
        assert outcome.code == 1
        shown = " ".join(outcome.out.split())
        assert "text ar-en chrF2: " in shown  # it stops the candidate
        assert ("stop the candidate are shown whatever" in shown) is (pair == "tr-en")
        assert ("1 verdict is not shown" in shown) is (pair == "ar-en")
        suites = [suite.get("name") for suite in ET.parse(tmp_path / "gate.xml").getroot()]
        assert suites == ["text.ar-en", "text.tr-en"]
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8").splitlines()
    assert len([line for line in summary if line.startswith("| text")]) == 4
    assert len({line for line in summary if line.startswith("###")}) == 1


@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_fits_the_terminal(
    columns: int,
    team: Team,
    evalharness: CommandLine,
    baseline: str,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("COLUMNS", str(columns))
    outcome = evalharness("gate", baseline, *candidate(team, "truncated"))
    assert max(map(len, outcome.out.splitlines())) <= columns
    assert "36.51" in outcome.out


def test_the_same_runs_give_the_same_baseline(
    team: Team, evalharness: CommandLine, baseline: str, tmp_path: Path
):
    before = files_below(tmp_path / "baseline")
    assert set(before) == {"README.md", "baseline.json", "flores.ar-en.jsonl"}
    evalharness("gate", "update=true", baseline, *candidate(team, "nllb"))
    assert files_below(tmp_path / "baseline") == before
    assert str(team.folder) not in "".join(map(bytes.decode, before.values()))


def test_an_update_says_what_is_no_longer_held(
    team: Team, evalharness: CommandLine, flores: Path, tmp_path: Path
):
    output = flores / "ar-en/flores-test.nllb.en"
    team.score(output, "nllb", FEW, "results_dir=then")
    team.score(output, "nllb", FEW, "results_dir=then", "testset.name=news")
    team.score(output, "nllb", FEW, "results_dir=now", "metric=bleu")
    assert evalharness("gate", "update=true", "baseline=base", "candidate=then").code == 0
    outcome = evalharness("gate", "update=true", "baseline=base", "candidate=now")
    gone = [line for line in outcome.out.splitlines() if line.startswith("no longer: ")]
    assert gone == [f"no longer: {test} ar-en chrF2" for test in ("flores",)] + [
        f"no longer: news ar-en {metric}" for metric in ("BLEU", "chrF2")
    ]
    assert set(files_below(tmp_path / "base")) == {
        "README.md",
        "baseline.json",
        "flores.ar-en.jsonl",
    }


def test_one_heavy_metric_is_in_memory_at_a_time(
    evalharness: CommandLine, small: list[str], own_metrics: None
):
    heavy = [f"+metric.{name}._target_=own_metrics.Heavy" for name in ("first", "second")]
    heavy += [f"+metric.{name}.name={name}" for name in ("first", "second")]
    for lang in ("tr", "ar"):
        test = [*small, f"testset.source_lang={lang}", "metric=[]", *heavy]
        assert evalharness("model=copy", *test).code == 0
    heavy_class = import_module("own_metrics").Heavy
    heavy_class.together.clear()
    margins = ["+margin.first=1", "+margin.second=1"]
    base = ["baseline=base", "metric=[]", *heavy]
    assert evalharness("gate", "update=true", *base, *margins).code == 0
    assert evalharness("gate", *base).code == 0
    one_by_one = [{"first"}] * 2 + [{"second"}] * 2  # two language pairs each
    both_sides = [{"first"}] * 4 + [{"second"}] * 4
    assert heavy_class.together == one_by_one + both_sides
    assert heavy_class.loaded == set()


def test_a_run_folder_is_a_candidate(team: Team, evalharness: CommandLine, baseline: str):
    (folder,) = (team.folder / "results").glob("runs/*/google.*")
    assert evalharness("gate", baseline, f"candidate={folder}").code == 0
