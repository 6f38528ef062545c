"""Traps laid in real outputs: what is seen only over many segments, and the segments it names."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest

from evalharness.checks import (
    CommonPrefix,
    Constant,
    EqualsReference,
    Normalization,
    RepeatedSegments,
    Shifted,
    Swapped,
    find,
)
from evalharness.values import Finding

from ..conftest import read_lines
from .looking import outputs_of

CHECKS = (
    CommonPrefix(),
    Constant(),
    EqualsReference(),
    Normalization(),
    RepeatedSegments(),
    Shifted(),
    Swapped(),
)


@pytest.fixture
def lines(flores: Path) -> dict[str, list[str]]:
    folder = flores / "tr-en"
    names = {
        "source": "flores-test.tr",
        "reference": "flores-test.en",
        "opus": "flores-test.opusmt.en",
    }
    return {name: read_lines(folder / file) for name, file in names.items()}


def found(hypotheses: list[str], lines: dict[str, list[str]], times: int = 1) -> list[Finding]:
    references = [(text,) for text in lines["reference"]] * times
    outputs = outputs_of(hypotheses, lines["source"] * times, references)
    return [finding for check in CHECKS for finding in find(check, outputs)]


def test_a_shift_is_found_from_its_first_line_on(lines: dict[str, list[str]]):
    opus = lines["opus"]
    for start in (1, 200):
        lost = [*opus[: start - 1], *opus[start:], ""]
        (finding,) = found(lost, lines)
        assert (finding.finding, finding.warn) == ("shifted", True)
        assert f"from segment {start} on, hypotheses stand 1 line before" in finding.message
    (finding,) = found([*opus[:200], opus[199], *opus[200:-1]], lines)
    assert "from segment 201 on, hypotheses stand 1 line after" in finding.message


def test_files_and_halves_that_changed_places_are_found(
    lines: dict[str, list[str]], shared_data: Path
):
    opus = lines["opus"]
    (halves,) = found(opus[506:] + opus[:506], lines)
    assert halves.finding == "swapped"
    assert "that of 1 to 507" in halves.message
    path = shared_data / "mtme" / "wmt23" / "system-outputs" / "en-de" / "ONLINE-B.txt"
    (other,) = found((read_lines(path) * 2)[:1012], lines)
    assert other.finding == "swapped"


def test_one_text_a_chatty_prefix_nfd_and_the_reference_are_found(lines: dict[str, list[str]]):
    opus = lines["opus"]
    (one,) = found(["I am sorry."] * 1012, lines)
    assert (one.finding, len(one.segment_ids)) == ("constant", 1012)
    chatty = [f"Sure! Translation: {x}" if n % 20 == 0 else x for n, x in enumerate(opus)]
    (prefix,) = found(chatty, lines)
    assert prefix.finding == "common_prefix"
    assert prefix.segment_ids == tuple(str(n + 1) for n in range(0, 1012, 20)) or list(
        prefix.segment_ids
    ) == [str(n + 1) for n in range(0, 1012, 20)]
    (same,) = found(lines["reference"], lines)
    assert same.finding == "equals_reference"
    decomposed = [normalize("NFD", text) for text in opus]
    (form,) = found(decomposed, lines)
    assert form.finding == "normalization"
    changed = [str(n + 1) for n, x in enumerate(opus) if x != decomposed[n]]
    assert list(form.segment_ids) == changed
    (doubled,) = found(opus * 2, lines, 2)
    assert (doubled.finding, len(doubled.segment_ids)) == ("repeated_segments", 1012)


def test_published_outputs_have_no_findings(flores: Path, shared_data: Path):
    for pair in ("tr-en", "ar-en"):
        sources = read_lines(flores / pair / f"flores-test.{pair[:2]}")
        references = read_lines(flores / pair / "flores-test.en")
        for path in sorted((flores / pair).glob("flores-test.*.en")):
            lines = {"source": sources, "reference": references}
            assert found(read_lines(path), lines) == [], path.name
    folder = shared_data / "mtme" / "wmt23"
    lines = {
        "source": read_lines(folder / "sources" / "en-de.txt"),
        "reference": read_lines(folder / "references" / "en-de.refA.txt"),
    }
    for path in sorted((folder / "system-outputs" / "en-de").glob("*.txt")):
        names = [finding.finding for finding in found(read_lines(path), lines)]
        # The second is made from the first by a machine: 64 % are equal.
        of_people = path.stem in ("refA", "synthetic_ref")
        assert names == (["equals_reference"] if of_people else []), path.name
