"""How alike two texts are: shared groups of four characters, a cheap relative of chrF."""

from __future__ import annotations

from evalharness.values.outputs import Outputs

_SIZE = 4

Grams = frozenset[str]


def grams(text: str | None) -> Grams:
    """Returns the groups of four characters of a text, without regard to case and spacing."""
    plain = " ".join((text or "").lower().split())
    return frozenset(plain[at : at + _SIZE] for at in range(len(plain) - _SIZE + 1))


def likeness(first: Grams, second: Grams) -> float:
    """Returns the F1 of shared groups, from 0 to 1.

    A translation and its reference have about 0.5 to 0.7, texts of neighbouring lines 0.1, other
    ones 0.05 to 0.09 (FLORES and WMT23).
    """
    total = len(first) + len(second)
    return 2 * len(first & second) / total if total else 0.0


def words_of(text: str) -> int:
    """Returns the number of words; in scripts without spaces four characters are one."""
    return max(len(text.split()), len(text) // 12)


def first_references(outputs: Outputs) -> list[str]:
    """Returns the first reference of each segment; empty where it has none."""
    return [next(iter(segment.references), "") for segment in outputs.bitext.segments]
