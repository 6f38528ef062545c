"""What is certainly no translation in a language model's answer.

Only what wraps the whole answer, and what the source does not have itself; when in doubt it stays.
"""

from __future__ import annotations

import re
from typing import NamedTuple

RULES = 1
"""To be raised whenever a change of this module changes an answer: it is in the fingerprint."""

REASONING, FENCE, QUOTES = "reasoning block", "code fence", "quotes"

# Some chat templates open the block themselves: then the answer has only its end.
_REASONING = re.compile(r"\A\s*(?:<(think|thinking)>)?(?:(?!<think).)*?</(?:think|thinking)>", re.S)
_OPENED = re.compile(r"\A\s*<(think|thinking)>")
_FENCE = re.compile(r"```(?:[\w+-]*[ \t]*\n)?(?P<inside>.*?)```", re.S)
_PAIRS = ('""', "''", "``", "“”", "‘’", "„“", "„”", "«»", "»«", "‹›", "「」", "『』")
_DOUBLE = set('"“”„«»‹›「」『』')  # an apostrophe is no quote
_SINGLE = set("'‘’`")


class Cleaned(NamedTuple):
    """An answer without what is certainly no translation.

    Attributes:
        text: What is left, on one line.
        removed: What was taken out.
        only_reasoning: Whether the answer ended before it came to the translation.
    """

    text: str
    removed: tuple[str, ...] = ()
    only_reasoning: bool = False


def clean(answer: str, source: str) -> Cleaned:
    """Takes a reasoning block, then a wrapping code fence, then wrapping quotes out of an answer.

    Args:
        answer: What the model said.
        source: What it was to translate.
    """
    text, removed = answer, []
    if "think>" not in source and "thinking>" not in source:
        if block := _REASONING.match(text):
            text = text[block.end() :]
            removed.append(REASONING)
        elif _OPENED.match(text):
            return Cleaned("", (REASONING,), only_reasoning=True)
    text = text.strip()
    fence = _FENCE.fullmatch(text)
    if fence and "```" not in source and "```" not in fence["inside"] and fence["inside"].strip():
        text = fence["inside"].strip()
        removed.append(FENCE)
    if _wrapped(text) and not _quotes(source):
        text = text[1:-1].strip()
        removed.append(QUOTES)
    return Cleaned(" ".join(text.split()), tuple(removed))


def _wrapped(text: str) -> bool:
    """Whether a pair of quotes encloses all of a text, and has no like inside."""
    inside = text[1:-1]
    return (
        bool(inside.strip())
        and text[0] + text[-1] in _PAIRS
        and text[0] not in inside
        and text[-1] not in inside
    )


def _quotes(source: str) -> bool:
    """Whether a source has quotes: marks that cannot be apostrophes, or any at its ends."""
    ends = source.strip()
    return bool(_DOUBLE & set(source)) or bool(_SINGLE & {ends[:1], ends[-1:]})
