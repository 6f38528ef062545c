"""How many tokens texts have, and whether COMET reads all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def token_counts(encoder: Any, texts: Iterable[str]) -> dict[str, int]:
    """Returns each text's number of tokens, the special ones included.

    Args:
        encoder: A `comet.encoders.Encoder`.
        texts: Distinct texts.
    """
    listed = list(texts)
    if not listed:
        return {}
    tokenizer = encoder.tokenizer
    encoded = tokenizer(listed, truncation=False, verbose=False)["input_ids"]
    return {text: len(ids) for text, ids in zip(listed, encoded, strict=True)}
