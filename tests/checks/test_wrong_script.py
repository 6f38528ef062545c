"""`wrong_script`: texts that the readers of the target language cannot read."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.checks import NOT_APPLICABLE, WrongScript

from .looking import seen_in

RUSSIAN = "Все люди рождаются свободными"
ENGLISH = "All human beings are born free"


@pytest.mark.parametrize(
    ("text", "target", "seen"),
    [
        (RUSSIAN, "en", "CYRILLIC"),
        (ENGLISH, "en", None),
        (RUSSIAN, "ru", None),
        (ENGLISH, "ar", "LATIN"),
        (RUSSIAN, "sr-Latn", "CYRILLIC"),
        (ENGLISH, "sr", None),
        (RUSSIAN, "sr", None),
        (ENGLISH, "sr-Cyrl", "LATIN"),
        ("人人生而自由，在尊严和权利上一律平等", "zh", None),
        ("すべての人間は、生まれながらにして自由", "ja", None),
        ("Москва", "en", NOT_APPLICABLE),
        (ENGLISH, "und", NOT_APPLICABLE),
    ],
)
def test_most_letters_decide(text: str, target: str, seen: Any):
    assert seen_in(WrongScript(), text, pair=("tr", target)) == seen


@pytest.mark.parametrize(
    ("text", "source", "seen"),
    [
        ("私の#Japanese #Okinawa #Rum探求", "My exploration of #Japanese #Okinawa #Rum", None),
        ("https://example.org/an/address", "see https://example.org/an/address", None),
        ("iPhone15 Pro Maximum", "iPhone15 Pro Maximum", None),
        ("Send it to somebody@example.org", "Send it to somebody@example.org", None),
        ("The red apple is on the table", "The red apple is on the table", "LATIN"),
        ("Kemal Kilicdaroglu", "Another Name", "LATIN"),
    ],
)
def test_names_of_the_source_and_addresses_are_in_any_script(text: str, source: str, seen: Any):
    assert seen_in(WrongScript(), text, source, pair=("en", "ja")) == seen
