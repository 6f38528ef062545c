"""Texts that are longer than a model takes."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from evalharness.errors import EvalHarnessError
from evalharness.languages import sentence_separator, sentences
from evalharness.systems.neural.engine import TokenIds


class Split(Enum):
    """What is translated on its own."""

    sentence = "sentence"
    segment = "segment"


class Part(NamedTuple):
    """A text, or a part of one, as a model takes it.

    Attributes:
        ids: Its tokens, with all that the model wants around them.
        truncated: Whether its end was cut off.
    """

    ids: TokenIds
    truncated: bool


def fit(text: str, encode: Callable[[str], TokenIds], limit: int, source: str) -> list[Part]:
    """Encodes a text, in several parts if it is longer than the model takes.

    Parts hold as many whole sentences as fit. A sentence that alone is too long is cut.

    Args:
        text: The text, not empty.
        encode: Gives the token ids of a text.
        limit: How many the model takes.
        source: The BCP-47 code of the text's language.

    Raises:
        EvalHarnessError: Not even the beginning of a sentence fits.
    """
    ids = encode(text)
    if len(ids) <= limit:
        return [Part(ids, False)]
    several = sentences(text, source)
    if len(several) < 2:
        return [_cut(text, encode, limit)]
    parts: list[Part] = []
    group, between = "", sentence_separator(source)
    for sentence in several:
        longer = f"{group}{between}{sentence}" if group else sentence
        if group and len(encode(longer)) > limit:
            parts += fit(group, encode, limit, source)
            longer = sentence
        group = longer
    return [*parts, *fit(group, encode, limit, source)]


def _cut(text: str, encode: Callable[[str], TokenIds], limit: int) -> Part:
    """The longest beginning that fits, found by bisection over its characters."""
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if len(encode(text[:middle])) <= limit:
            fits = middle
        else:
            too_long = middle
    if not fits:
        raise EvalHarnessError(
            f"no text fits into the {limit} tokens that the model takes",
            where="model.max_input_tokens",
            hint="give it more, or lower model.max_new_tokens=",
        )
    return Part(encode(text[:fits]), True)
