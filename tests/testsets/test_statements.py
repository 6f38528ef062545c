"""The statements and their references."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
import yaml

from evalharness.errors import EvalHarnessError
from evalharness.testsets import Bitext, StatementsTestSet

from ..conftest import ROOT

STATEMENT = "libya-joint-statement"
# The digests of the two files as they were published.
PUBLISHED = {
    "tr": "b5032c2434354f970e6b52bfb38920c030541de2d5535053bf76f16a35cf6e8b",
    "ar": "25b79dc8eed0d8610e1bcaff782d6a79d2170d39a84c1d3409202ef819cdc438",
}
# Line by line: the headline, the lead, the paragraphs and the list; nothing of the page around.
STATEMENT_LINES = {"tr": range(2, 12), "ar": (3, 6, 8, 10, 12, 14, 16, 18, 20)}
# What the joint statement says, in its official terms: the words, and how many lines have them.
TERMS = {
    "tr": {
        "8 January": 1,
        "Istanbul": 1,
        "sovereignty, independence, unity and territorial integrity": 1,
        "purposes and principles of the UN Charter": 1,
        "no military solution": 1,
        "Libyan-led, Libyan-owned": 1,
        "designated by the UN Security Council": 1,
        "lasting and sustainable ceasefire": 2,
        "Berlin Conference": 1,
        "humanitarian access": 1,
        "Joint Working Group": 1,
        "Moscow": 1,
    },
    "ar": {
        "8 January 2020": 1,
        "Istanbul": 1,
        "sovereignty, independence, unity and territorial integrity": 1,
        "purposes and principles of the United Nations Charter": 1,
        "no military solution": 1,
        "Libyan-led and Libyan-owned": 1,
        "designated by the UN Security Council": 1,
        "lasting and sustainable ceasefire": 1,
        "Berlin Conference": 1,
        "humanitarian assistance": 1,
        "Joint Working Group": 2,
        "Moscow": 2,
    },
}


@pytest.fixture(scope="module")
def bitexts() -> dict[str, Bitext]:
    return {b.source_lang: b for b in StatementsTestSet(target_lang="en").load()}


@pytest.fixture
def copied(tmp_path: Path) -> StatementsTestSet:
    """The statements in folders that a test may change."""
    for name in ("seeds", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return StatementsTestSet(
        target_lang="en",
        seeds_dir=str(tmp_path / "seeds"),
        references_dir=str(tmp_path / "references"),
    )


def edit_provenance(tmp_path: Path, **changes: object) -> None:
    path = tmp_path / "references/provenance.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["references"][f"en/tr/{STATEMENT}.A.txt"].update(changes)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


@pytest.mark.parametrize("lang", PUBLISHED)
def test_seeds_are_byte_for_byte_as_published(lang: str):
    seed = ROOT / "seeds" / lang / f"{STATEMENT}.txt"
    assert hashlib.sha256(seed.read_bytes()).hexdigest() == PUBLISHED[lang]


def test_seeds_equal_the_shared_ones(shared_data: Path):
    shared = {hashlib.sha256(p.read_bytes()).hexdigest() for p in (shared_data / "seeds").iterdir()}
    assert shared == set(PUBLISHED.values())


@pytest.mark.parametrize("lang", PUBLISHED)
def test_exactly_the_statement_is_scored(lang: str, bitexts: dict[str, Bitext]):
    scored = [segment.position + 1 for segment in bitexts[lang].segments]
    assert scored == list(STATEMENT_LINES[lang])
    assert [segment.id for segment in bitexts[lang].segments] == [
        f"{STATEMENT}:{line}" for line in STATEMENT_LINES[lang]
    ]


@pytest.mark.parametrize("lang", PUBLISHED)
def test_references_keep_the_facts_in_the_official_terms(lang: str, bitexts: dict[str, Bitext]):
    references = [segment.references[0] for segment in bitexts[lang].segments]
    for term, lines in TERMS[lang].items():
        assert sum(term in reference for reference in references) == lines, term
    assert not any("Nar" in reference for reference in references)


@pytest.mark.parametrize("lang", PUBLISHED)
def test_references_keep_the_numbers_of_their_source(lang: str, bitexts: dict[str, Bitext]):
    for segment in bitexts[lang].segments:
        digits = "".join(c if c.isdigit() else " " for c in segment.source).split()
        assert [word for word in digits if word not in segment.references[0]] == []


def test_no_reference_passes_for_human(bitexts: dict[str, Bitext]):
    assert {bitext.provenance for bitext in bitexts.values()} == {("machine-drafted",)}


def test_russian_lines_are_reported_and_left_out(bitexts: dict[str, Bitext]):
    assert bitexts["tr"].notes == (
        f"tr/{STATEMENT}.txt: left out: lines 14, 16, 20: Russian, not Turkish",
    )
    assert bitexts["ar"].notes == ()


def test_a_foreign_line_is_left_out_although_it_has_a_reference(
    copied: StatementsTestSet, tmp_path: Path
):
    path = tmp_path / f"references/en/tr/{STATEMENT}.A.txt"
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[13] = "A headline in Russian."
    path.write_text("\n".join(lines), encoding="utf-8")
    turkish = next(bitext for bitext in copied.load() if bitext.source_lang == "tr")
    assert 13 not in {segment.position for segment in turkish.segments}


def test_every_further_reference_is_used(copied: StatementsTestSet, tmp_path: Path):
    first = tmp_path / f"references/en/tr/{STATEMENT}.A.txt"
    lines = ["" if n == 5 else line for n, line in enumerate(first.read_text().split("\n"))]
    first.with_name(f"{STATEMENT}.official.txt").write_text("\n".join(lines))
    with pytest.raises(EvalHarnessError, match=r"no entry for en/tr/.*official"):
        copied.load()
    path = tmp_path / "references/provenance.yaml"
    content = yaml.safe_load(path.read_text())
    entry = dict(content["references"][f"en/tr/{STATEMENT}.A.txt"], made_by="human")
    content["references"][f"en/tr/{STATEMENT}.official.txt"] = entry
    path.write_text(yaml.safe_dump(content))
    turkish = next(bitext for bitext in copied.load() if bitext.source_lang == "tr")
    counts = {segment.position: len(segment.references) for segment in turkish.segments}
    assert counts == {line: 1 if line == 5 else 2 for line in range(1, 11)}
    assert turkish.provenance == ("human", "machine-drafted")


def test_a_reference_file_that_belongs_to_no_seed_is_named(
    copied: StatementsTestSet, tmp_path: Path
):
    first = tmp_path / f"references/en/tr/{STATEMENT}.A.txt"
    for name in (f"{STATEMENT}.txt", "libya-joint-statment.B.txt"):
        misnamed = first.with_name(name)
        misnamed.write_text(first.read_text(encoding="utf-8"), encoding="utf-8")
        with pytest.raises(EvalHarnessError, match=f"{name}: belongs to no seed"):
            copied.load()
        misnamed.unlink()
    first.unlink()
    with pytest.raises(EvalHarnessError, match=r"no such reference: en/tr/"):
        copied.load()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source_sha256": "0" * 64}, "another version of"),
        ({"made_by": "somebody"}, "made_by is 'somebody'"),
        ({"made_by": None}, "made_by is None"),
        ({"licence": ""}, "no licence"),
        ({"made_on": None}, "no made_on"),
    ],
)
def test_provenance_that_does_not_fit_stops_the_harness(
    changes: dict[str, object], message: str, copied: StatementsTestSet, tmp_path: Path
):
    edit_provenance(tmp_path, **changes)
    with pytest.raises(EvalHarnessError, match=message):
        copied.load()


def test_a_changed_seed_stops_the_harness(copied: StatementsTestSet, tmp_path: Path):
    seed = tmp_path / f"seeds/tr/{STATEMENT}.txt"
    seed.write_text(seed.read_text(encoding="utf-8").replace("Ankara", "İstanbul") + " ")
    with pytest.raises(EvalHarnessError, match="another version of"):
        copied.load()


def test_a_reference_with_other_lines_stops_the_harness(copied: StatementsTestSet, tmp_path: Path):
    reference = tmp_path / f"references/en/tr/{STATEMENT}.A.txt"
    lines = reference.read_text(encoding="utf-8").split("\n")
    reference.write_text("\n".join(lines[1:]), encoding="utf-8")
    with pytest.raises(EvalHarnessError, match=r"23 lines, but .* has 24"):
        copied.load()
    reference.write_text("\n".join(["stray", *lines[1:]]), encoding="utf-8")
    with pytest.raises(EvalHarnessError, match=r"text where .* is empty: line 1;"):
        copied.load()


def test_a_pivot_without_references_names_those_that_have_some(copied: StatementsTestSet):
    with pytest.raises(EvalHarnessError, match=r"'de'; pivots with references: en"):
        StatementsTestSet(target_lang="de").load()


def test_folders_and_options_may_spell_a_language_in_any_way(bitexts: dict[str, Bitext]):
    testset = StatementsTestSet(target_lang="ENG", source_langs=["arb_Arab", "ara", "tur"])
    spelled = testset.load()
    assert [bitext.pair for bitext in spelled] == ["ar-en", "tr-en"]
    assert [bitext.digest for bitext in spelled] == [bitexts[lang].digest for lang in ("ar", "tr")]


def test_the_digest_is_that_of_the_content_alone(bitexts: dict[str, Bitext], tmp_path: Path):
    for name in ("seeds", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    moved = StatementsTestSet(
        target_lang="en",
        seeds_dir=str(tmp_path / "seeds"),
        references_dir=str(tmp_path / "references"),
    )
    assert {b.digest for b in moved.load()} == {b.digest for b in bitexts.values()}
    edit_provenance(tmp_path, made_by="human")
    changed = {b.source_lang: b.digest for b in moved.load()}
    assert changed["ar"] == bitexts["ar"].digest
    assert changed["tr"] != bitexts["tr"].digest
