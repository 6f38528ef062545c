"""What is asked of a system, and when it is not asked at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from evalharness.systems import System, Translation
from evalharness.testsets import Bitext, Segment
from evalharness.translation import translate


class Shouting(System):
    """A system that upper-cases, in reverse order, and notes what it was asked."""

    name = "shouting"

    def __init__(self, fails_on: str = "", dies_after: int = 1000) -> None:
        self.asked: list[str] = []
        self.fails_on = fails_on
        self.dies_after = dies_after

    def unavailable(self) -> None:
        return None

    def supports(self, source: str, target: str) -> bool:
        return True

    def fingerprint(self, source: str, target: str) -> dict[str, str]:
        return {"system": "shouting"}

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | None]]:
        self.asked += texts
        for count, position in enumerate(reversed(range(len(texts)))):
            if count == self.dies_after:
                raise RuntimeError("out of memory")
            text = texts[position]
            yield position, None if text == self.fails_on else Translation(text.upper())


def bitext(*sources: str) -> Bitext:
    segments = [Segment(str(n), n, None, text, ("x",)) for n, text in enumerate(sources)]
    return Bitext("t", "tr", "en", tuple(segments), "src.txt", len(sources), ("human",))


def test_each_distinct_text_is_translated_once_and_order_is_kept(tmp_path: Path):
    system = Shouting()
    made = translate(system, bitext("b", "a", "b", "c"), tmp_path)
    assert made.texts == ("B", "A", "B", "C")
    assert sorted(system.asked) == ["a", "b", "c"]
    assert made.from_store == 0


def test_a_second_run_asks_only_for_what_is_new(tmp_path: Path):
    translate(Shouting(), bitext("a", "b"), tmp_path)
    system = Shouting()
    made = translate(system, bitext("a", "d", "b"), tmp_path)
    assert (made.texts, made.from_store, system.asked) == (("A", "D", "B"), 2, ["d"])
    unasked = Shouting()
    assert translate(unasked, bitext("d", "d"), tmp_path).from_store == 2
    assert unasked.asked == []


def test_failures_are_not_kept_and_asked_for_again(tmp_path: Path):
    assert translate(Shouting(fails_on="b"), bitext("a", "b"), tmp_path).texts == ("A", None)
    again = Shouting()
    assert translate(again, bitext("a", "b"), tmp_path).texts == ("A", "B")
    assert again.asked == ["b"]


def test_what_was_made_before_a_crash_is_not_made_again(tmp_path: Path):
    with pytest.raises(RuntimeError):
        translate(Shouting(dies_after=2), bitext("a", "b", "c", "d"), tmp_path)
    again = Shouting()
    made = translate(again, bitext("a", "b", "c", "d"), tmp_path)
    assert made.texts == ("A", "B", "C", "D")
    assert again.asked == ["a", "b"]
