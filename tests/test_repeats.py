"""Systems that sample, run in several passes: from the store to the gate."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import sacrebleu

import evalharness as api
from evalharness.errors import EvalHarnessError

from .conftest import CommandLine, Outcome, read_lines, text_testset
from .plugins.own_systems import Sampler

LINES = 60
SYSTEMS = ("opusmt", "argos", "nllb")
PEERS = {"BLEU": sacrebleu.BLEU, "chrF2": sacrebleu.CHRF}

Sample = Callable[..., Outcome]


@pytest.fixture
def sample(
    flores: Path, tmp_path: Path, evalharness: CommandLine, own_metrics: None
) -> Iterator[Sample]:
    """Runs the sampler on the first lines of FLORES."""
    own = tmp_path / "own" / "model"
    own.mkdir(parents=True)
    for name in ("ar", "en", *(f"{system}.en" for system in SYSTEMS)):
        lines = read_lines(flores / f"ar-en/flores-test.{name}")[:LINES]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    outputs = ", ".join(f"{system}.en" for system in SYSTEMS)
    (own / "sampler.yaml").write_text(
        "# Draws.\n_target_: own_systems.Sampler\n"
        f"source: ar\noutputs: [{outputs}]\nname: sampler\nseed: 1\nfails_on: ''\n"
    )

    def call(*overrides: str) -> Outcome:
        testset = [*text_testset("ar", "en", lang="ar"), "testset.provenance=human"]
        words = [f"--config-dir={own.parent}", "model=sampler", *testset, "metric=[bleu,chrf]"]
        return evalharness(*words, "bootstrap.resamples=200", *overrides)

    yield call
    asked().clear()


def asked() -> list[tuple[int, int]]:
    """Which pass was asked for how many texts; the class that `_target_` names notes it."""
    from own_systems import Sampler as Named

    return Named.asked


def folder(system: str = "sampler", passes: int = 1) -> Path:
    (path,) = (
        path.parent
        for path in Path("results/runs").glob(f"*/{system}.*/run.json")
        if json.loads(path.read_text())["passes"] == passes
    )
    return path


def hypotheses(path: Path) -> list[list[str]]:
    """The hypotheses of each pass."""
    rows = [json.loads(line) for line in (path / "segments.jsonl").read_text().splitlines()]
    texts = [[row["hypothesis"], *(one["hypothesis"] for one in row["repeats"])] for row in rows]
    return [list(column) for column in zip(*texts, strict=True)]


def scores(path: Path) -> dict[str, dict]:
    found = json.loads((path / "scores.json").read_text())["scores"]
    return {score["metric"]: score for score in found}


def test_the_score_is_the_mean_of_sacrebleus_scores_of_the_passes(sample: Sample):
    outcome = sample("model.repeats=3")
    assert outcome.code == 0, outcome.err
    path = folder(passes=3)
    passes = hypotheses(path)
    assert len({tuple(texts) for texts in passes}) == 3
    for metric, peer in PEERS.items():
        theirs = [peer().corpus_score(texts, [read_lines("en")]).score for texts in passes]
        assert scores(path)[metric]["score"] == pytest.approx(np.mean(theirs), abs=1e-9)
        assert scores(path)[metric]["low"] < np.mean(theirs) < scores(path)[metric]["high"]
    rows = [json.loads(line) for line in (path / "segments.jsonl").read_text().splitlines()]
    for row, reference, *texts in zip(rows, read_lines("en"), *passes, strict=True):
        each = [sacrebleu.CHRF().sentence_score(text, [reference]).score for text in texts]
        assert row["scores"]["chrF2"] == pytest.approx(np.mean(each), abs=1e-9)


def test_each_pass_is_kept_by_itself_and_the_first_is_what_one_pass_made(sample: Sample):
    assert sample().code == 0
    assert asked() == [(1, LINES)]
    (row, *_) = (folder() / "segments.jsonl").read_text().splitlines()
    assert "repeats" not in json.loads(row)
    assert sample("model.repeats=2").code == 0
    assert asked() == [(1, LINES), (2, LINES)]
    assert sample("model.repeats=3", "metric=[ter]").code == 0
    assert sample("model.repeats=2", "metric=[ter]").code == 0
    assert asked() == [(1, LINES), (2, LINES), (3, LINES)]
    assert set(scores(folder(passes=2))) == {"BLEU", "chrF2", "TER"}
    once = [json.loads(line) for line in (folder() / "segments.jsonl").read_text().splitlines()]
    assert hypotheses(folder(passes=3))[0] == [row["hypothesis"] for row in once]
    counts = json.loads((folder(passes=2) / "run.json").read_text())["counts"]
    assert counts == {"translated": 0, "from_store": 2 * LINES, "failed": 0}


def test_the_table_says_what_is_known_of_a_samplers_own_variance(
    sample: Sample, evalharness: CommandLine
):
    unknown = "sampler: its own variance is unknown: it samples, and made one pass"
    assert unknown in " ".join(sample().out.split())
    assert "its own variance is unknown" in " ".join(
        json.loads((folder() / "run.json").read_text())["notes"]
    )
    said = " ".join(sample("model.repeats=2").out.split())
    assert "sampler: scores are means over 2 passes" in said
    assert "unknown" not in said
    board = " ".join(evalharness("leaderboard").out.split())
    assert unknown in board
    assert "scores are means over 2 passes" in board
    said = " ".join(sample("model.seed=null", "model.name=sure").out.split())
    assert "variance" not in said


@pytest.mark.parametrize(
    ("overrides", "what"),
    [
        (["model.repeats=2", "model.seed=null"], "sampler does not sample: 2 passes would give"),
        (["model.repeats=2", "model=copy"], "copy does not sample"),
        (["model.repeats=2", "model=file", "model.path=en"], "en does not sample"),
        (["model.repeats=2", "model=command", "model.command=[cat]"], "cat does not sample"),
        (["model.repeats=0"], "0 is no number of passes from 1 to 20"),
        (["model.repeats=21"], "21 is no number"),
        (["model.repeats=two"], "two is no number"),
        (["model.repeats=null"], "None is no number"),
    ],
)
def test_what_cannot_be_repeated_is_refused_in_one_line(
    overrides: list[str], what: str, sample: Sample
):
    outcome = sample(*overrides)
    assert (outcome.code, "Traceback" in outcome.err) == (2, False)
    (line,) = [line for line in outcome.err.splitlines() if "error" in line]
    assert f"model.repeats: {what}" in line
    assert not Path("results/runs").exists()


def test_a_program_that_gets_the_pass_is_told_from_one_that_gets_a_number(sample: Sample):
    code = "import sys\nfor line in sys.stdin: print(sys.argv[1], line, end='')\n"
    Path("draw.py").write_text(code)
    for word in ("{pass}", "1"):
        command = f'model.command=[{sys.executable},draw.py,"{word}"]'
        outcome = sample("model=command", command, "model.draws=true", "model.repeats=2")
        assert outcome.code == 0, outcome.err
        same = "all 2 passes are the same, line by line" in " ".join(outcome.out.split())
        assert same is (word == "1")
    found = {
        tuple(texts[0][0] for texts in hypotheses(path.parent))
        for path in Path("results/runs").glob("*/python*/run.json")
    }
    assert found == {("1", "2"), ("1", "1")}


@pytest.mark.sweep
def test_passes_without_a_common_number_are_tested_two_by_two(
    sample: Sample, evalharness: CommandLine
):
    for number, passes in enumerate((2, 17, 13, 1)):
        named = [f"model.repeats={passes}", f"model.seed={number + 1}", f"model.name=s{passes}"]
        sample(*named, "check=[]")
    outcome = evalharness("compare", "runs=[s2,s17,s13,s1]", "format=json")
    whole = {
        (row["metric"], row["first"], row["second"]): row
        for row in json.loads(outcome.out)["differences"]
    }
    assert len(whole) == 12
    outcome = evalharness("compare", "runs=[s17,s13]", "format=json")
    for row in json.loads(outcome.out)["differences"]:
        other = whole[row["metric"], row["first"], row["second"]]
        assert [row[key] for key in ("difference", "low", "high", "p")] == pytest.approx(
            [other[key] for key in ("difference", "low", "high", "p")]
        )
    board = json.loads(evalharness("leaderboard", "format=json").out)
    assert "not ranked" not in str(board)
    assert "common multiple" not in str(board)


def test_what_passes_differ_by_as_a_whole_is_in_every_decision(
    sample: Sample, evalharness: CommandLine
):
    """One pass is the reference, the other is no translation: nothing is shown of their mean."""
    code = (
        "import sys\nlines = open('en', encoding='utf-8').read().splitlines()\n"
        "for line, _ in zip(lines, sys.stdin): print(line if sys.argv[1] == '1' else 'x')\n"
    )
    Path("draw.py").write_text(code)
    command = f"model.command=[{sys.executable},draw.py,'{{pass}}']"
    moody = ["model=command", command, "model.name=moody", "model.draws=true", "check=[]"]
    assert sample(*moody, "model.repeats=2").code == 0
    sample("model=file", "model.path=argos.en", "model.name=sure", "check=[]")
    compared = json.loads(evalharness("compare", "runs=[moody,sure]", "format=json").out)
    for row in compared["differences"]:
        assert not row["significant"], row
        assert row["p"] > 0.2
        assert row["low"] < 0 < row["high"]
    board = json.loads(evalharness("leaderboard", "format=json").out)
    assert {row["rank_high"] for row in board["runs"]} == {2}
    gate = ["gate", "baseline=held", "metric=[bleu,chrf]", "check=[]", "format=json"]
    assert evalharness(*gate, f"candidate={folder('sure')}", "update=true").code == 0
    outcome = evalharness(*gate, f"candidate={folder('moody', 2)}")
    for verdict in json.loads(outcome.out)["verdicts"]:
        assert verdict["outcome"] == "inconclusive", verdict
        assert verdict["measured"]["passes_vary"]
        assert verdict["measured"]["units_needed"] is None


def test_a_segment_that_fails_in_any_pass_has_failed(sample: Sample):
    text = read_lines("ar")[4]
    outcome = sample("model.repeats=3", f"model.fails_on='{text}'")
    assert outcome.code == 1
    said = " ".join(outcome.out.split())
    assert f"1 of {LINES} segments failed: HTTP 500 (1)" in said
    assert f"no BLEU: 1 of {LINES} segments failed" in said
    assert sample("model.repeats=3").code == 0  # only that segment of that pass was asked for again
    assert asked()[-1] == (2, 1)


def test_runs_in_different_numbers_of_passes_are_compared(sample: Sample, evalharness: CommandLine):
    sample("model.repeats=2")
    sample("model.repeats=3", "model.seed=2", "model.name=other")
    sample("model.seed=null", "model.name=sure")
    outcome = evalharness("compare", "runs=[sampler,other,sure]", "format=json")
    assert outcome.code == 0, outcome.err
    found = json.loads(outcome.out)
    measured = {
        name: scores(folder(name, passes))["chrF2"]["score"]
        for name, passes in (("sampler", 2), ("other", 3), ("sure", 1))
    }
    pairs = next(
        metric["comparisons"]
        for metric in found["sections"][0]["metrics"]
        if metric["column"] == "chrF2"
    )
    assert len(pairs) == 3
    for pair in pairs:
        difference = measured[pair["first"]] - measured[pair["second"]]
        assert pair["difference"] == pytest.approx(difference, abs=1e-9)
        assert pair["low"] < difference < pair["high"]
    assert any("run in several passes" in note for note in found["notes"])
    assert evalharness("leaderboard").code == 0


def test_the_gate_holds_passes_against_passes(sample: Sample, evalharness: CommandLine):
    sample("model.repeats=3")
    held = str(folder(passes=3))
    gate = ["gate", "baseline=held", "metric=[bleu,chrf]"]
    assert evalharness(*gate, f"candidate={held}", "update=true").code == 0
    lines = [json.loads(line) for line in read_lines("held/text.ar-en.jsonl")]
    assert [[row["hypothesis"], *row["repeats"]] for row in lines] == [
        list(texts) for texts in zip(*hypotheses(folder(passes=3)), strict=True)
    ]
    outcome = evalharness(*gate, f"candidate={held}", "format=json")
    verdicts = json.loads(outcome.out)["verdicts"]
    assert [verdict["measured"]["difference"] for verdict in verdicts] == [0, 0]
    sample("model.repeats=2", "model.seed=5")
    one = str(folder(passes=2))
    for more in ([], ["metric=[]"]):  # scored again, and as it is recorded
        outcome = evalharness(*gate, f"candidate={one}", "format=json", *more)
        for verdict in json.loads(outcome.out)["verdicts"]:
            measured = verdict["measured"]
            path = folder(passes=2)
            assert measured["candidate"] == pytest.approx(scores(path)[verdict["metric"]]["score"])
            assert measured["low"] < measured["difference"] < measured["high"]
    assert "means over 2 passes" in outcome.out
    row = json.loads(read_lines("held/text.ar-en.jsonl")[0])
    del row["repeats"]
    content = [json.dumps(row), *read_lines("held/text.ar-en.jsonl")[1:]]
    Path("held/text.ar-en.jsonl").write_text("\n".join(content) + "\n", encoding="utf-8")
    outcome = evalharness(*gate, f"candidate={one}")
    assert (outcome.code, "damaged" in outcome.err) == (2, True)


def test_runs_with_passes_are_read_again_and_damage_is_seen(sample: Sample):
    sample("model.repeats=2")
    run = api.load()["sampler"]
    assert run["chrf"].score == scores(folder(passes=2))["chrF2"]["score"]
    again = run.finished.outputs
    assert [list(one.hypotheses) for one in again.passes] == hypotheses(folder(passes=2))
    path = folder(passes=2) / "segments.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[3]["repeats"] = []
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    with pytest.raises(EvalHarnessError, match="damaged run"):
        api.load()["sampler"].segments  # noqa: B018


def test_the_plugin_draws_otherwise_in_each_pass(flores: Path):
    source, target = (str(flores / f"ar-en/flores-test.{name}") for name in ("ar", "nllb.en"))
    other = str(flores / "ar-en/flores-test.argos.en")
    system = Sampler(source, [target, other])
    texts = read_lines(source)[:50]
    drawn = [
        [made for _, made in system.in_pass(number).translate(texts, "ar", "en")]
        for number in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
