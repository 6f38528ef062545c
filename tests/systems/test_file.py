"""Outputs that already exist."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evalharness.systems import FileSystem

from ..conftest import CommandLine, read_scores, text_testset


def test_the_name_is_the_files_unless_given():
    assert FileSystem("runs/big.system.en").name == "big.system"
    assert FileSystem("runs/big.system.en", name="big").name == "big"


def test_the_fingerprint_is_of_the_content(tmp_path: Path):
    for name, text in (("a", "one\n"), ("b", "one\n"), ("c", "two\n")):
        (tmp_path / name).write_text(text)
    a, b, c = (FileSystem(str(tmp_path / n)).fingerprint("tr", "en") for n in "abc")
    assert a == b != c


def test_hypotheses_stay_with_their_lines_when_segments_are_left_out(
    evalharness: CommandLine, tmp_path: Path
):
    (tmp_path / "src.txt").write_text("a\n\nc\nd\n")
    (tmp_path / "ref.txt").write_text("A\nB\n\nD\n")
    (tmp_path / "out.txt").write_text("first\nsecond\nthird\nfourth\n")
    outcome = evalharness(
        "model=file",
        "model.path=out.txt",
        *text_testset("src.txt", "ref.txt"),
        "testset.on_empty=skip",
        "bootstrap.resamples=40",
    )
    assert outcome.code == 0
    (path,) = (tmp_path / "results").glob("runs/*/*/segments.jsonl")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(row["id"], row["source"], row["references"], row["hypothesis"]) for row in rows] == [
        ("1", "a", ["A"], "first"),
        ("4", "d", ["D"], "fourth"),
    ]


def test_one_path_serves_several_pairs(evalharness: CommandLine, tmp_path: Path):
    (tmp_path / "tr-en.txt").write_text("Turkey\n" * 24)
    (tmp_path / "ar-en.txt").write_text("Libya\n" * 31)
    outcome = evalharness(
        "model=file", "model.name=mine", "model.path='{source_lang}-{target_lang}.txt'"
    )
    assert outcome.code == 0
    for lang, word in (("tr", "Turkey"), ("ar", "Libya")):
        (path,) = (tmp_path / "results").glob(f"runs/statements.{lang}-en/mine.*/segments.jsonl")
        assert {json.loads(line)["hypothesis"] for line in path.read_text().splitlines()} == {word}


def test_what_files_are_like_stands_under_the_table_and_scores_are_sacrebleus(
    evalharness: CommandLine, tmp_path: Path
):
    mark = "\ufeff".encode()
    (tmp_path / "src.txt").write_bytes(mark + b"a\nb\nc\nd\n")
    (tmp_path / "ref.txt").write_bytes(
        b"the red apple fell\r\nthe blue sea is cold\r\nno\r\nyes\r\n"
    )
    parts = (b"the red apple fell\n", b"the blue sea is cold\n\xe2\x80\x8b\n\n")
    (tmp_path / "out.txt").write_bytes(mark.join(parts))  # put together: no mark at the beginning
    outcome = evalharness(
        "model=file",
        "model.path=out.txt",
        *text_testset("src.txt", "ref.txt"),
        "metric=[bleu,chrf,ter]",
        "bootstrap.resamples=40",
    )
    assert outcome.code == 0
    out = " ".join(outcome.out.split())
    noted = (
        "text tr-en: src.txt: the byte-order mark at the beginning was dropped (sacreBLEU would",
        "text tr-en: ref.txt: 4 of 4 lines end in \\r\\n; the \\r was dropped",
        "out: out.txt: byte-order marks (U+FEFF) inside, as in files put together: line 2; they",
        "empty (the hypothesis has no visible character): out text tr-en 2 of 4",
    )
    assert [note for note in noted if note not in out] == []
    (path,) = (tmp_path / "results").glob("runs/*/*/run.json")
    run = json.loads(path.read_text())
    scores = json.loads(path.with_name("scores.json").read_text())
    assert [rate["count"] for rate in scores["checks"] if rate["check"] == "empty"] == [2]
    assert [note.split(":")[0] for note in run["testset"]["notes"]] == ["src.txt", "ref.txt"]
    assert [note.split(":")[0] for note in run["notes"]] == ["out.txt"]
    command = ["sacrebleu", "ref.txt", "-i", "out.txt", "-m", "bleu", "chrf", "ter", "-b", "-w12"]
    theirs = subprocess.run(
        [sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    ours = read_scores(tmp_path / "results")["out"]
    scores = [ours[metric]["score"] for metric in ("BLEU", "chrF2", "TER")]
    assert scores == pytest.approx(json.loads(theirs.stdout), abs=1e-9)


@pytest.mark.sample
def test_a_name_is_made_of_one_that_no_folder_can_have(
    tmp_path: Path, evalharness: CommandLine, small: list[str]
):
    called = {}
    for name in ("çıktı (1).txt", "ترجمة.txt", "ترجمة أخرى.txt"):
        (tmp_path / name).write_text("red apple\nblue sea\nyellow sun\n")
        ran = evalharness("model=file", f"model.path={name}", *small, "metric=chrf")
        assert ran.code == 0, ran.err
        (line,) = [line for line in ran.err.splitlines() if "cannot name a folder" in line]
        assert name in line
        called[name] = line.rpartition(" ")[2]
        scored = evalharness(
            *[
                "score",
                "-r",
                "ref.txt",
                "-s",
                "src.txt",
                "-l",
                "tr-en",
                "-m",
                "chrf",
                "-f",
                "json",
                "-i",
            ],
            name,
        )
        assert json.loads(scored.out)["runs"][0]["system"] == called[name]
        assert "cannot name a folder" in scored.err
    assert called["çıktı (1).txt"] == "cikti-1"
    assert len(set(called.values())) == 3
    assert set(read_scores(tmp_path / "results")) == set(called.values())
