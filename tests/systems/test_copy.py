"""The floor."""

from __future__ import annotations

from evalharness.systems import CopySystem


def test_copies_and_supports_everything():
    system = CopySystem()
    texts = ["مرحبا", " spaced ", ""]
    assert list(system.translate(texts, "ar", "en")) == list(enumerate(texts))
    assert system.supports("xx", "yy")
