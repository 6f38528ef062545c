"""Languages against lingua, transformers, the model cards, FLORES' list and IANA's registry."""

from __future__ import annotations

import re
from collections.abc import Collection

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lingua import Language
from transformers.models.m2m_100 import tokenization_m2m_100
from transformers.models.mbart50 import tokenization_mbart50
from transformers.models.nllb import tokenization_nllb

from evalharness.errors import EvalHarnessError
from evalharness.languages import (
    family_code,
    family_languages,
    language,
    normalised,
    normalised_pair,
    sentence_separator,
    split_pair,
)

FAMILIES = ("nllb", "m2m100", "mbart50", "madlad400", "seamless")


@pytest.mark.parametrize("known", sorted(Language.all(), key=lambda known: known.name))
def test_agrees_with_lingua_on_every_language_it_knows(known: Language):
    ours = language(known.iso_code_639_1.name.lower())
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


# BCP 47 (RFC 5646): case does not matter (2.1.1), the shortest code of a language is used (4.1).
@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("TR", "tr"),
        ("tur", "tr"),
        ("deu", "de"),
        ("zho", "zh"),
        ("tur_Latn", "tr"),
        ("arb_Arab", "ar"),
        ("zho_Hans", "zh"),
        ("zho_Hant", "zh-Hant"),
        ("cmn_Hans", "zh"),
        ("kas_Deva", "ks-Deva"),
        ("ekk_Latn", "et"),
        ("chv_Cyrl", "cv"),
        ("ar_EG", "ar-EG"),
        ("ar-eg", "ar-EG"),
        ("zh_CN", "zh-CN"),
        ("ZH_HANT", "zh-Hant"),
        ("sr_Cyrl_RS", "sr-Cyrl-RS"),
        ("tr-Latn", "tr-Latn"),
        ("es-419", "es-419"),
        ("de-1901", "de-1901"),
        ("mn-mong-x-old", "mn-Mong-x-old"),
        ("iw", "he"),
        ("und", "und"),
        # CLDR takes these for others, and models tell them apart.
        ("tl", "tl"),
        ("tgl_Latn", "tl"),
        ("fil", "fil"),
        ("prs_Arab", "prs"),
        ("nob_Latn", "nb"),
        ("no", "no"),
        ("kmr", "kmr"),
    ],
)
def test_a_tag_has_one_spelling_and_keeps_what_it_says(written: str, tag: str):
    assert normalised(written) == tag


# Of FLORES+, some other languages of Europe and of Asia (the registry of IANA).
@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("liv", "Livonian"),
        ("sah", "Yakut"),
        ("hsb", "Upper Sorbian"),
        ("dsb", "Lower Sorbian"),
        ("mas", "Masai"),
        ("kha", "Khasi"),
        ("brx", "Bodo"),
        ("und", "undetermined language"),
        ("sah-Latn", "Yakut (Latin)"),
    ],
)
def test_languages_that_no_model_has_are_known_and_named(tag: str, name: str):
    assert (language(tag).tag, language(tag).name) == (tag, name)


def test_every_code_of_flores_is_the_tag_of_its_language():
    # ISO 639-3 to 639-1 as lingua has them; a macrolanguage (ara, zho, ...) has its own code there.
    known = {
        one.iso_code_639_3.name.lower(): one.iso_code_639_1.name.lower() for one in Language.all()
    }
    found = {code: normalised(code) for code in tokenization_nllb.FAIRSEQ_LANGUAGE_CODES}
    assert len(set(found.values())) == len(found) == 202
    for code, tag in found.items():
        assert normalised(code.replace("_", "-")) == normalised(code.upper()) == tag
        if (three := code[:3]) in known:
            assert tag.partition("-")[0] == known[three], code
        if code != "sat_Beng":  # which is not in this script: flores issue 52
            assert family_code(code, "nllb") == code


@settings(max_examples=300)
@given(st.data())
def test_normalising_is_idempotent_and_blind_to_case_and_separators(data: st.DataObject):
    part = st.sampled_from
    subtags = [
        data.draw(part(sorted({*family_languages("nllb"), *_THREE, "liv", "sah", "und", "iw"}))),
        data.draw(part(["", "Latn", "Arab", "Hant", "Cyrl"])),
        data.draw(part(["", "TR", "EG", "419", "XX"])),
        data.draw(part(["", "1901", "x-own"])),
    ]
    written = "-".join(filter(None, subtags))
    assume(written.count("-") < 2 or not re.search("-[A-Z][a-z]{3}-[A-Z][a-z]{3}", written))
    tag = normalised(written)
    assert normalised(tag) == tag
    spelled = data.draw(part([written.upper(), written.lower(), written.replace("-", "_")]))
    assert normalised(spelled) == tag
    assert tag.count("-") in (written.count("-"), written.count("-") - 1)


_THREE = sorted({code[:3] for code in tokenization_nllb.FAIRSEQ_LANGUAGE_CODES})


@given(st.text(max_size=12))
def test_whatever_is_written_is_a_tag_or_refused_in_one_line(text: str):
    try:
        tag = normalised(text)
    except EvalHarnessError as error:
        assert "\n" not in str(error)
    else:
        assert re.fullmatch("[A-Za-z0-9]+(-[A-Za-z0-9]+)*", tag)


@pytest.mark.parametrize(
    ("tag", "nearest"),
    [
        ("turkish", ["tr (Turkish)"]),
        ("tukish", ["tr (Turkish)"]),
        ("arabic", ["ar (Arabic)"]),
        ("engl", ["en (English)"]),
        ("livonian", ["liv (Livonian)"]),
        ("turkish_Latn", ["tr (Turkish)"]),
        # The codes of countries (ISO 3166) in the place of their languages'.
        ("cz", ["cs (Czech)"]),
        ("gr", ["el (Greek)"]),
        ("jp", ["ja (Japanese)"]),
        ("kz", ["kk (Kazakh)", "ru (Russian)"]),
    ],
)
def test_a_tag_that_is_none_gets_the_nearest_and_no_far_ones(tag: str, nearest: list[str]):
    with pytest.raises(EvalHarnessError) as caught:
        language(tag, where="testset.source_lang")
    assert str(caught.value) == (
        f"testset.source_lang: unknown language code {tag!r}; the nearest known: "
        + ", ".join(nearest)
    )


@pytest.mark.parametrize("tag", ["xx", "", "xx-Latn", "[/en]"])
def test_where_nothing_is_near_the_error_says_what_a_tag_is(tag: str):
    with pytest.raises(EvalHarnessError, match="write a BCP 47 tag, such as tr, ar-EG or zh-Hant"):
        language(tag)


def test_a_pair_is_two_tags_around_a_hyphen():
    assert split_pair("tur_Latn-eng_Latn") == ("tr", "en")
    assert split_pair("zh_Hant-liv") == ("zh-Hant", "liv")
    assert normalised_pair("tur_Latn-eng_Latn") == "tr-en"
    # As folders of runs spell it: two hyphens do not say which of them parts the languages.
    assert [normalised_pair(pair) for pair in ("zh-Hant-en", "xx-en", "tr")] == [
        "zh-Hant-en",
        "xx-en",
        "tr",
    ]
    for pair in ("tr", "tr-", "zh-Hant-en"):
        with pytest.raises(EvalHarnessError, match="is no language pair"):
            split_pair(pair)
    with pytest.raises(EvalHarnessError, match="pair: unknown language code 'xx'"):
        split_pair("xx-en")


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
    assert [normalised(tag) for tag in tags] == list(tags)
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


@pytest.mark.parametrize("tag", ["xx", "English", "liv", ""])
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
