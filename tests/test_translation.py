"""What is asked of a system, and when it is not asked at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evalharness.errors import EvalHarnessError
from evalharness.systems import Failure, Prices, System, Translation
from evalharness.testsets import Bitext, Segment
from evalharness.translation import translate
from evalharness.values import observed

from .finished import counted


class Shouting(System):
    """A system that upper-cases, in reverse order, and notes what it was asked."""

    name = "shouting"

    def __init__(self, fails_on: str = "", dies_after: int = 1000) -> None:
        self.asked: list[str] = []
        self.fails_on = fails_on
        self.dies_after = dies_after

    def missing_requirement(self) -> None:
        return None

    def supports(self, source: str, target: str) -> bool:
        return True

    def fingerprint(self, source: str, target: str) -> dict[str, str]:
        return {"system": "shouting"}

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | Failure]]:
        self.asked += texts
        for count, position in enumerate(reversed(range(len(texts)))):
            if count == self.dies_after:
                raise RuntimeError("out of memory")
            text = texts[position]
            yield (
                position,
                Failure("HTTP 500") if text == self.fails_on else Translation(text.upper()),
            )


def bitext(*sources: str) -> Bitext:
    segments = [Segment(str(n), n, None, text, ("x",)) for n, text in enumerate(sources)]
    return Bitext("t", "tr", "en", tuple(segments), "src.txt", len(sources), ("human",))


def test_each_distinct_text_is_translated_once_and_order_is_kept(tmp_path: Path):
    system = Shouting()
    made = translate(system, bitext("b", "a", "b", "c"), tmp_path)
    assert made.texts == ["B", "A", "B", "C"]
    assert sorted(system.asked) == ["a", "b", "c"]
    assert made.from_store == 0


def test_a_second_run_asks_only_for_what_is_new(tmp_path: Path):
    translate(Shouting(), bitext("a", "b"), tmp_path)
    system = Shouting()
    made = translate(system, bitext("a", "d", "b"), tmp_path)
    assert (made.texts, made.from_store, system.asked) == (["A", "D", "B"], 2, ["d"])
    unasked = Shouting()
    assert translate(unasked, bitext("d", "d"), tmp_path).from_store == 2
    assert unasked.asked == []


def test_failures_are_not_kept_and_asked_for_again(tmp_path: Path):
    made = translate(Shouting(fails_on="b"), bitext("a", "b", "b"), tmp_path)
    assert made.hypotheses == ("A", None, None)
    assert counted(made, "failed") == {"HTTP 500": 2}
    again = Shouting()
    assert translate(again, bitext("a", "b"), tmp_path).texts == ["A", "B"]
    assert again.asked == ["b"]


def test_what_was_made_before_a_crash_is_not_made_again(tmp_path: Path):
    with pytest.raises(RuntimeError):
        translate(Shouting(dies_after=2), bitext("a", "b", "c", "d"), tmp_path)
    again = Shouting()
    made = translate(again, bitext("a", "b", "c", "d"), tmp_path)
    assert made.texts == ["A", "B", "C", "D"]
    assert again.asked == ["a", "b"]


class Sentences(Shouting):
    """Shouts sentence by sentence, two of them at a time; marks some."""

    def pieces(self, text: str, source: str) -> list[str]:
        return [part.strip() for part in text.split(".") if part.strip()]

    def batches(self, texts: Sequence[str], source: str, target: str) -> list[list[int]]:
        return [list(range(at, min(at + 2, len(texts)))) for at in range(0, len(texts), 2)]

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | Failure]]:
        for position, made in super().translate(texts, source, target):
            text = texts[position]
            if isinstance(made, Translation):
                seen = observed(truncated=text == "long", unfinished=text == "endless")
                made = replace(made, observations=seen)
            yield position, made


def test_pieces_are_translated_once_and_joined_in_order(tmp_path: Path):
    system = Sentences()
    made = translate(system, bitext("a. b. a.", "b.", "c. long. endless"), tmp_path)
    assert made.texts == ["A B A", "B", "C LONG ENDLESS"]
    assert sorted(system.asked) == ["a", "b", "c", "endless", "long"]
    assert counted(made, "truncated") == counted(made, "unfinished") == 1
    assert made.from_store == 0
    again = translate(Sentences(), bitext("endless. a.", "d."), tmp_path)
    assert (again.texts, again.from_store) == (["ENDLESS A", "D"], 1)
    assert counted(again, "unfinished") == 1


class Paid(Sentences):
    """Says what it read and wrote, and what it took out."""

    def prices(self) -> Prices:
        return Prices(input_tokens=2, characters=10)

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | Failure]]:
        for position, made in super().translate(texts, source, target):
            if isinstance(made, Translation):
                seen = {**made.observations, "removed": ["quotes"]}
                made = replace(made, observations=seen, input_tokens=100, output_tokens=10)
            yield position, made


def test_tokens_and_cost_are_of_distinct_pieces_and_removals_of_segments(tmp_path: Path):
    made = translate(Paid(fails_on="c"), bitext("a. b.", "b.", "c. d."), tmp_path)
    assert counted(made, "removed") == {"quotes": 2}
    assert counted(made, "failed") == {"HTTP 500": 1}
    used = {"input_tokens": 300, "output_tokens": 30, "characters": 3}  # a, b and d
    assert made.usage["this_run"] == {**used, "cost": (300 * 2 + 3 * 10) / 1e6}
    again = translate(Paid(), bitext("a. b.", "e."), tmp_path)
    assert again.usage["this_run"]["input_tokens"] == 100
    assert again.usage["all"]["input_tokens"] == 300
    assert translate(Shouting(), bitext("x"), tmp_path / "free").usage == {}


class Keyless(Shouting):
    """Lacks a key."""

    def missing_to_translate(self) -> str:
        return "the environment variable KEY is not set"


def test_a_system_that_lacks_something_is_not_asked_but_what_is_stored_is_served(tmp_path: Path):
    with pytest.raises(EvalHarnessError, match="KEY is not set"):
        translate(Keyless(), bitext("a"), tmp_path)
    translate(Shouting(), bitext("a"), tmp_path)
    assert translate(Keyless(), bitext("a"), tmp_path).texts == ["A"]


def test_a_segment_fails_when_a_piece_of_it_does(tmp_path: Path):
    made = translate(Sentences(fails_on="b"), bitext("a. b.", "a."), tmp_path)
    assert made.hypotheses == (None, "A")


def test_a_segment_without_text_is_not_sent_and_has_an_empty_hypothesis(tmp_path: Path):
    for system in (Shouting(), Sentences()):
        made = translate(system, bitext("a", " \t\u00a0", ""), tmp_path / type(system).__name__)
        assert made.texts == ["A", "", ""]
        assert system.asked == ["a"]


def test_chinese_sentences_are_joined_without_a_space(tmp_path: Path):
    into_chinese = replace(bitext("a. b."), target_lang="zh")
    assert translate(Sentences(), into_chinese, tmp_path).texts == ["AB"]


class Watched(Sentences):
    """While it works on its first batch, another process translates all there is."""

    def __init__(self, store: Path, texts: Sequence[str]) -> None:
        super().__init__()
        self.store, self.texts = store, texts

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | Failure]]:
        if not self.asked:
            translate(Sentences(), bitext(*self.texts), self.store)
        yield from super().translate(texts, source, target)


def test_what_another_process_has_translated_meanwhile_is_not_asked_for(tmp_path: Path):
    texts = [f"text {n}" for n in range(40)]
    system = Watched(tmp_path, texts)
    made = translate(system, bitext(*texts), tmp_path)
    assert made.texts == [text.upper() for text in texts]
    assert len(system.asked) == 2  # the batch that it was working on
