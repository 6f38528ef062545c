"""Options that have a new name: the old one is refused, and the error says what to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evalharness.errors import EvalHarnessError

_RENAMED: Mapping[str, str] = {
    "leaderboard.format": "format={}",
    "compare.format": "format={}",
    "compare.pair": "select.pair={}",
    "compare.testset": "select.testset={}",
    "gate.format": "format={}",
}
"""What is written now, by the name that an option had."""


def refuse_renamed(words: Iterable[str]) -> None:
    """Refuses options of the command line that have a new name.

    Raises:
        EvalHarnessError: One has.
    """
    for word in words:
        option, _, value = word.lstrip("+~").partition("=")
        if option in _RENAMED:
            raise EvalHarnessError(
                "has a new name", where=option, hint=f"write {_RENAMED[option].format(value)}"
            )
