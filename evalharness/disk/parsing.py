"""Reading JSON that may have been cut short, edited, or written by something else."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

DAMAGES = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
    MemoryError,
)
"""What reading a file raises that was cut short or edited."""

_DEEPEST = 100  # what is nested as deeply as Python's own limit could not be written again
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse_json(content: bytes) -> Any:
    """Returns the value of a JSON text that every part of the program can use and write again.

    Raises:
        ValueError: The content is no JSON in UTF-8, is nested too deeply, or holds half of a
            surrogate pair, or a number that is not finite.
    """
    text = content.decode("utf-8")
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if text.count("[") + text.count("{") > _DEEPEST or _ESCAPED_SURROGATE.search(text):
        _check(value)
    return value


def _check(value: Any) -> None:
    """Looks at everything in a value, level by level."""
    level = [value]
    for _ in range(_DEEPEST):
        for text in level:
            if isinstance(text, str):
                text.encode("utf-8")  # JSON can name half of a surrogate pair
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def _finite(digits: str) -> float:
    if not math.isfinite(number := float(digits)):
        raise ValueError(f"{digits} is too large")
    return number


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse)
