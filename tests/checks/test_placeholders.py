"""`placeholders`: which hypotheses lost placeholders, or invented some."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.checks import Placeholders

from .looking import seen_in

PLACEHOLDERS = ["{x}", "{0}", "{}", "{price:.2f}", "%s", "%1$d", "%(name)s", "%.2f", "%@", "${x}"]
PLACEHOLDERS += ["{{x}}", "{{ user.name }}", "%02d", "%ld"]


@pytest.mark.parametrize("mark", PLACEHOLDERS)
def test_each_kind_has_to_stand_as_often_as_in_the_source(mark: str):
    bare = "".join(mark.split())
    source = f"Merhaba {mark}, nasılsın?"
    assert seen_in(Placeholders(), f"{mark}: hello", source) is None
    assert seen_in(Placeholders(), "Hello", source) == {"lost": [bare]}
    assert seen_in(Placeholders(), f"{mark} {mark}", source) == {"invented": [bare]}
    assert seen_in(Placeholders(), f"Hello {mark}", "Merhaba") == {"invented": [bare]}


@pytest.mark.parametrize(
    ("source", "text", "seen"),
    [
        ("{ad}", "{name}", {"lost": ["{ad}"], "invented": ["{name}"]}),
        ("{{ x }}", "{{x}}", None),
        ("%50 indirim, %5’e kadar", "50% discount, up to 5 %", None),
        ("bir", "100%done, 5%d, a%20b, 50 %sure, %d0%b0", None),
        ("%d, %s", "%s, %d", None),
    ],
)
def test_percent_signs_are_no_placeholders(source: str, text: str, seen: dict[str, Any] | None):
    assert seen_in(Placeholders(), text, source) == seen
