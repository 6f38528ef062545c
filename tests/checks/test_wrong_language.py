"""`wrong_language` and `reference_language` on real outputs and on the declaration of rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from lingua import Language, LanguageDetectorBuilder

from evalharness.checks import (
    NOT_APPLICABLE,
    OutputLanguage,
    ReferenceLanguage,
    WrongLanguage,
    find,
    look_at,
)

from ..conftest import CommandLine, read_lines
from .looking import outputs_of, seen_in

ENGLISH = (
    "All human beings are born free and equal in dignity and rights. They are endowed with reason"
    " and conscience and should act towards one another in a spirit of brotherhood."
)
TURKISH = "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar."
CROATIAN = "Sva ljudska bića rađaju se slobodna i jednaka u dostojanstvu i pravima."
BOKMAL = "Alle mennesker er født frie og med samme menneskeverd og menneskerettigheter."
INDONESIAN = "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama."
RUSSIAN = "Все люди рождаются свободными и равными в своем достоинстве и правах."
GREEK = "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα."
CHINESE = "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。"
AMHARIC = "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።"
GERMAN = "Alle Menschen sind frei und gleich an Würde und Rechten geboren."


@pytest.mark.parametrize(
    ("text", "pair", "seen"),
    [
        (TURKISH, "tr-en", "tr"),
        (ENGLISH, "tr-en", None),
        (ENGLISH, "tr-de", "en"),
        (GERMAN, "tr-en", "de"),
        (GERMAN, "xx-en", "de"),
        (ENGLISH, "en-en-GB", None),
        (RUSSIAN, "tr-en", "ru"),
        (AMHARIC, "tr-en", "und"),
        (CROATIAN, "en-sr", None),
        (CROATIAN, "en-bs", None),
        (BOKMAL, "en-nn", None),
        (BOKMAL, "en-no", None),
        (INDONESIAN, "en-ms", None),
        (CHINESE, "en-zh-Hant", None),
        (CHINESE, "en-ja", "zh"),
        (GREEK, "en-el", None),
        (ENGLISH, "tr-el", "en"),
        (ENGLISH, "tr-am", NOT_APPLICABLE),  # lingua does not know Amharic
        (ENGLISH, "tr-kk-Latn", NOT_APPLICABLE),  # nor Kazakh in Latin letters
        (TURKISH, "en-kk", NOT_APPLICABLE),
        (ENGLISH, "tr-und", NOT_APPLICABLE),
    ],
)
def test_a_text_is_in_the_target_language_or_named(text: str, pair: str, seen: Any):
    source, _, target = pair.partition("-")
    assert seen_in(WrongLanguage(), text, pair=(source, target)) == seen


@pytest.mark.parametrize(
    "text",
    [
        "Schadenfreude",
        "Kemal Kılıçdaroğlu, Ekrem İmamoğlu, Gökhan Çavuşoğlu and Özgür Özel",
        "#iyikidoğdun #günaydın @ahmet https://example.org/haber/turkce-bir-sayfa",
        "<baslik>Evet</baslik> <buradabirtürkçeetiket/>",
    ],
)
def test_names_short_texts_and_addresses_are_not_judged(text: str):
    for references in ([], [text]):
        outputs = outputs_of([text], ["bir"], [references])
        look = WrongLanguage().prepare(outputs.bitext, None)
        assert look is not None
        assert look(outputs.bitext.segments[0], text, {}) is NOT_APPLICABLE


def flagged(
    hypotheses: Sequence[str],
    sources: Sequence[str],
    pair: str = "tr-en",
    references: Sequence[str] = (),
) -> Mapping[int, Any]:
    source, _, target = pair.partition("-")
    known = [(text,) for text in references] or [()] * len(hypotheses)
    outputs = outputs_of(hypotheses, sources, known, source=source, target=target)
    result = look_at(WrongLanguage(), outputs)
    assert result is not None
    return result.seen


@pytest.fixture
def lines(flores: Path) -> dict[str, list[str]]:
    folder = flores / "tr-en"
    names = ("tr", "en", "opusmt.en", "nllb.en")
    return {name: read_lines(folder / f"flores-test.{name}") for name in names}


def test_lines_of_the_faulty_published_run_that_are_left_in_turkish_are_named(
    lines: dict[str, list[str]],
):
    """lingua itself, asked for Turkish or English, takes 22 of its 1,012 lines for Turkish."""
    detector = LanguageDetectorBuilder.from_languages(Language.TURKISH, Language.ENGLISH).build()
    found = [detector.detect_language_of(text) for text in lines["nllb.en"]]
    turkish = {row for row, language in enumerate(found) if language == Language.TURKISH}
    assert len(turkish) == 22
    seen = flagged(lines["nllb.en"], lines["tr"], references=lines["en"])
    assert turkish <= set(seen)
    # Read: Turkish words are left in the other seven, too.
    assert {row + 1 for row in set(seen) - turkish} == {23, 135, 195, 409, 658, 966, 996}
    assert set(seen.values()) == {"tr"}
    for system in ("en", "opusmt.en"):
        assert flagged(lines[system], lines["tr"], references=lines["en"]) == {}


@pytest.mark.sweep
def test_references_and_other_published_outputs_are_in_their_language(
    flores: Path, shared_data: Path
):
    for pair in ("tr-en", "ar-en"):
        sources = read_lines(flores / pair / f"flores-test.{pair[:2]}")
        for path in sorted((flores / pair).glob("flores-test.*en")):
            people = read_lines(flores / pair / "flores-test.en")
            seen = flagged(read_lines(path), sources, pair, people)
            if (pair, path.name) != ("tr-en", "flores-test.nllb.en"):
                # "Başkomiser Chandra ...": the first word is left in Turkish.
                assert seen == ({280: "tr"} if "tr-en/flores-test.argos" in str(path) else {}), path
    folder = shared_data / "mtme" / "wmt23"
    sources = read_lines(folder / "sources" / "en-de.txt")
    people = read_lines(folder / "references" / "en-de.refA.txt")
    # "Wir sind alle so messy critters.", "Verlorenes Paket - Re-Charged me", and a headline
    faults = {"AIRC": {49: "en", 286: "en", 504: "en"}, "ONLINE-M": {504: "en"}}
    for path in sorted((folder / "system-outputs" / "en-de").glob("*.txt")):
        seen = flagged(read_lines(path), sources, "en-de", people)
        assert seen == faults.get(path.stem, {}), path


@pytest.mark.sweep
def test_human_translations_of_ntrex_are_in_their_language(shared_data: Path):
    folder = shared_data / "ntrex"
    tags = {"en": "src.eng", "en-GB": "ref.eng-GB", "tr": "ref.tur", "ar": "ref.arb"}
    texts = {tag: read_lines(folder / f"newstest2019-{name}.txt") for tag, name in tags.items()}
    for source, target in (("en", "tr"), ("en", "ar"), ("tr", "en"), ("de", "en-GB")):
        pair = f"{source}-{target}"
        assert flagged(texts[target], texts["en"], pair) == {}
        assert flagged(texts[target], texts["en"], pair, texts[target]) == {}
    assert flagged(texts["en"], texts["tr"], "tr-en", texts["en-GB"]) == {}


@pytest.mark.parametrize("other", ["de", "tr"])
def test_five_percent_in_another_language_are_named(
    other: str, lines: dict[str, list[str]], shared_data: Path
):
    german = read_lines(shared_data / "mtme" / "wmt23" / "references" / "en-de.refA.txt")
    # Long lines, and none that is a title in English.
    long = [text for text in german if sum(word.islower() for word in text.split()) > 8]
    texts = {"de": long, "tr": lines["tr"]}[other]
    hypotheses = list(lines["opusmt.en"])
    laid = range(0, 1012, 20)
    for count, row in enumerate(laid):
        hypotheses[row] = texts[count]
    assert flagged(hypotheses, lines["tr"], references=lines["en"]) == dict.fromkeys(laid, other)


def test_turkish_names_and_german_quotations_in_real_english_are_spared(
    lines: dict[str, list[str]], shared_data: Path
):
    english = [text.rstrip(".") for text in lines["en"]]
    named = [f"{text}, said Kemal Kılıçdaroğlu in Diyarbakır." for text in english]
    assert flagged(named, lines["tr"]) == {}
    plain = [text.replace("ı", "i").replace("ğ", "g").replace("ç", "c") for text in named]
    assert flagged(named, lines["tr"], references=plain) == {}
    german = read_lines(shared_data / "mtme" / "wmt23" / "references" / "en-de.refA.txt")
    pairs = zip(english, german, strict=False)
    quoting = [f'{text}: "{said}"' for text, said in pairs if len(said) < 0.8 * len(text)]
    assert len(quoting) > 100
    assert flagged(quoting, ["bir"] * len(quoting)) == {}


def messages(references: Sequence[Sequence[str]], pair: str, *names: str) -> list[str]:
    source, _, target = pair.partition("-")
    texts = ["one"] * len(references)
    outputs = outputs_of(texts, texts, references, source=source, target=target, names=names)
    found = find(ReferenceLanguage(), outputs)
    assert all(one.warn and one.segment_ids for one in found)
    return [one.message.partition(" (")[0] for one in found]


def test_references_in_another_language_are_named(lines: dict[str, list[str]]):
    turkish, english = ([(text,) for text in lines[name]] for name in ("tr", "en"))
    assert messages(turkish, "tr-en") == ["reference A is in Turkish, not in English"]
    assert messages(english, "en-tr") == ["reference A is in English, not in Turkish"]
    assert messages(english[:6], "en-tr") == ["reference A is in English, not in Turkish"]
    assert messages(english, "tr-am") == ["reference A is in Latin letters, not in Amharic"]
    both = list(zip(lines["en"], lines["tr"], strict=True))
    second = ["reference blue is in Turkish, not in English"]
    assert messages(both, "tr-en", "red", "blue") == second
    half = [lines["en" if row % 2 else "tr"][row : row + 1] for row in range(1012)]
    assert len(messages(half[::3], "tr-en")) <= 1
    assert messages(english, "tr-en") == messages(turkish, "en-tr") == []
    assert messages(english, "tr-und") == messages([()] * 5, "tr-en") == []


def test_references_of_real_test_sets_are_in_the_target_language(shared_data: Path):
    ntrex, wmt23 = shared_data / "ntrex", shared_data / "mtme" / "wmt23" / "references"
    paths = {
        "en-de": sorted(wmt23.glob("en-de.*.txt")),
        "en-tr": [ntrex / "newstest2019-ref.tur.txt"],
        "en-ar": [ntrex / "newstest2019-ref.arb.txt"],
        "en-en-GB": [ntrex / "newstest2019-ref.eng-GB.txt"],
    }
    for pair, several in paths.items():
        for path in several:
            assert messages([(text,) for text in read_lines(path)], pair) == [], path


def test_a_run_in_another_language_is_told_by_default(
    lines: dict[str, list[str]], evalharness: CommandLine, tmp_path: Path
):
    for name, texts in {"s": lines["tr"], "r": lines["en"], "o": lines["tr"][1:]}.items():
        (tmp_path / f"{name}.txt").write_text("\n".join(texts[:60]) + "\n", encoding="utf-8")
    words = ["score", "-s", "s.txt", "-r", "r.txt", "-i", "o.txt", "-l", "tr-en", "-m", "bleu"]
    shown = " ".join(evalharness(*words).out.split())
    assert "output_language: most hypotheses are in Turkish, not in English" in shown
    outputs = outputs_of(lines["opusmt.en"], lines["tr"], [(text,) for text in lines["en"]])
    assert find(OutputLanguage(), outputs) == ()
