"""Parallel text files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evalharness.errors import EvalHarnessError
from evalharness.testsets import Bitext, TextTestSet

from ..conftest import CommandLine


@pytest.fixture
def ntrex(shared_data: Path) -> Bitext:
    folder = shared_data / "ntrex"
    testset = TextTestSet(
        name="ntrex",
        source_lang="tr",
        target_lang="en",
        source=str(folder / "newstest2019-ref.tur.txt"),
        references=[
            str(folder / "newstest2019-src.eng.txt"),
            str(folder / "newstest2019-ref.eng-GB.txt"),
        ],
        documents=str(folder / "DOCUMENT_IDS.tsv"),
        provenance="human",
    )
    (bitext,) = testset.load()
    return bitext


def test_ntrex_has_its_published_size(ntrex: Bitext):
    assert len(ntrex.segments) == ntrex.source_lines == 1997
    assert len({segment.document for segment in ntrex.segments}) == 123
    assert {len(segment.references) for segment in ntrex.segments} == {2}


def load(tmp_path: Path, source: str, *references: str, **options: str) -> Bitext:
    (tmp_path / "src.txt").write_text(source, encoding="utf-8")
    paths = []
    for number, text in enumerate(references):
        paths.append(tmp_path / f"ref{number}.txt")
        paths[-1].write_text(text, encoding="utf-8")
    (bitext,) = TextTestSet(
        source_lang="tr",
        target_lang="en",
        source=str(tmp_path / "src.txt"),
        references=[str(path) for path in paths],
        **options,
    ).load()
    return bitext


def test_a_language_has_one_spelling_and_so_one_digest_and_one_key(tmp_path: Path):
    (tmp_path / "ref.txt").write_text("A\n", encoding="utf-8")
    made = [
        TextTestSet(
            source_lang=tag, target_lang="eng", source=None, references=[str(tmp_path / "ref.txt")]
        ).load()[0]
        for tag in ("tr", "TR", "tur", "tur_Latn")
    ]
    assert {bitext.pair for bitext in made} == {"tr-en"}
    assert len({bitext.digest for bitext in made}) == 1


def test_a_reference_may_leave_a_segment_out(tmp_path: Path):
    bitext = load(tmp_path, "a\nb\nc\n", "A\n\nC\n", "A2\nB2\n\n")
    assert [s.references for s in bitext.segments] == [("A", "A2"), ("B2",), ("C",)]


def test_a_segment_that_no_reference_covers_is_left_out_and_said(tmp_path: Path):
    bitext = load(tmp_path, "a\nb\nc\n", "A\n\nC\n")
    assert [(s.id, s.position) for s in bitext.segments] == [("1", 0), ("3", 2)]
    assert bitext.source_lines == 3
    assert bitext.notes == ("left out: no reference, 1 segments",)


def test_without_references_every_segment_is_scored_and_the_provenance_says_so(tmp_path: Path):
    bitext = load(tmp_path, "a\n\nc\n", on_empty="skip")
    assert [(s.id, s.source, s.references) for s in bitext.segments] == [
        ("1", "a", ()),
        ("3", "c", ()),
    ]
    assert bitext.provenance == ("none",)
    assert bitext.notes == ("left out: empty source, line 2",)
    with pytest.raises(EvalHarnessError, match="no segment left: no line has a source"):
        load(tmp_path, "\n", on_empty="skip")


def test_nobody_made_references_that_are_not_there(tmp_path: Path):
    with pytest.raises(EvalHarnessError, match="provenance: human, but there are no references"):
        load(tmp_path, "a\n", provenance="human")


def test_odd_separators_never_split_a_segment(tmp_path: Path):
    bitext = load(tmp_path, "a\u2028b\x0cc\x85d\nsecond\n", "A\nB\n")
    assert [s.source for s in bitext.segments] == ["a\u2028b\x0cc\x85d", "second"]


def test_the_digest_depends_on_every_part(tmp_path: Path):
    documents = tmp_path / "ids.txt"
    documents.write_text("one\ntwo\n")
    digests = [
        load(tmp_path, "a\nb\n", "A\nB\n").digest,
        load(tmp_path, "a\nb!\n", "A\nB\n").digest,
        load(tmp_path, "a\nb\n", "A\nB!\n").digest,
        load(tmp_path, "a\nb\n", "A\nB\n", "A\nB\n").digest,
        load(tmp_path, "a\nb\n", "A\nB\n", name="other").digest,
        load(tmp_path, "a\nb\n", "A\nB\n", provenance="human").digest,
        load(tmp_path, "a\nb\n", "A\nB\n").first(1).digest,
        load(tmp_path, "a\nb\n", "A\nB\n", documents=str(documents)).digest,
        load(tmp_path, "a\nb\n").digest,
    ]
    assert len(set(digests)) == len(digests)
    assert load(tmp_path, "a\nb\n", "A\nB\n").digest == digests[0]


def test_each_reference_has_its_maker_and_the_board_says_which(
    evalharness: CommandLine, tmp_path: Path
):
    for name, text in (("s", "elma\nsu\n"), ("a", "apple\nwater\n"), ("b", "an apple\nwater\n")):
        (tmp_path / name).write_text(text)
    testset = ["testset=text", "testset.source_lang=tr", "testset.target_lang=en"]
    words = ["model=file", "model.path=a", *testset, "testset.source=s", "metric=[bleu]"]
    words += ["testset.references=[a,b]", "testset.reference_names=[refA,refP]"]
    outcome = evalharness(*words, "testset.provenance=[human,post-edited]")
    assert outcome.code == 0, outcome.err
    assert "references are POST-EDITED" in outcome.out
    (path,) = Path("results/runs").glob("*/*/run.json")
    about = json.loads(path.read_text())["testset"]
    assert about["references"] == ["human", "post-edited"]
    assert about["reference_makers"] == ["human", "post-edited"]
    board = Path("results/leaderboard.csv").read_text()
    assert "|references:human+post-edited|order:refA(human)+refP(post-edited)" in board
    for wrong in ("[human]", "[human,people]", "5", "null"):
        outcome = evalharness(*words, f"testset.provenance={wrong}")
        assert (outcome.code, "Traceback" in outcome.err) == (2, False), wrong
        assert "provenance: " in outcome.err
