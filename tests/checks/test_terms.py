"""`terms`: whether terms are translated as a glossary or a test set asks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evalharness.checks import NOT_APPLICABLE, Terms, find, look_at
from evalharness.checks.glossary import stands_in
from evalharness.errors import EvalHarnessError
from evalharness.values import Outputs

from .looking import outputs_of, seen_in


def with_terms(outputs: Outputs, terms: list[Any]) -> Outputs:
    rows = zip(outputs.bitext.segments, terms, strict=True)
    segments = tuple(replace(segment, facts={"terms": given}) for segment, given in rows)
    return replace(outputs, bitext=replace(outputs.bitext, segments=segments))


@pytest.fixture
def glossary(tmp_path: Path) -> str:
    path = tmp_path / "glossary.tsv"
    path.write_text(
        "ateşkes\tceasefire\nateşkes\ttruce\nuzay istasyonu\tspace station\nuzay\tspace\n"
    )
    return str(path)


@pytest.mark.parametrize(
    ("target", "text", "stands"),
    [
        ("Speicher", "die Speicherressourcen", True),
        ("Speicher", "im Cloudspeicher", True),
        ("erstellen", "hat sie erstellt", True),
        ("Haus", "die Häuser", True),
        ("Art", "nach Vertragsart", True),
        ("Art", "viele Arten", True),
        ("Art", "ein Artikelstamm", False),
        ("space station", "two space stations", True),
        ("space station", "a station in space", False),
        ("mouse", "three mice", False),
        ("kitap", "kitabı okudu", True),
        ("İstanbul", "ISTANBUL", True),
        ("وقف", "والوقف", True),
        ("停火", "永久停火。", True),
        ("ceasefire", "a truce", False),
    ],
)
def test_terms_are_found_by_the_rule_of_inflection(target: str, text: str, stands: bool):
    assert stands_in(target, text) is stands


@pytest.mark.parametrize(
    ("source", "text", "seen"),
    [
        ("Kalıcı ateşkes", "A lasting ceasefire", None),
        ("Kalıcı ateşkesi", "A lasting truce", None),
        ("Kalıcı ateşkes", "A lasting peace", {"ateşkes": ["ceasefire", "truce"]}),
        ("Uzay istasyonunda", "On the orbital post", {"uzay istasyonu": ["space station"]}),
        ("Uzayda", "Up there", {"uzay": ["space"]}),
        ("Barış", "Peace", NOT_APPLICABLE),
    ],
)
def test_terms_of_a_glossary_that_the_source_has_are_asked_for(
    source: str, text: str, seen: Any, glossary: str
):
    answer = seen_in(Terms(glossary=glossary), text, source)
    assert (answer["missing"] if isinstance(answer, dict) else answer) == seen


@pytest.mark.parametrize("given", [{"ev": "house"}, {"ev": ["home", "house"]}, [["ev", "house"]],
    [{"source": "ev", "target": "house"}], [{"tr": "ev", "en": ["house"]}]])  # fmt: skip
def test_own_terms_are_understood_as_test_sets_give_them(given: Any):
    outputs = with_terms(outputs_of(["the houses", "a flat", "x"]), [given, given, {}])
    result = look_at(Terms(), outputs)
    assert result is not None
    assert (result.rate.segment_ids, result.rate.applicable) == (("2",), 2)
    (finding,) = find(Terms(), outputs)
    assert "1 of 2 terms (50.0%)" in finding.message


@pytest.mark.parametrize(
    "given", [None, 7, "ev", ["ev"], [["ev", 1]], [{}], {"ev": None}, {"": "a"}]
)
def test_what_is_no_term_is_none(given: Any):
    outputs = with_terms(outputs_of(["x"]), [given])
    result = look_at(Terms(), outputs)
    assert result is not None
    assert result.rate.applicable == 0
    assert find(Terms(), outputs) == ()


def test_nothing_is_said_without_terms():
    assert look_at(Terms(), outputs_of(["x"])) is None
    assert find(Terms(), outputs_of(["x"])) == ()


def test_the_signature_changes_with_the_terms(glossary: str, tmp_path: Path):
    plain = outputs_of(["x"]).bitext
    given = with_terms(outputs_of(["x"]), [{"ev": "house"}]).bitext
    other = tmp_path / "other.tsv"
    other.write_text("ateşkes\tceasefire\n")
    checks = [Terms(), Terms(glossary=glossary), Terms(glossary=str(other))]
    signatures = {check.signature(bitext, None) for check in checks for bitext in (plain, given)}
    assert len(signatures) == 6


@pytest.mark.parametrize("content", ["ateşkes ceasefire\n", "a\tb\n\tc\n", "a\t\n", "\n"])
def test_a_faulty_glossary_is_named_before_anything_runs(content: str, tmp_path: Path):
    path = tmp_path / "glossary.tsv"
    path.write_text(content)
    with pytest.raises(EvalHarnessError) as caught:
        Terms(glossary=str(path)).missing_requirement()
    assert caught.value.where == str(path)


def test_real_outputs_that_were_asked_for_terms_have_them(shared_data: Path):
    """WMT25's terminology task: the random terms were drawn from the references, which have them.

    So have the outputs in the file of that system called `noterm`; those in `proper`, which was
    asked for other terms, miss a third.
    """
    folder = shared_data / "terminology"
    names = ("full_data.ende", "BIT.ende.noterm", "BIT.ende.proper")
    people, random, proper = (
        [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]
        for name in names
    )
    shares = []
    for rows in (people, random, proper):
        outputs = outputs_of(
            [row["de"] for row in rows], [row["en"] for row in people], source="en", target="de"
        )
        result = look_at(Terms(), with_terms(outputs, [row["random"] for row in people]))
        assert result is not None
        shares.append(result.rate.rate)
    assert shares[0] < 0.01
    assert shares[1] < 0.03
    assert shares[2] > 0.2
