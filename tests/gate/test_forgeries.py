"""The gate rests on hypotheses and on what its user configured, not on what files say of them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sacrebleu

from ..conftest import CommandLine, Outcome, read_scores
from ..finished import BLEU, CHRF, bitext, finished

pytestmark = pytest.mark.sweep

REFERENCES = [f"this is reference number {n} of the whole test set" for n in range(40)]
GOOD = [text.replace("whole ", "") for text in REFERENCES]
GARBAGE = [f"x y z {n}" for n in range(40)]


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A good system in `then`, garbage in `now`, both in two language pairs."""
    for lang in ("ar", "tr"):
        news = bitext(REFERENCES, lang=lang)
        finished(tmp_path / "then", "good", news, GOOD, BLEU, CHRF)
        finished(tmp_path / "now", "garbage", news, GARBAGE, BLEU, CHRF)
    return tmp_path


@pytest.fixture
def baseline(team: Path, evalharness: CommandLine) -> Path:
    assert evalharness("gate", "update=true", "baseline=base", "candidate=then").code == 0
    return team / "base"


def edit(path: Path, change: Callable[[dict], object]) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content, indent=2))


def forge(results: Path) -> None:
    """The scores and statistics of perfect outputs, over the hypotheses that are there."""
    perfect = results.parent / "perfect"
    for lang in ("ar", "tr"):
        record = finished(perfect, "perfect", bitext(REFERENCES, lang=lang), REFERENCES, BLEU, CHRF)
        (to,) = results.glob(f"runs/news.{lang}-en/*")
        shutil.copy(perfect / record.folder / "statistics.npz", to / "statistics.npz")
        content = json.loads((to / "scores.json").read_text())
        content["scores"] = json.loads((perfect / record.folder / "scores.json").read_text())[
            "scores"
        ]
        (to / "scores.json").write_text(json.dumps(content))


def gate(evalharness: CommandLine, *overrides: str) -> Outcome:
    return evalharness("gate", "baseline=base", "candidate=now", *overrides)


def test_statistics_that_are_not_of_the_hypotheses_fail(
    baseline: Path, team: Path, evalharness: CommandLine
):
    forge(team / "now")
    outcome = gate(evalharness)
    assert outcome.code == 1
    garbage = sacrebleu.corpus_chrf(GARBAGE, [REFERENCES]).score
    answer = " ".join(outcome.out.split())
    assert f"its run folder says 100.0000, its hypotheses give {garbage:.4f}" in answer
    assert "FAIL: 4 fail" in answer
    outcome = gate(evalharness, "metric=[]")  # the user's own choice
    assert outcome.code == 0
    believed = "recorded statistics believed, not scored again: news ar-en BLEU, news ar-en chrF2"
    assert believed in " ".join(outcome.out.split())
    assert evalharness("gate", "update=true", "baseline=new", "candidate=now").code == 2
    assert not (team / "new").exists()


def test_statistics_of_a_baseline_that_are_not_of_its_hypotheses_are_damage(
    baseline: Path, team: Path, evalharness: CommandLine
):
    """A baseline that says its good outputs are bad would let everything pass."""
    assert evalharness("gate", "update=true", "baseline=low", "candidate=now").code == 0
    for lang in ("ar", "tr"):
        low, held = (
            [json.loads(line) for line in path.read_text().splitlines()]
            for path in (team / f"low/news.{lang}-en.jsonl", baseline / f"news.{lang}-en.jsonl")
        )
        lines = [
            json.dumps({**good, "statistics": bad["statistics"]})
            for good, bad in zip(held, low, strict=True)
        ]
        (baseline / f"news.{lang}-en.jsonl").write_text("\n".join(lines) + "\n")
    lowered = json.loads((team / "low/baseline.json").read_text())
    for run in lowered["runs"]:
        run["system"] = "good"
    (baseline / "baseline.json").write_text(json.dumps(lowered))
    outcome = gate(evalharness)
    assert outcome.code == 2
    assert "damaged: its hypotheses give BLEU" in outcome.err


FORGED = {
    "no hypotheses": (
        lambda run: (run / "segments.jsonl").write_text(
            (run / "segments.jsonl")
            .read_text()
            .replace('"hypothesis": "x y z 7"', '"hypothesis": null')
        ),
        "1 of 40 segments failed, and yet it has a score",
    ),
}


@pytest.mark.parametrize("case", FORGED)
@pytest.mark.parametrize("metrics", [[], ["metric=[]"]])
def test_a_candidate_that_contradicts_itself_fails(
    case: str, metrics: list[str], baseline: Path, team: Path, evalharness: CommandLine
):
    change, words = FORGED[case]
    for run in (team / "now").glob("runs/*/*"):
        change(run)
    outcome = gate(evalharness, *metrics)
    assert outcome.code == 1
    assert words in outcome.out


