"""`urls`: which hypotheses lost addresses, or invented some."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.checks import Urls

from .looking import seen_in


@pytest.mark.parametrize(
    ("source", "text", "seen"),
    [
        ("Bkz. https://a.org/b.", "See https://a.org/b!", None),
        ("Bkz. https://a.org/b’ye", "See https://a.org/b", None),
        ("Bkz. https://a.org/", "See www.a.org", None),
        ("Bkz. http://a.org", "See https://A.org/", None),
        ("Bkz. https://a.org/b", "See a.org/b", None),
        ("请访问https://a.org。谢谢", "Visit (https://a.org), thanks", None),
        ("Bkz. https://a.org/b_(c)", "See https://a.org/b_(c).", None),
        ("Bkz. https://a.org/b", "See the page", {"lost": ["a.org/b"]}),
        ("Bkz.", "See https://a.org/b", {"invented": ["a.org/b"]}),
        ("Yaz: ali@a.org", "Write to ali@a.org.", None),
        ("Yaz: ali@a.org", "Write to Ali", {"lost": ["ali@a.org"]}),
        ("Yaz: @ali", "Write to @ali, bob@home", None),
    ],
)
def test_addresses_are_kept(source: str, text: str, seen: dict[str, Any] | None):
    assert seen_in(Urls(), text, source) == seen
