"""The floor."""

from __future__ import annotations

from evalharness.systems import CopySystem, Translation


def test_copies_and_supports_everything():
    system = CopySystem()
    texts = ["مرحبا", " spaced ", ""]
    assert list(system.translate(texts, "ar", "en")) == list(enumerate(map(Translation, texts)))
    assert system.supports("xx", "yy")
