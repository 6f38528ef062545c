"""Checks in runs: the run folder, the leaderboard, the notes, `score` and the Python API."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from scipy.stats import binomtest

import evalharness as eh
from evalharness.checks import CopiedSource, Empty, Entities, Look, Unfinished
from evalharness.errors import EvalHarnessError
from evalharness.results import Run, read_run
from evalharness.values import Bitext, Finding, Outputs

from ..conftest import CommandLine
from ..finished import BLEU, CHRF, LENGTH, bitext, finished, finished_outputs
from ..plugins.own_checks import Echo, Shouting

TEXTS = ["the red apple", "a blue sea", "the yellow sun", "one small tree"]
NEWS = bitext(TEXTS)
OUTPUTS = ["THE RED APPLE", "source 1", "", "one small tree"]
CHECKS = [Empty(), Unfinished(), CopiedSource(), Shouting()]
CUT = [{}, {}, {}, {"unfinished": True}]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return finished(tmp_path, "mine", NEWS, OUTPUTS, BLEU, checks=CHECKS, observations=CUT)


def test_a_run_folder_holds_what_was_seen_and_reads_back(run: Run, tmp_path: Path):
    again = read_run(tmp_path, run.folder)
    assert again.checks == run.checks
    assert {rate.check: (rate.count, rate.applicable) for rate in again.checks} == {
        "empty": (1, 4),
        "unfinished": (1, 4),
        "copied_source": (1, 4),
        "shouting": (1, 3),
    }
    assert {rate.check: rate.segment_ids for rate in again.checks} == {
        "empty": ("3",),
        "unfinished": ("4",),
        "copied_source": ("2",),
        "shouting": ("1",),
    }
    theirs = binomtest(1, 3).proportion_ci(method="exact")
    shouting = again.check("shouting")
    assert shouting is not None
    assert (shouting.low, shouting.high) == pytest.approx((theirs.low, theirs.high))
    assert shouting.meaning == "the hypothesis is written in capitals"
    assert again.flags(shouting).tolist() == [[1, 1], [0, 1], [0, 0], [0, 1]]
    assert [row.get("checks") for row in again.rows] == [
        {"shouting": {"letters": 11}},
        {"copied_source": "verbatim"},
        {"empty": ""},
        {"unfinished": True},
    ]
    assert again.outputs.observations == CUT


def test_findings_are_kept_and_shown_below_the_table(tmp_path: Path, evalharness: CommandLine):
    same = finished(tmp_path / "results", "same", NEWS, ["x"] * 4, BLEU, checks=[Shouting()])
    (finding,) = read_run(tmp_path / "results", same.folder).findings
    assert (finding.finding, finding.message) == ("constant", "4 hypotheses are 'x'")
    assert list(finding.segment_ids) == ["1", "2", "3", "4"]
    shown = " ".join(evalharness("leaderboard").out.split())
    assert "same news tr-en: constant: 4 hypotheses are 'x'" in shown


def test_a_run_without_checks_has_none_and_no_rate_of_zero(
    run: Run, tmp_path: Path, evalharness: CommandLine
):
    bare = finished(tmp_path / "results", "bare", NEWS, TEXTS, BLEU)
    assert (bare.checks, bare.findings, bare.check("empty")) == ((), (), None)
    finished(tmp_path / "results", "mine", NEWS, OUTPUTS, BLEU, checks=CHECKS)
    nothing = finished(tmp_path / "results", "dots", NEWS, ["..."] * 4, BLEU, checks=[Shouting()])
    assert nothing.checks[0].applicable == 0
    outcome = evalharness("leaderboard", "format=csv")
    assert outcome.code == 0, outcome.err
    rows = {row["system"]: row for row in csv.DictReader(outcome.out.splitlines())}
    assert list(rows["mine"])[-4:] == [
        "check_copied_source",
        "check_empty",
        "check_shouting",
        "check_unfinished",
    ]
    assert (rows["mine"]["check_shouting"], rows["mine"]["check_empty"]) == ("0.333333", "0.250000")
    assert {rows["bare"][name] for name in rows["bare"] if name.startswith("check_")} == {""}
    assert rows["dots"]["check_shouting"] == ""


def test_rates_of_two_signatures_never_share_a_column(tmp_path: Path, evalharness: CommandLine):
    for name, least in (("a", 1), ("b", 12)):
        check = Shouting(least=least)
        finished(tmp_path / "results", name, NEWS, OUTPUTS, BLEU, checks=[check])
    rows = list(csv.DictReader(evalharness("leaderboard", "format=csv").out.splitlines()))
    assert [
        {name: rate for name, rate in row.items() if name.startswith("check_")} for row in rows
    ] == [
        {"check_shouting|least:1": "0.333333", "check_shouting|least:12": ""},
        {"check_shouting|least:1": "", "check_shouting|least:12": "0.000000"},
    ]


def test_a_note_says_what_was_flagged_of_whom_and_of_the_references(
    tmp_path: Path, evalharness: CommandLine
):
    finished(tmp_path / "results", "mine", NEWS, OUTPUTS, BLEU, checks=[CopiedSource(), Empty()])
    finished(tmp_path / "results", "good", NEWS, TEXTS, BLEU, checks=[CopiedSource()])
    shown = " ".join(evalharness("leaderboard").out.split())
    assert "WARNING" not in shown.replace("WARNING empty", "")
    assert "checks that fired without a warning: copied_source 1 of 4" in shown
    assert (
        "WARNING empty (the hypothesis has no visible character): mine news tr-en 1 of 4"
        " (references: A 0), segments 3; 1 run looked at" in shown
    )
    assert "good news tr-en 0" not in shown


def test_flagged_segments_that_a_metric_of_segments_takes_for_good_are_named(
    tmp_path: Path, evalharness: CommandLine, own_metrics: None
):
    texts = ["short", "&#39;", "a long text", "a very long text &amp; more"]
    finished(tmp_path / "results", "mine", NEWS, texts, BLEU, LENGTH, checks=[Entities()])
    shown = " ".join(evalharness("leaderboard").out.split())
    assert "WARNING entities" in shown
    assert (
        "entities: of 2 flagged segments of mine news tr-en, 1 score at least the run's median by"
        " length: 4" in shown
    )


FORGERIES = {
    "more than there are": {"count": 5},
    "a rate of its own": {"rate": 0.9},
    "no interval around it": {"high": 0.01},
    "other segments": {"segment_ids": ["1", "2"]},
    "one segment twice": {"count": 2, "rate": 0.5, "segment_ids": ["1", "1"]},
    "more than all segments": {"applicable": 900, "rate": 1 / 900, "low": 0.0},
    "no number": {"rate": "x"},
    "below zero": {"count": -1},
    "no name": {"check": "../x"},
    "references that are none": {"reference_counts": 3},
    "nine tenths of a reference": {"reference_counts": {"A": 0.9}},
    "more references than segments": {"reference_counts": {"A": 900}},
    "ids as an object": {"segment_ids": {"1": 1}},
    "an id that is no text": {"segment_ids": [None]},
}


@pytest.mark.parametrize("case", FORGERIES)
def test_a_folder_that_contradicts_itself_is_damaged(case: str, run: Run, tmp_path: Path):
    path = run.path / "scores.json"
    content = json.loads(path.read_text())
    content["checks"][0].update(FORGERIES[case])
    path.write_text(json.dumps(content))
    with pytest.raises(EvalHarnessError, match="damaged run"):
        read_run(tmp_path, run.folder)


def test_a_check_of_ones_own_is_one_file_and_one_choice(
    evalharness: CommandLine, small: list[str], own_metrics: None, tmp_path: Path
):
    own = tmp_path / "own" / "check"
    own.mkdir(parents=True)
    (own / "shouting.yaml").write_text(
        "# Outputs in capitals.\nshouting:\n  _target_: own_checks.Shouting\n  least: 2\n"
    )
    words = [f"--config-dir={own.parent}", "model=copy", *small, "metric=bleu"]
    outcome = evalharness(*words, "check=[shouting,empty]")
    assert outcome.code == 0, outcome.err
    (path,) = (tmp_path / "results").glob("runs/*/copy.*/scores.json")
    checks = json.loads(path.read_text())["checks"]
    assert {check["check"]: check["signature"] for check in checks}["shouting"] == "least:2"
    assert {check["check"] for check in checks} == {"shouting", "empty"}
    (tmp_path / "a.txt").write_text("LOUD\nquiet\n")
    odd = own.parent.rename(tmp_path / "it's own")
    files = ["-i", str(tmp_path / "a.txt"), "-r", str(tmp_path / "a.txt"), "-m", "bleu"]
    scored = evalharness("score", *files, "-cd", str(odd), "-c", "shouting", "-f", "json")
    assert scored.code == 0, scored.err
    (run,) = json.loads(scored.out)["runs"]
    assert {check["check"]: check["count"] for check in run["checks"]} == {"shouting": 1}
    missing = evalharness("score", *files, "--config-dir", str(own.parent), "-c", "shouting")
    assert (missing.code, missing.err.count("\n")) == (2, 1)
    assert "--config-dir" in missing.err


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["check=[empty,nothing]"], "check"),
        (["+check.a._target_=own_checks.Shouting", "+check.b._target_=own_checks.Shouting"], "two"),
        (["+check.a={_target_:own_checks.Shouting,id:a/b}"], "cannot name a folder"),
        (["+check.a={_target_:own_checks.Shouting,most:3}"], "most"),
    ],
)
def test_choices_that_are_wrong_are_refused(
    words: list[str], error: str, evalharness: CommandLine, small: list[str], own_metrics: None
):
    outcome = evalharness("model=copy", *small, "metric=bleu", *words)
    assert (outcome.code, "Traceback" in outcome.err) == (2, False)
    assert error in outcome.err


def test_a_check_that_fails_ends_the_run_with_a_line_that_names_it(
    evalharness: CommandLine, small: list[str], own_metrics: None
):
    own = "+check.own={_target_:own_checks.Fails}"
    outcome = evalharness("model=copy", *small, "metric=bleu", own)
    assert outcome.code == 2
    assert "check.fails: fails on segment 1: KeyError: 'oh'" in outcome.err
    assert "Traceback" not in outcome.err


def test_no_checks_are_no_zeros(evalharness: CommandLine, small: list[str], tmp_path: Path):
    assert evalharness("model=copy", *small, "metric=bleu", "check=[]").code == 0
    (path,) = (tmp_path / "results").glob("runs/*/copy.*/scores.json")
    assert json.loads(path.read_text())["checks"] == []
    assert "check_" not in (tmp_path / "results/leaderboard.csv").read_text()


def test_checks_of_an_earlier_command_are_kept(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    assert evalharness("model=copy", *small, "metric=bleu", "check=[copied_source]").code == 0
    assert evalharness("model=copy", *small, "metric=ter", "check=[empty]").code == 0
    (path,) = (tmp_path / "results").glob("runs/*/copy.*/scores.json")
    run = read_run(tmp_path / "results", path.parent.relative_to(tmp_path / "results").as_posix())
    assert {rate.check for rate in run.checks} == {"copied_source", "empty"}
    copied = run.check("copied_source")
    assert copied is not None
    assert run.flags(copied).sum() == copied.count + copied.applicable
    assert all(row["checks"]["copied_source"] == "verbatim" for row in run.rows)


def test_what_checks_said_does_not_depend_on_the_seed_of_the_intervals(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    same = ["x"] * 4
    finished(tmp_path, "same", NEWS, same, BLEU, checks=[Shouting(), Empty()], seed=1)
    run = finished(tmp_path, "same", NEWS, same, CHRF, checks=[Empty()], seed=2)
    again = read_run(tmp_path, run.folder)
    assert {score.metric for score in again.scores} == {"chrF2"}
    assert "dropped BLEU, with other bootstrap settings" in caplog.text
    assert {rate.check for rate in again.checks} == {"empty", "shouting"}
    assert [finding.finding for finding in again.findings] == ["constant"]
    looked = finished(tmp_path, "same", NEWS, same, CHRF, checks=[Silent()], seed=2)
    assert read_run(tmp_path, looked.folder).findings == ()


@dataclass(frozen=True)
class Echoing(Shouting):
    """The hypothesis has the words that the system was asked with."""

    id: str = "echoing"

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        return f"prompt:{prompt}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        return None if prompt is None else lambda segment, text, facts: prompt in text or None


def test_finished_runs_and_baselines_know_the_words_a_system_was_asked_with(
    evalharness: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for system, first in (("asked", "Translate: the red apple"), ("again", "the red apple")):
        outputs = Outputs(system, NEWS, (first, *TEXTS[1:]), prompt="Translate: ")
        run = finished_outputs(tmp_path / "results", outputs, BLEU, checks=[Echoing()])
        assert read_run(run.results, run.folder).outputs.prompt == "Translate: "
        assert [rate.count for rate in run.checks] == [int(system == "asked")]
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "echoes.py").write_text(f"from {__name__} import Echoing\n")
    check = "+check.echoing._target_=echoes.Echoing"
    update = ["gate", "update=true", "baseline=base", "gate.system=asked", check]
    assert evalharness(*update).code == 0
    same = ["gate", "baseline=base", "gate.system=again", check, "+max_rate.echoing=0.9"]
    outcome = evalharness(*same, "gate.on_inconclusive=warn", "margin.bleu=50")
    assert outcome.code == 0, outcome.out + outcome.err
    assert "believed" not in outcome.out + outcome.err


class Silent(Shouting):
    """The same check, which by now finds nothing."""

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        return ()


def test_the_python_api_has_checks_and_findings():
    scores = eh.score(
        {"copy": ["bir", "iki"], "good": ["one", "two"]},
        references={"first": ["one", "two"], "second": ["iki", "iki"]},
        sources=["bir", "iki"],
        pair="tr-en",
        metrics=["bleu"],
    )
    rate = scores["copy"].checks["copied_source"]
    assert (rate.count, rate.applicable, rate.reference_counts) == (2, 2, {"first": 0, "second": 1})
    assert scores["good"].checks["copied_source"].count == 0
    assert scores["copy"].segments[0]["checks"] == {"copied_source": "verbatim"}
    assert list(scores["copy"].findings) == []


def test_the_python_api_chooses_checks():
    def looked(checks: list[str] | None) -> set[str]:
        made = eh.score(["a"], references=["b"], metrics=["bleu"], checks=checks)
        return set(made["system"].checks)

    assert looked([]) == set()
    assert looked(["empty"]) == {"empty"}
    everywhere = {"empty", "unfinished", "truncated", "mixed_script", "repetition"}
    everywhere |= {"copied_prompt", "meta_answer", "encoding", "entities", "invisible", "tokenized"}
    assert looked(None) == everywhere  # nobody named the languages
    with pytest.raises(EvalHarnessError, match="emtpy"):
        looked(["emtpy"])


def test_score_has_a_flag_and_json_of_checks(evalharness: CommandLine, tmp_path: Path):
    for name, lines in (("src", "bir\niki\n"), ("ref", "one\ntwo\n"), ("out", "bir\ntwo\n")):
        (tmp_path / f"{name}.txt").write_text(lines)
    words = [
        "score",
        "-s",
        "src.txt",
        "-r",
        "ref.txt",
        "-i",
        "out.txt",
        "-l",
        "tr-en",
        "-m",
        "bleu",
    ]
    (run,) = json.loads(evalharness(*words, "-f", "json").out)["runs"]
    assert {check["check"]: check["count"] for check in run["checks"]} == {
        "empty": 0,
        "unfinished": 0,
        "copied_source": 1,
        "copied_prompt": 0,
        "truncated": 0,
        "wrong_script": 0,
        "mixed_script": 0,
        "repetition": 0,
        "meta_answer": 0,
        "quoted": 0,
        "encoding": 0,
        "entities": 0,
        "markup": 0,
        "placeholders": 0,
        "tokenized": 0,
        "numbers": 0,
        "invisible": 0,
        "urls": 0,
    }
    assert run["findings"] == []
    (run,) = json.loads(evalharness(*words, "-f", "json", "results_dir=null", "-c", "empty").out)[
        "runs"
    ]
    assert [check["check"] for check in run["checks"]] == ["empty"]
    (run,) = json.loads(evalharness(*words, "-f", "json", "results_dir=null", "-c").out)["runs"]
    assert run["checks"] == []


def test_what_no_reference_can_show_has_no_count_of_references():
    made = finished_rate(Echo(sees="x"))
    assert made.reference_counts == {}


def finished_rate(check: Echo):
    from evalharness.checks import look_at
    from evalharness.values import Outputs

    made = look_at(check, Outputs("a", NEWS, tuple(OUTPUTS)))
    assert made is not None
    return made.rate


@pytest.mark.parametrize("form", ["table", "csv", "markdown", "latex", "json", "html"])
def test_what_a_folder_says_of_checks_is_escaped_wherever_it_is_shown(
    form: str, tmp_path: Path, evalharness: CommandLine
):
    made = finished(tmp_path / "results", "mine", NEWS, OUTPUTS, BLEU, checks=[CopiedSource()])
    path = made.path / "scores.json"
    content = json.loads(path.read_text())
    hostile = "\x1b[31m<script>x</script>\u202e|\n| a"
    content["checks"][0]["meaning"] = hostile
    content["findings"] = [{"finding": hostile, "message": hostile, "segment_ids": []}]
    path.write_text(json.dumps(content))
    outcome = evalharness("leaderboard", f"format={form}")
    assert outcome.code == 0, outcome.err
    assert "\x1b" not in outcome.out
    assert "\u202e" not in outcome.out
    assert form not in ("html", "markdown") or "<script>" not in outcome.out
