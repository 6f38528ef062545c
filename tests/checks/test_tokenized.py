"""`tokenized`: which hypotheses show what a tokenizer made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.checks import Tokenized, look_at

from ..conftest import read_lines
from .looking import outputs_of, seen_in


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\u2581It\u2581is", ["\u2581"]),
        ("It \u2047 is", ["\u2047"]),
        ("un@@ known word", ["@@"]),
        ("a well @-@ known word", ["@-@"]),
        ("un ##known word", ["##"]),
        ("un</w> <unk> word</s>", ["</s>", "</w>", "<unk>"]),
        ("He came , saw , and won .", [" ,", " ."]),
        ("He came , saw, and won.", None),
        ("He came .", None),
        ("Mail a@@b, ## a title, # 1", None),
        ("He came, saw, and won.", None),
        ("", None),
    ],
)
def test_marks_and_spaces_of_tokenizers_are_flagged(text: str, seen: list[str] | None):
    assert seen_in(Tokenized(), text) == seen
    assert seen_in(Tokenized(), text, text) is None


def test_real_outputs_in_pieces_are_all_named(flores: Path):
    folder = flores / "tr-en"
    sources, people = (read_lines(folder / f"flores-test.{lang}") for lang in ("tr", "en"))
    hypotheses = read_lines(folder / "flores-test.opusmt.en")
    laid = range(0, 1012, 20)
    for row in laid:
        hypotheses[row] = "\u2581" + hypotheses[row].replace(" ", " \u2581")
    result = look_at(Tokenized(), outputs_of(hypotheses, sources, [(text,) for text in people]))
    assert result is not None
    assert result.rate.segment_ids == tuple(str(row + 1) for row in laid)
    assert result.rate.reference_counts == {"A": 0}
