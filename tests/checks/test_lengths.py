"""Texts that are too short or too long, by what references of other documents say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.checks import CheckResult, TooLong, TooShort, look_at
from evalharness.checks.lengths import expected_lengths
from evalharness.values import Outputs

from ..conftest import read_lines
from .looking import outputs_of

LENGTHS = [20 + 7 * (n % 40) for n in range(120)]
SOURCES = ["x" * length for length in LENGTHS]
REFERENCES = [("y" * (length + n % 9),) for n, length in enumerate(LENGTHS)]


def in_documents(outputs: Outputs, documents: list[str]) -> Outputs:
    segments = tuple(
        replace(segment, document=document)
        for segment, document in zip(outputs.bitext.segments, documents, strict=True)
    )
    return replace(outputs, bitext=replace(outputs.bitext, segments=segments))


def flagged(kind: type[TooShort | TooLong], outputs: Outputs) -> set[int]:
    result = look_at(kind(), outputs)
    assert isinstance(result, CheckResult)
    return set(result.seen)


@given(st.integers(0, 11), st.lists(st.integers(1, 900), min_size=10, max_size=10))
def test_a_document_has_no_part_in_what_is_expected_of_it(document: int, lengths: list[int]):
    """Hypothesis and references of a document may be exchanged, and are looked at alike."""
    documents = [f"d{n // 10}" for n in range(120)]
    first = in_documents(outputs_of(SOURCES, SOURCES, REFERENCES), documents)
    others = list(REFERENCES)
    for n, length in enumerate(lengths):
        others[10 * document + n] = ("z" * length,)
    second = in_documents(outputs_of(SOURCES, SOURCES, others), documents)
    before, after = expected_lengths(first.bitext), expected_lengths(second.bitext)
    assert before is not None
    assert after is not None
    own = {segment.id for segment in first.bitext.segments if segment.document == f"d{document}"}
    assert {id_: before[id_] for id_ in own} == {id_: after[id_] for id_ in own}


def test_lengths_that_no_reference_has_are_flagged_and_the_expected_one_is_told():
    texts = [reference for (reference,) in REFERENCES]
    texts[5], texts[6], texts[7] = texts[5][:20], texts[6] * 3, ""
    outputs = outputs_of(texts, SOURCES, REFERENCES)
    short, long = (look_at(kind(), outputs) for kind in (TooShort, TooLong))
    assert short is not None
    assert long is not None
    assert set(short.seen) == {5}
    assert set(long.seen) == {6}
    assert short.seen[5]["characters"] == 20
    assert abs(short.seen[5]["expected"] - LENGTHS[5]) < 10
    assert short.rate.applicable == 119  # an empty one is for another check
    assert short.rate.reference_counts == {"A": 0}


def test_of_few_references_nothing_can_be_learnt():
    for count in (0, 29):
        outputs = outputs_of(["a"] * count, SOURCES[:count], REFERENCES[:count])
        assert look_at(TooShort(), outputs) is None
    assert look_at(TooShort(), outputs_of(["a"] * 60, [""] * 60, REFERENCES[:60])) is None


@pytest.mark.parametrize(("pair", "system"), [("tr-en", "opusmt"), ("ar-en", "microsoft")])
@pytest.mark.parametrize("step", [20, 5])  # 5 and 20 %
def test_outputs_cut_in_the_middle_are_named(pair: str, system: str, step: int, flores: Path):
    folder = flores / pair
    sources = read_lines(folder / f"flores-test.{pair[:2]}")
    references = [(text,) for text in read_lines(folder / "flores-test.en")]
    texts = read_lines(folder / f"flores-test.{system}.en")
    before = flagged(TooShort, outputs_of(texts, sources, references))
    cut = set(range(0, 1012, step))
    texts = [text[: len(text) * 2 // 5] if n in cut else text for n, text in enumerate(texts)]
    found = flagged(TooShort, outputs_of(texts, sources, references))
    assert found <= cut | before
    assert len(found & cut) > 0.85 * len(cut)


def test_omissions_of_real_systems_are_found_and_people_have_none(shared_data: Path):
    """NLLB leaves out sentences of WMT23's paragraphs; what has less than 2/5 is among these."""
    folder = shared_data / "mtme" / "wmt23"
    sources = read_lines(folder / "sources" / "en-de.txt")
    people = read_lines(folder / "references" / "en-de.refA.txt")
    documents = [
        line.partition("\t")[2] for line in read_lines(folder / "documents" / "en-de.docs")
    ]
    for system, most in {"NLLB_Greedy": 90, "AIRC": 60, "ONLINE-B": 0, "GPT4-5shot": 0}.items():
        texts = read_lines(folder / "system-outputs" / "en-de" / f"{system}.txt")
        outputs = outputs_of(texts, sources, [(text,) for text in people])
        result = look_at(TooShort(), in_documents(outputs, documents))
        assert result is not None
        assert result.rate.reference_counts == {"A": 0}
        assert result.rate.count <= most
        plain = {
            n
            for n, (text, reference) in enumerate(zip(texts, people, strict=True))
            if len(reference) > 150 and len(text) < 0.4 * len(reference)
        }
        assert plain <= set(result.seen)
        assert bool(plain) is bool(most)
