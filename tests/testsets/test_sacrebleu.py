"""SacreBLEU's test sets: what its own reader gives, ours gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sacrebleu.dataset
import sacrebleu.dataset.base

from evalharness.errors import EvalHarnessError
from evalharness.testsets import SacrebleuTestSet

from ..conftest import CommandLine, in_new_process

LINES = {
    "src": ["bir elma", "iki  deniz", "üç güneş"],
    "ref": ["one apple", "two seas", "three suns"],
    "docid": ["a", "a", "b"],
    "genre": ["news", "news", "news"],
    "origlang": ["tr", "tr", "en"],
}


@pytest.fixture
def wmt18(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sacrebleu.dataset.base.Dataset:
    """wmt18 tr-en, already in sacreBLEU's cache."""
    dataset = sacrebleu.dataset.DATASETS["wmt18"]
    monkeypatch.setattr(dataset, "_outdir", str(tmp_path / "wmt18"))
    (tmp_path / "wmt18").mkdir()
    for name, lines in LINES.items():
        text = "".join(f"{line}\n" for line in lines)
        (tmp_path / f"wmt18/wmt18.tr-en.{name}").write_text(text, encoding="utf-8")
    return dataset


def test_it_gives_what_sacrebleu_gives(wmt18: sacrebleu.dataset.base.Dataset):
    (bitext,) = SacrebleuTestSet("wmt18", ["tr-en"]).load()
    assert [segment.source for segment in bitext.segments] == list(wmt18.source("tr-en"))
    theirs = [texts[0].rstrip("\n") for texts in wmt18.references("tr-en")]
    assert [segment.references[0] for segment in bitext.segments] == theirs
    assert [segment.document for segment in bitext.segments] == LINES["docid"]
    assert [segment.facts["origlang"] for segment in bitext.segments] == LINES["origlang"]
    assert bitext.provenance == ("human",)


def test_the_command_scores_against_it(
    wmt18: sacrebleu.dataset.base.Dataset, tmp_path: Path, evalharness: CommandLine
):
    (tmp_path / "out.txt").write_text("one apple\ntwo seas\nthree\n")
    words = ["-t", "sacrebleu:wmt18", "-l", "tr-en", "-i", str(tmp_path / "out.txt"), "-m", "bleu"]
    outcome = evalharness("score", *words, "-f", "json")
    assert outcome.code == 0, outcome.err
    (run,) = json.loads(outcome.out)["runs"]
    theirs = sacrebleu.corpus_bleu(["one apple", "two seas", "three"], [LINES["ref"]]).score
    assert run["scores"][0]["score"] == pytest.approx(theirs, abs=1e-9)


def test_its_cache_is_the_one_that_sacrebleu_names(tmp_path: Path):
    """Filled beforehand; nothing is downloaded."""
    folder = tmp_path / "cache/wmt18"
    folder.mkdir(parents=True)
    for name, lines in LINES.items():
        text = "".join(f"{line}\n" for line in lines)
        (folder / f"wmt18.tr-en.{name}").write_text(text, encoding="utf-8")
    words = ["testset=sacrebleu", "testset.name=wmt18", "testset.pairs=[tr-en]", "model=copy"]
    done = in_new_process(*words, "metric=bleu", cwd=tmp_path, SACREBLEU=str(tmp_path / "cache"))
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "results").glob("runs/wmt18.tr-en/copy.*/segments.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    theirs = sacrebleu.dataset.base.Dataset._clean
    assert [row["source"] for row in rows] == LINES["src"]
    assert [theirs(row["references"][0]) for row in rows] == LINES["ref"]


WRONG = {
    "a name that nobody knows": (SacrebleuTestSet("wmt99", ["tr-en"]), "no test set 'wmt99'"),
    "a pair that it lacks": (SacrebleuTestSet("wmt18", ["tr-ar"]), "wmt18 has no tr-ar"),
    "a reference that it lacks": (
        SacrebleuTestSet("wmt18", ["tr-en"], ["ref:Z"]),
        "no reference 'ref:Z'",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_one_line(wmt18: sacrebleu.dataset.base.Dataset, case: str):
    testset, error = WRONG[case]
    with pytest.raises(EvalHarnessError) as raised:
        testset.load()
    assert error in str(raised.value)
    assert "\n" not in str(raised.value)


def test_files_of_unequal_length_are_refused(wmt18: sacrebleu.dataset.base.Dataset, tmp_path: Path):
    path = tmp_path / "wmt18/wmt18.tr-en.ref"
    path.write_text("one\n")
    with pytest.raises(EvalHarnessError, match=r"1 lines, but .* has 3"):
        SacrebleuTestSet("wmt18", ["tr-en"]).load()


def test_a_subset_has_a_name_that_folders_bear():
    assert SacrebleuTestSet("wmt21/AB", ["cs-en"]).name == "wmt21_AB"
