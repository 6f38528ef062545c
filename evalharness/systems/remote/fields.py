"""The fields that a protocol names: found in an answer, or an error that says what it lacks."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from evalharness.systems.remote.errors import unreadable

EACH: Final = "[]"
"""In a path through an answer: all that a list holds."""
FIRST: Final = "[0]"
"""In a path through an answer: the first that a list holds."""

_T = TypeVar("_T", dict[str, Any], list[Any], str)
_KINDS = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def texts_at(answer: object, *path: str) -> list[str]:
    """Returns the texts that an answer holds.

    Args:
        answer: The answer, parsed.
        path: The names that lead to a text; `EACH` or `FIRST` after the name of a list.

    Raises:
        RequestError: The answer does not follow the protocol; the error says what it lacks where.
    """
    found: list[tuple[str, Any]] = [("the answer", answer)]
    for step in path:
        found = [part for place, whole in found for part in _parts(place, whole, step)]
    return [typed(value, str, place) for place, value in found]


def typed(value: object, kind: type[_T], place: str) -> _T:
    """Returns a value of JSON, if it is of the kind that the protocol has at its place.

    Raises:
        RequestError: It is of another kind.
    """
    if not isinstance(value, kind):
        raise unreadable(f"{place} is {_KINDS[type(value)]}, not {_KINDS[kind]}")
    return value


def _parts(place: str, whole: object, step: str) -> list[tuple[str, Any]]:
    """What one step of a path leads to, each with its place in words."""
    if step in (EACH, FIRST):
        parts = [(f"{place}[{n}]", part) for n, part in enumerate(typed(whole, list, place))]
        if step == FIRST and not parts:
            raise unreadable(f"{place} is empty")
        return parts if step == EACH else parts[:1]
    if step not in (named := typed(whole, dict, place)):
        raise unreadable(f"{place} has no {step}")
    return [(step if place == "the answer" else f"{place}.{step}", named[step])]