def test_a_candidate_with_a_direction_that_its_formula_does_not_have_is_damaged(
    baseline: Path, team: Path, evalharness: CommandLine
):
    def turn(content: dict) -> None:
        for score in content["scores"]:
            score["higher_is_better"] = False

    for run in (team / "now").glob("runs/*/*"):
        edit(run / "scores.json", turn)
    outcome = gate(evalharness)
    assert outcome.code == 2
    assert "damaged run: ValueError: BLEU: higher_is_better is False" in outcome.err


def test_a_metric_that_is_renamed_in_the_run_folder_is_another_metric(
    baseline: Path, team: Path, evalharness: CommandLine
):
    """What `choice` a run.json says, or what name, moves no margin: the baseline's holds."""
    for run in (team / "now").glob("runs/*/*"):
        edit(
            run / "run.json",
            lambda content: content["metrics"].update(
                BLEU={**content["metrics"]["chrF2"], "choice": "lax"}
            ),
        )
    outcome = gate(evalharness, "+margin.lax=1000", "format=json")
    assert (outcome.code, "margin.lax: no such metric or check" in outcome.err) == (2, True)
    outcome = gate(evalharness, "format=json")
    verdicts = json.loads(outcome.out)["verdicts"]
    margins = {verdict["metric"]: verdict["measured"]["margin"] for verdict in verdicts}
    assert (outcome.code, margins) == (1, {"BLEU": 1.0, "chrF2": 0.75})
    for run in (team / "now").glob("runs/*/*"):
        edit(
            run / "scores.json",
            lambda content: (
                [score.update(metric="BLEU") for score in content["scores"][1:]]
                and content["scores"].pop(0)
            ),
        )
    outcome = gate(evalharness)
    assert outcome.code == 1
    assert "BLEU: fail: computed in another way" in outcome.out
    assert "chrF2: fail: the candidate was not scored with it" in outcome.out


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *who, *arguments],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.fixture
def repository(baseline: Path, team: Path) -> Path:
    """The baseline committed to a branch `main`, and a branch of a contributor's checked out."""
    git(team, "init", "-q", "-b", "main")
    git(team, "add", "base")
    git(team, "commit", "-q", "-m", "A baseline")
    git(team, "checkout", "-q", "-b", "change")
    return team


def without_arabic(folder: Path) -> None:
    edit(folder / "baseline.json", lambda content: content["runs"].pop(0))
    (folder / "news.ar-en.jsonl").unlink()


def with_wide_margins(folder: Path) -> None:
    def widen(content: dict) -> None:
        for run in content["runs"]:
            run["metrics"] = {metric: {"margin": 1000} for metric in run["metrics"]}

    edit(folder / "baseline.json", widen)


def with_a_link(folder: Path) -> None:
    shutil.move(folder, folder.with_name("other"))
    without_arabic(folder.with_name("other"))
    folder.symlink_to("other")


