"""Checks on real outputs: laid traps are named, published outputs and references are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.checks import (
    CopiedSource,
    Empty,
    Encoding,
    Entities,
    Invisible,
    Markup,
    Numbers,
    Placeholders,
    Tokenized,
    Urls,
    look_at,
)
from evalharness.values import CheckRate

from ..conftest import read_lines
from .looking import outputs_of


def rates(
    hypotheses: list[str], sources: list[str], *references: list[str], pair: str
) -> dict[str, CheckRate]:
    source, _, target = pair.partition("-")
    rows = list(zip(*references, strict=True))
    outputs = outputs_of(hypotheses, sources, rows, source=source, target=target)
    made = [look_at(check, outputs) for check in (Empty(), CopiedSource())]
    return {one.rate.check: one.rate for one in made if one is not None}


@pytest.mark.parametrize("pair", ["tr-en", "ar-en"])
def test_no_published_output_of_flores_is_flagged(pair: str, flores: Path):
    folder = flores / pair
    sources = read_lines(folder / f"flores-test.{pair[:2]}")
    references = read_lines(folder / "flores-test.en")
    outputs = sorted(folder.glob("flores-test.*.en"))
    assert outputs
    for path in outputs:
        for rate in rates(read_lines(path), sources, references, pair=pair).values():
            assert (rate.count, rate.applicable) == (0, 1012), path.name
            assert rate.reference_counts == {"A": 0}


@pytest.mark.parametrize("step", [50, 10])  # 2 and 10 %
def test_sources_laid_among_real_outputs_are_named(step: int, flores: Path):
    folder = flores / "tr-en"
    sources, references = (read_lines(folder / f"flores-test.{lang}") for lang in ("tr", "en"))
    (path, *_) = sorted(folder.glob("flores-test.*.en"))
    hypotheses = read_lines(path)
    copied = list(range(0, 1012, step))
    for row in copied:
        hypotheses[row] = sources[row].replace(" ", "\u00a0")
    hypotheses[7] = "\u200b"
    found = rates(hypotheses, sources, references, pair="tr-en")
    assert found["copied_source"].segment_ids == tuple(str(row + 1) for row in copied)
    assert found["empty"].segment_ids == ("8",)


def test_what_people_left_as_it_is_is_counted_beside_the_system(shared_data: Path):
    """In WMT23 English-German some segments are names and links: people copied them, too."""
    folder = shared_data / "mtme" / "wmt23"
    sources = read_lines(folder / "sources" / "en-de.txt")
    people = read_lines(folder / "references" / "en-de.refA.txt")
    verbatim = sum(source == text for source, text in zip(sources, people, strict=True))
    assert verbatim
    for path in sorted((folder / "system-outputs" / "en-de").glob("*.txt")):
        rate = rates(read_lines(path), sources, people, pair="en-de")["copied_source"]
        assert rate.reference_counts["A"] >= verbatim
        assert rate.count <= rate.reference_counts["A"] + 2, path.name
        if path.stem == "refA":
            assert rate.count == rate.reference_counts["A"]


# On how many references a check of marks fires, where it fires. Each was read: U+200B, a tag of
# NTREX's files and {NS} are faults of the references; the numbers are units that were converted or
# left out in brackets, mistakes in numbers, half for 50 %, and a time that is written "13: 30".
FAULTS = {
    "flores tr-en": {"invisible": 1, "numbers": 5},
    "flores ar-en": {"invisible": 1},
    "ntrex en-tr": {"numbers": 1},
    "ntrex en-ar": {"markup": 1, "numbers": 6},
    "ntrex en-en-GB": {},
    "wmt23 en-de": {"placeholders": 3, "numbers": 1},
}


@pytest.mark.parametrize("name", FAULTS)
def test_marks_that_are_flagged_in_human_references_are_few(name: str, shared_data: Path):
    testset, _, pair = name.partition(" ")
    source, _, target = pair.partition("-")
    ntrex, wmt23 = shared_data / "ntrex", shared_data / "mtme" / "wmt23"
    flores = shared_data / "flores-outputs" / pair
    tag = {"tr": "ref.tur", "ar": "ref.arb", "en-GB": "ref.eng-GB"}.get(target)
    paths = {
        "flores": (flores / f"flores-test.{source}", flores / "flores-test.en"),
        "ntrex": (ntrex / "newstest2019-src.eng.txt", ntrex / f"newstest2019-{tag}.txt"),
        "wmt23": (wmt23 / "sources" / "en-de.txt", wmt23 / "references" / "en-de.refA.txt"),
    }
    sources, people = map(read_lines, paths[testset])
    outputs = outputs_of(people, sources, source=source, target=target)
    kinds = (Encoding, Entities, Invisible, Markup, Numbers, Placeholders, Tokenized, Urls)
    results = [look_at(kind(), outputs) for kind in kinds]
    counts = {one.rate.check: one.rate.count for one in results if one is not None}
    assert {check: count for check, count in counts.items() if count} == FAULTS[name]


@pytest.mark.parametrize("pair", ["tr-en", "ar-en"])
def test_marks_in_published_outputs_are_entities_alone(pair: str, flores: Path):
    sources = read_lines(flores / pair / f"flores-test.{pair[:2]}")
    for path in sorted((flores / pair).glob("flores-test.*.en")):
        outputs = outputs_of(read_lines(path), sources, source=pair[:2])
        for kind in (Encoding, Invisible, Markup, Placeholders, Tokenized, Urls):
            result = look_at(kind(), outputs)
            assert result is not None
            assert result.rate.count == 0, (path.name, kind)
