"""Outputs that already exist."""

from __future__ import annotations

import json
from pathlib import Path

from evalharness.systems import FileSystem

from ..conftest import CommandLine, text_testset


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