CHANGES = {
    "a pair deleted": without_arabic,
    "wide margins": with_wide_margins,
    "no baseline at all": shutil.rmtree,
    "a link to another folder": with_a_link,
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_cannot_move_its_own_bar(case: str, repository: Path, evalharness: CommandLine):
    for run in (repository / "now").glob("runs/*tr-en/*"):  # all that it does well
        shutil.rmtree(run)
    finished(repository / "now", "garbage", bitext(REFERENCES), GOOD, BLEU, CHRF)
    CHANGES[case](repository / "base")
    git(repository, "add", "-A", ".")
    git(repository, "commit", "-q", "-m", "A change")
    outcome = gate(evalharness, "gate.base=main")
    assert outcome.code == 1
    assert "news ar-en BLEU: fail: worse by at least" in outcome.out
    assert "news ar-en chrF2: fail: worse by at least" in outcome.out
    assert "FAIL: 2 pass, 2 fail" in outcome.out
    assert "baseline and margins: main:base (commit " in outcome.out
    outcome = gate(evalharness, "gate.base=main", "margin.bleu=1000")
    assert outcome.code == 2
    assert "margin.bleu: 1000, but the baseline of main holds 1 for BLEU" in outcome.err
    assert gate(evalharness, "gate.base=main", "margin.bleu=0.5").code == 1


def test_a_repository_is_found_from_anywhere(
    repository: Path, evalharness: CommandLine, monkeypatch: pytest.MonkeyPatch
):
    (repository / "sub").mkdir()
    monkeypatch.chdir(repository / "sub")
    for folder in ("../base", str(repository / "base")):
        overrides = [f"baseline={folder}", "candidate=../then", "gate.base=main"]
        assert evalharness("gate", *overrides).code == 0
    monkeypatch.chdir("/")
    whole = [f"baseline={repository}/base", f"candidate={repository}/then"]
    assert evalharness("gate", *whole, "gate.base=main").code == 0


REVISIONS = {
    "no such revision": (["gate.base=nowhere"], "gate.base=nowhere: no such revision; fetch it"),
    "an option of git's": (["gate.base=--help"], "no such revision"),
    "no such folder": (["gate.base=main", "baseline=else"], "main:else: no such folder in that"),
    "a file": (["gate.base=main", "baseline=base/README.md"], "no such folder in that revision"),
    "no repository": (
        ["gate.base=main", "baseline=/base"],
        "/base: lies in no working tree of git",
    ),
    "an update": (["gate.base=main", "update=true"], "gate.base: a baseline is written into"),
    "a link": (["gate.base=linked", "baseline=base"], "linked:base/news.tr-en.jsonl: a link or"),
    "a submodule": (["gate.base=nested", "baseline=base"], "nested:base/inner: a link or a sub"),
    "a linked folder": (["gate.base=linked", "baseline=way"], "linked:way: no such folder in that"),
}


@pytest.mark.parametrize("case", REVISIONS)
def test_a_revision_that_cannot_be_read_is_told(
    case: str, repository: Path, evalharness: CommandLine
):
    git(repository, "checkout", "-q", "-b", "linked")
    (repository / "base/news.tr-en.jsonl").unlink()
    (repository / "base/news.tr-en.jsonl").symlink_to("/etc/passwd")
    (repository / "way").symlink_to("base")
    git(repository, "add", "-A", ".")
    git(repository, "commit", "-q", "-m", "Links")
    git(repository, "checkout", "-q", "-b", "nested", "main")
    commit = "1" * 40
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{commit},base/inner")
    git(repository, "commit", "-q", "-m", "A submodule")
    git(repository, "checkout", "-q", "-f", "main")
    overrides, words = REVISIONS[case]
    outcome = gate(evalharness, *overrides)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert words in outcome.err


def test_a_file_that_git_has_lost_is_told(repository: Path, evalharness: CommandLine):
    content = (repository / "base/news.tr-en.jsonl").read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    outcome = gate(evalharness, "gate.base=main")
    assert outcome.code == 2
    assert "error: main:base/news." in outcome.err
    assert "jsonl: cannot be read: git has no such object; fetch it again" in outcome.err


def test_a_poisoned_store_does_not_matter_to_a_run_that_does_not_read_it(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    assert evalharness("model=copy", *small).code == 0
    honest = read_scores(tmp_path / "results")["copy"]["chrF2"]["score"]
    (kept,) = (tmp_path / "results/store/translations").glob("*/*.jsonl")
    references = (tmp_path / "ref.txt").read_text().splitlines()
    lines = [json.loads(line) for line in kept.read_text().splitlines()]
    sources = (tmp_path / "src.txt").read_text().splitlines()
    answers = dict(zip(sources, references, strict=True))
    poisoned = [json.dumps({**line, "text": answers[line["source"]]}) for line in lines]
    kept.write_text("\n".join(poisoned) + "\n")
    for read, expected in (("true", 100.0), ("false", honest)):
        assert evalharness("model=copy", *small, f"store.read={read}").code == 0
        found = read_scores(tmp_path / "results")["copy"]["chrF2"]["score"]
        assert found == pytest.approx(expected)
    assert len(list(kept.parent.glob("*.jsonl"))) == 2  # what is new is kept


def test_a_metric_that_depends_on_the_target_language_is_configured_for_it(
    evalharness: CommandLine, small: list[str]
):
    assert evalharness("model=copy", *small, "testset.target_lang=zh", "metric=bleu").code == 0
    assert evalharness("gate", "update=true", "baseline=base").code == 0
    outcome = evalharness("gate", "baseline=base", "format=json")
    (verdict,) = json.loads(outcome.out)["verdicts"]
    assert verdict["measured"]["believed"] == ""
    assert "tok:zh" in (Path("base") / "baseline.json").read_text()


def test_statistics_of_another_shape_are_told(baseline: Path, team: Path, evalharness: CommandLine):
    for run in (team / "now").glob("runs/*/*"):
        buffer = io.BytesIO()
        np.savez(buffer, BLEU=np.ones((40, 12)), chrF2=np.ones((40, 3)))
        (run / "statistics.npz").write_bytes(buffer.getvalue())
    outcome = gate(evalharness, "metric=[]")
    assert outcome.code == 2
    assert "no statistics of BLEU: (40, 12)" in outcome.err


@pytest.mark.parametrize("remote", ["another program", "a program of its protocol"])
def test_a_repository_of_strangers_runs_no_program(
    remote: str, repository: Path, evalharness: CommandLine
):
    """Git asks a remote for an object that is missing, and the repository says how."""
    marker = repository / "marker"
    identity = git(repository, "rev-parse", "main:base/baseline.json").strip()
    (repository / ".git/objects" / identity[:2] / identity[2:]).unlink()
    programs = {
        "another program": (str(repository), "remote.origin.uploadpack", f"touch {marker};"),
        "a program of its protocol": (
            f"ext::sh -c touch% {marker}",
            "protocol.ext.allow",
            "always",
        ),
    }
    url, key, value = programs[remote]
    for name, setting in (
        ("core.repositoryformatversion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", url),
        (key, value),
    ):
        git(repository, "config", name, setting)
    outcome = gate(evalharness, "gate.base=main")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "main:base/baseline.json: cannot be read: git has no such object" in outcome.err
    assert not marker.exists()
