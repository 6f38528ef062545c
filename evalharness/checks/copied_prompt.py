"""`copied_prompt`: the hypothesis has words of the prompt, or marks of a chat template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import Check, Look
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment

_FEWEST, _WEIGHT = 5, 24  # words in a row of the prompt, and letters in them
# A word; of scripts without spaces each character is one, and counts as two letters.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\W_\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+"
)
_TEMPLATE = re.compile(
    r"<\|[a-z][a-z_ ]*\|>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|</?s>(?=\s*\[|\s*$)|"
    r"(?:^|\n)#{2,4} ?(?:instruction|input|response|assistant|user|human)s?:",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class CopiedPrompt(Check):
    """The hypothesis repeats what the system was asked with.

    It has at least five words in a row of the prompt, with 24 letters and more, or marks of a chat
    template such as `<|im_start|>` and `[INST]`. What stands in the source as well does not
    count. Of a system that is not asked in words, or whose words are not known, only the marks
    are looked for. The check sees the words or the mark.
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
        return f"words:{_FEWEST}|letters:{_WEIGHT}|marks:{asked}|spared:{spared}"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        """Returns the look, which knows the words of the prompt."""
        runs = sorted(set(_runs(_words(prompt or ""))))

        def look(segment: Segment, text: str, observations: Observations | None) -> Any:
            for found in _TEMPLATE.finditer(text):
                if found.group().strip() not in segment.source:
                    return found.group().strip()
            if not runs:
                return None
            words = _joined(_words(text))
            copied = [run for run in runs if run in words]
            if not copied:
                return None
            source = _joined(_words(segment.source))
            return next((run.strip() for run in copied if run not in source), None)

        return look


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _joined(words: list[str]) -> str:
    return f" {' '.join(words)} "


def _runs(words: list[str]) -> Iterator[str]:
    """The shortest runs from each word on that are long enough to be no accident."""
    for start in range(len(words)):
        weight = 0
        for end in range(start, len(words)):
            weight += 2 if len(words[end]) == 1 and not words[end].isascii() else len(words[end])
            if end - start + 1 >= _FEWEST and weight >= _WEIGHT:
                yield _joined(words[start : end + 1])
                break
