"""The sentences of a text."""

from __future__ import annotations

import re
from collections.abc import Sequence


def sentences(text: str, source: str) -> Sequence[str]:
    """Returns a text's sentences, as sentencex finds them, without the space between them.

    Args:
        text: The text.
        source: The BCP-47 code of its language.
    """
    import sentencex

    # It fails on some white space that is not a plain space: wikimedia/sentencex 1.0.32.
    found = sentencex.segment(source.partition("-")[0], re.sub(r"\s", " ", text))
    return [sentence for part in found if (sentence := part.strip())]
