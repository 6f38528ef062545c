"""Language codes against lingua's own table, and errors that name the nearest."""

from __future__ import annotations

import pytest
from lingua import Language

from evalharness.errors import EvalHarnessError
from evalharness.languages import LANGUAGES, language


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
    ("tag", "code"), [("tr", "tr"), ("ar-EG", "ar"), ("zh-Hans-CN", "zh"), ("es-419", "es")]
)
def test_script_and_region_do_not_change_the_language(tag: str, code: str):
    assert language(tag).code == code


@pytest.mark.parametrize(
    ("tag", "nearest"),
    [("tur", "tr (Turkish)"), ("arabic", "ar (Arabic)"), ("EN", "en (English)")],
)
def test_unknown_codes_name_the_nearest(tag: str, nearest: str):
    with pytest.raises(EvalHarnessError) as caught:
        language(tag)
    assert nearest in str(caught.value)
