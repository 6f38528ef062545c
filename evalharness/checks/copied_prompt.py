"""`copied_prompt`: the hypothesis has words of the prompt, or marks of a chat template."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import Check, Look
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment

_FEWEST, _WEIGHT = 6, 28.0  # words in a row of the prompt, and letters in them
_OF_A_SENTENCE, _ITS_WEIGHT = 4, 20.0  # of a whole sentence of the prompt
_OF_HAN, _OF_A_CHARACTER = 1.7, 1.2  # how many letters a character is where spaces are not written
# A word with its marks; of scripts without spaces each character is one.
_ALONE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u200c\u200d"
)
_WORD = re.compile(rf"[{_ALONE}]|(?:(?![{_ALONE}])[\w{_MARKS}])+")
_SENTENCE = re.compile(r"[^.!?:;\n。！？：；]+")
_TEMPLATE = re.compile(
    r"<\|[a-z][a-z_ 0-9]*\|>|<｜[^<>｜]{1,40}｜>|\[/?INST\]|\[/?SYSTEM_PROMPT\]|<</?SYS>>|"
    r"<(?:start|end)_of_turn>|<(?:bos|eos|pad)>|<extra_id_\d+>|^</?s>|</s>\s*$|^>>[a-z]{2,3}<<|"
    r"\b(?-i:ASSISTANT):|"
    r"(?:^|\n)#{2,4} ?(?:instruction|input|response|assistant|user|human)s?:",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class CopiedPrompt(Check):
    """The hypothesis repeats what the system was asked with.

    It has at least six words in a row of the prompt, with 28 letters and more, or a whole sentence
    of it with four words and 20 letters, or marks of a chat template such as `<|im_start|>` and
    `[INST]`. What stands in the source as well does not count; nor do words of the prompt that
    stand in any reference or source of the test set, as what a prompt tells of the domain does. Of
    a system that is not asked in words, or whose words are not known, only the marks are looked
    for. The check sees the words or the mark.
    """

    id: str = "copied_prompt"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the hypothesis repeats the prompt, or has marks of a chat template"

    @property
    def structural(self) -> bool:
        """Never right where the source does not have them."""
        return True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the bounds, and what could be looked for."""
        asked = "template" if prompt is None else "template+prompt"
        spared = "source" if bitext.has_sources else "nothing"
        return f"words:{_FEWEST}|letters:{_WEIGHT:.0f}|marks:{asked}|spared:{spared}+references"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        """Returns the look, which knows the words of the prompt."""
        runs = _by_beginning(_words(prompt or ""), prompt or "")
        if runs:
            for segment in bitext.segments:
                for text in (segment.source, *segment.references):
                    for run in _found(runs, _words(text)):
                        runs[run[:_OF_A_SENTENCE]].discard(run)

        def look(segment: Segment, text: str, observations: Observations | None) -> Any:
            for found in _TEMPLATE.finditer(text):
                mark = found.group().strip()
                if mark not in segment.source and not ("##" in mark and "##" in segment.source):
                    return mark
            copied = min(_found(runs, _words(text)), default=None) if runs else None
            return None if copied is None else " ".join(copied)

        return look


_Run = tuple[str, ...]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _weight(words: Sequence[str]) -> float:
    """How many letters some words have; see `_OF_HAN`."""
    return sum(
        _OF_HAN
        if _HAN.fullmatch(word)
        else _OF_A_CHARACTER
        if _SINGLE.fullmatch(word)
        else len(word)
        for word in words
    )


_SINGLE, _HAN = re.compile(f"[{_ALONE}]"), re.compile("[\u3400-\u9fff]")


def _by_beginning(words: Sequence[str], prompt: str) -> dict[_Run, set[_Run]]:
    """What is long enough to be no accident, by its first words.

    These are the shortest runs from each word on, and the prompt's sentences.
    """
    runs = {tuple(_words(sentence)) for sentence in _SENTENCE.findall(prompt)}
    runs = {run for run in runs if len(run) >= _OF_A_SENTENCE and _weight(run) >= _ITS_WEIGHT}
    for start in range(len(words)):
        for end in range(start + _FEWEST, len(words) + 1):
            if _weight(words[start:end]) >= _WEIGHT:
                runs.add(tuple(words[start:end]))
                break
    found: dict[_Run, set[_Run]] = {}
    for run in runs:
        found.setdefault(run[:_OF_A_SENTENCE], set()).add(run)
    return found


def _found(runs: Mapping[_Run, set[_Run]], words: Sequence[str]) -> set[_Run]:
    """The runs that stand in a text."""
    return {
        run
        for at in range(len(words) - _OF_A_SENTENCE + 1)
        for run in runs.get(tuple(words[at : at + _OF_A_SENTENCE]), ())
        if tuple(words[at : at + len(run)]) == run
    }
