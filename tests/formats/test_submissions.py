"""Submissions to WMT25: texts with line breaks, in several languages, some of which failed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evalharness.formats.hypotheses import read_hypotheses

from ..conftest import CommandLine


def jsonl(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows))
    return path


def of(path: Path, target: str, ids: list[str]) -> list[str | None]:
    made = read_hypotheses(path.read_bytes(), path, lambda tag: tag == target)
    return made.of(ids, list(range(len(ids))), "src", len(ids))


def test_a_real_submission_is_joined_on_its_documents(shared_data: Path):
    path = shared_data / "wmt25/CUNI-DocTransformer.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    czech = [row for row in rows if row["doc_id"].startswith("en-cs_CZ")]
    assert len(czech) > 10
    ids = [row["doc_id"] for row in reversed(czech)]
    made = of(path, "cs", ids)
    assert made == [row["hypothesis"] for row in reversed(czech)]
    assert any(text and "\n" in text for text in made)


def test_paragraphs_are_split_as_the_source_was(
    shared_data: Path, tmp_path: Path, evalharness: CommandLine
):
    path = shared_data / "wmt25/CUNI-DocTransformer.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    czech = [row for row in rows if row["doc_id"].startswith("en-cs_CZ")]
    several = [row for row in czech if "\n\n" in row["hypothesis"]]
    assert several
    sources = [
        {"doc_id": row["doc_id"], "src_text": row["hypothesis"], "refs": {"A": {"ref": "x"}}}
        for row in czech
    ]
    for row in sources:
        count = len(row["src_text"].strip().split("\n\n"))
        row["refs"] = {"A": {"ref": "\n\n".join(["x"] * count)}}
    jsonl(tmp_path / "src.jsonl", sources)
    words = ["-t", "src.jsonl", "-i", f"cuni={path}", "-l", "en-cs", "-m", "chrf"]
    outcome = evalharness("score", *words, "testset.split=paragraphs", "-f", "json")
    assert outcome.code == 0, outcome.err
    (kept,) = (tmp_path / "results").glob("runs/*/cuni.*/segments.jsonl")
    made = [json.loads(line) for line in kept.read_text().splitlines()]
    assert len(made) == sum(len(row["src_text"].strip().split("\n\n")) for row in sources)
    assert all(row["hypothesis"] == row["source"] for row in made)
    assert {row["document"] for row in made} == {row["doc_id"] for row in czech}


@pytest.mark.parametrize("hypothesis", ["FAILED", None, "one\n\ntwo\n\nthree"])
def test_what_failed_is_a_failure_and_no_text(
    tmp_path: Path, evalharness: CommandLine, hypothesis: str | None
):
    sources = [
        {"doc_id": "a", "src_text": "bir\n\niki", "refs.A.ref": "one\n\ntwo"},
        {"doc_id": "b", "src_text": "üç", "refs.A.ref": "three"},
    ]
    jsonl(tmp_path / "src.jsonl", sources)
    outputs = [{"doc_id": "b", "hypothesis": "three"}, {"doc_id": "a", "hypothesis": hypothesis}]
    jsonl(tmp_path / "out.jsonl", outputs)
    words = ["-t", "src.jsonl", "-i", "out.jsonl", "-l", "tr-en", "testset.split=paragraphs"]
    outcome = evalharness("score", *words)
    shown = " ".join(outcome.out.split())
    assert "2 of 3 segments failed" in shown
    (path,) = (tmp_path / "results").glob("runs/*/out.*/segments.jsonl")
    made = [json.loads(line)["hypothesis"] for line in path.read_text().splitlines()]
    assert made == [None, None, "three"]
