"""What stands more or less often in a text than in its source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def differences(source: Iterable[str], text: Iterable[str]) -> dict[str, list[str]] | None:
    """Returns what a text has lost and invented.

    Args:
        source: The marks of the source; one that stands there twice is given twice.
        text: The marks of the text.

    Returns:
        The marks as `lost` and `invented`, those that are not empty; `None` where nothing differs.
    """
    wanted, found = Counter(source), Counter(text)
    lost, invented = sorted((wanted - found).elements()), sorted((found - wanted).elements())
    named = {"lost": lost, "invented": invented}
    return {name: marks for name, marks in named.items() if marks} or None
