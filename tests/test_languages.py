"""The language table against the tables of lingua, transformers and the model cards."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from lingua import Language
from transformers.models.m2m_100 import tokenization_m2m_100
from transformers.models.mbart50 import tokenization_mbart50
from transformers.models.nllb import tokenization_nllb

from evalharness.errors import EvalHarnessError
from evalharness.languages import (
    LANGUAGES,
    family_code,
    family_languages,
    language,
    sentence_separator,
)

FAMILIES = ("nllb", "m2m100", "mbart50", "madlad400", "seamless")


@pytest.mark.parametrize("known", sorted(Language.all(), key=lambda known: known.name))
def test_agrees_with_lingua_on_every_language_it_knows(known: Language):
    ours = LANGUAGES[known.iso_code_639_1.name.lower()]
    names = {
        "BOKMAL": "Norwegian Bokmål",
        "NYNORSK": "Norwegian Nynorsk",
        "SLOVENE": "Slovenian",
        "SOTHO": "Southern Sotho",
    }
    assert ours.name == names.get(known.name, known.name.capitalize())


@pytest.mark.parametrize(
    ("tag", "code"),
    [("tr", "tr"), ("ar-EG", "ar"), ("zh-Hans-CN", "zh"), ("zh-Hant", "zh"), ("es-419", "es")],
)
def test_script_and_region_do_not_change_the_language(tag: str, code: str):
    assert language(tag).code == code


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("zh-Hant", "Chinese (Traditional)"),
        ("zh-Hant-TW", "Chinese (Traditional)"),
        ("zh-Hans-TW", "Chinese"),
        ("tr-TR", "Turkish"),
    ],
)
def test_the_name_is_that_of_the_longest_part_with_a_row(tag: str, name: str):
    assert language(tag).name == name


@pytest.mark.parametrize(
    ("tag", "nearest"),
    [
        ("tur", "tr (Turkish)"),
        ("arabic", "ar (Arabic)"),
        ("EN", "en (English)"),
        ("zh-hant", "zh-Hant (Chinese (Traditional))"),
    ],
)
def test_unknown_codes_name_the_nearest(tag: str, nearest: str):
    with pytest.raises(EvalHarnessError) as caught:
        language(tag)
    assert nearest in str(caught.value)


@pytest.mark.parametrize(
    ("family", "codes", "count"),
    [
        ("nllb", tokenization_nllb.FAIRSEQ_LANGUAGE_CODES, 202),
        ("m2m100", tokenization_m2m_100.FAIRSEQ_LANGUAGE_CODES["m2m100"], 100),
        ("mbart50", tokenization_mbart50.FAIRSEQ_LANGUAGE_CODES, 52),
    ],
)
def test_every_code_of_transformers_has_exactly_one_tag(
    family: str, codes: Collection[str], count: int
):
    assert len(codes) == count
    assert sorted(filter(None, _codes(family))) == sorted(codes)


def _codes(family: str) -> list[str | None]:
    return [family_code(tag, family) for tag in family_languages(family)]


@pytest.mark.parametrize("family", FAMILIES)
def test_languages_of_a_family_are_sorted_known_tags_with_a_code_each(family: str):
    tags = family_languages(family)
    assert list(tags) == sorted(tags)
    assert set(tags) <= set(LANGUAGES)
    codes = _codes(family)
    assert None not in codes and len(codes) == len(set(codes))


def test_a_code_of_iso_639_1_is_the_tag_itself_where_families_use_it():
    # The exceptions: `ns` and `no` of M2M100; `din`, `fil`, `ku` and `no` of MADLAD-400.
    others = {("nso", "ns"), ("nb", "no"), ("dik", "din"), ("tl", "fil"), ("kmr", "ku")}
    for family in ("m2m100", "madlad400"):
        for tag in family_languages(family):
            code = family_code(tag, family)
            assert code == tag or (tag, code) in others
    assert all(
        (family_code(tag, "mbart50") or "")[:2] == tag for tag in family_languages("mbart50")
    )


# https://huggingface.co/google/madlad400-3b-mt lists these by these codes (`he`, `fil` and `no`,
# not `iw`, `tl` and `nb`); arXiv 2309.04662, appendix, names `ku` Kurdish (Kurmanji). Of the last
# four the card lists only Cantonese, and for that the vocabulary has no token.
@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("tr", "tr"),
        ("he", "he"),
        ("tl", "fil"),
        ("fil-PH", "fil"),
        ("nb", "no"),
        ("jv", "jv"),
        ("kmr", "ku"),
        ("ckb", "ckb"),
        ("gv", "gv"),
        ("zh", "zh"),
        ("nn", None),
        ("arz", None),
        ("zh-Hant", None),
        ("yue", None),
    ],
)
def test_madlad400_as_on_its_model_card(tag: str, code: str | None):
    assert family_code(tag, "madlad400") == code


# https://github.com/facebookresearch/seamless_communication/blob/main/docs/m4t/README.md: 96 text
# languages, one of them (Mandarin) in two scripts. The last three are source speech only.
@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("tr", "tur"),
        ("ar", "arb"),
        ("zh", "cmn"),
        ("zh-Hant", "cmn_Hant"),
        ("fa", "pes"),
        ("ms", "zsm"),
        ("tl", "tgl"),
        ("nb", "nob"),
        ("om", "gaz"),
        ("sw", "swh"),
        ("ast", None),
        ("lb", None),
        ("xh", None),
    ],
)
def test_seamless_as_on_its_model_card(tag: str, code: str | None):
    assert family_code(tag, "seamless") == code
    assert len(family_languages("seamless")) == 96 + 1


# FLORES-200's own list (https://github.com/facebookresearch/flores, flores200/README.md).
@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("ar", "arb_Arab"),
        ("arz", "arz_Arab"),
        ("ace-Arab", "ace_Arab"),
        ("ks-Deva", "kas_Deva"),
        ("kr-Arab", "knc_Arab"),
        ("taq-Tfng", "taq_Tfng"),
        ("sq", "als_Latn"),
        ("mg", "plt_Latn"),
        ("ps", "pbt_Arab"),
        ("or", "ory_Orya"),
        ("yi", "ydd_Hebr"),
        ("zh", "zho_Hans"),
        ("zh-Hant", "zho_Hant"),
    ],
)
def test_nllb_as_flores_names_it(tag: str, code: str):
    assert family_code(tag, "nllb") == code


@pytest.mark.parametrize(
    ("tag", "family", "code"),
    [
        ("ar-EG", "nllb", "arb_Arab"),
        ("pt-BR", "nllb", "por_Latn"),
        ("es-419", "mbart50", "es_XX"),
        ("no-NO", "nllb", "nob_Latn"),
        ("ku", "nllb", "kmr_Latn"),
        ("fil-PH", "nllb", "tgl_Latn"),
    ],
)
def test_a_region_and_another_name_keep_the_language(tag: str, family: str, code: str):
    assert family_code(tag, family) == code


@pytest.mark.parametrize(
    ("tag", "family", "code"),
    [
        ("tr-Latn", "nllb", "tur_Latn"),
        ("tr-Latn-TR", "m2m100", "tr"),
        ("tr-Arab", "nllb", None),
        ("tr-Arab", "m2m100", None),
        ("sr-Latn", "nllb", None),
        ("ku-Latn", "nllb", "kmr_Latn"),
        ("ku-Arab", "nllb", None),
        ("ace-Arab", "madlad400", None),
        ("zh-Hans-CN", "nllb", "zho_Hans"),
        ("zh-Hant-TW", "nllb", "zho_Hant"),
        ("zh-TW", "nllb", "zho_Hant"),
        ("zh-TW", "m2m100", None),
        ("zh-Hans-TW", "m2m100", "zh"),
        ("zh-Hant", "m2m100", None),
        # No family says in which script it writes Breton.
        ("br", "m2m100", "br"),
        ("br-Latn", "m2m100", None),
        ("ko-Kore", "nllb", "kor_Hang"),
        # https://github.com/facebookresearch/flores/issues/52
        ("sat-Olck", "nllb", "sat_Beng"),
        ("sat-Beng", "nllb", None),
    ],
)
def test_a_script_is_never_another_than_asked_for(tag: str, family: str, code: str | None):
    assert family_code(tag, family) == code


@pytest.mark.parametrize("tag", ["xx", "English", "tr_TR", ""])
def test_no_family_has_a_tag_that_is_none(tag: str):
    assert [family_code(tag, family) for family in FAMILIES] == [None] * len(FAMILIES)


def test_an_unknown_family_is_a_programming_error():
    with pytest.raises(KeyError):
        family_code("tr", "opus")
    with pytest.raises(KeyError):
        family_languages("opus")


# A full-width `。` carries its own space. Thai and Lao end a sentence by a space alone.
@pytest.mark.parametrize("tag", ["zh", "zh-Hant-TW", "ja", "ja-JP", "yue-HK"])
def test_ideographic_sentences_follow_without_a_space(tag: str):
    assert sentence_separator(tag) == ""


@pytest.mark.parametrize(
    "tag", ["tr", "en-GB", "ko", "th", "lo", "km", "my", "bo", "dz", "zh-Latn"]
)
def test_other_sentences_are_parted_by_a_space(tag: str):
    assert sentence_separator(tag) == " "


def test_a_separator_needs_a_known_language():
    with pytest.raises(EvalHarnessError, match="unknown language code"):
        sentence_separator("xx")
