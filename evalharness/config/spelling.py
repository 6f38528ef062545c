"""What is typed on the command line for a text arrives as it was typed.

Hydra reads `1.10` as a number and `true` as a truth value, and cannot read `ç`, `{` or `=` at all.
Such a scalar is quoted before Hydra sees it: where an option takes text, also within its lists,
sweeps and dicts; elsewhere only what Hydra cannot read. Hydra's own syntax stays: lists, dicts,
sweeps, functions, interpolations, quotes, `null`, and a backslash before a comma or a bracket.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeAlias

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Quote, QuotedString
from hydra.errors import HydraException

from evalharness.config.grammar import (
    Call,
    DictOf,
    ListOf,
    Quoted,
    Scalar,
    UnclosedError,
    Value,
    parsed,
)
from evalharness.config.hints import is_text, within

Hints: TypeAlias = Callable[[], Sequence[Any]]
"""Says what an option takes: a type hint of each class that has an option of this name."""

_ASSIGNMENT = re.compile(r"(\+{0,2}([^=~+][^=]*))=(.+)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\,()\[\]{}])")


def spelled(word: str, hints_of: Callable[[str], Sequence[Any]]) -> str:
    """Returns a word of the command line, quoted where Hydra would not read what was typed.

    Args:
        word: `key=value`, `+key=value`, `++key=value`; another word stays as it is, and one whose
            brackets or quotes do not close, which Hydra refuses.
        hints_of: Returns the type hints of what an option takes, by its key. Asked only where it
            matters, since it imports classes.
    """
    assignment = _ASSIGNMENT.fullmatch(word)
    if not assignment:
        return word
    option, key, text = assignment.groups()

    def hints() -> Sequence[Any]:
        return hints_of(key)

    if not text.strip(" \t"):
        return f"{option}={_scalar(text, hints)}"
    try:
        values = parsed(text)
    except UnclosedError:
        return word
    values = _swept(values)
    alone = len(values) == 1
    return f"{option}={','.join(_written(value, hints, alone=alone) for value in values)}"


def _swept(values: list[Value]) -> list[Value]:
    """`choice(a,b)` as `a,b`, which means the same: Hydra's functions forget what was quoted."""
    match values:
        case [Call("choice", arguments)] if len(arguments) > 1 and not any(dict(arguments)):
            return [value for _, value in arguments]
    return values


def _written(value: Value, hints: Hints, *, alone: bool = False) -> str:
    match value:
        case Scalar(text):
            return _scalar(text if alone else text.strip(" \t"), hints)
        case Quoted(text):
            return text
        case ListOf(items):
            inner = _within(hints, "0")
            return f"[{','.join(_written(item, inner) for item in items)}]"
        case DictOf(pairs):
            inside = [f"{key}:{_written(item, _within(hints, key))}" for key, item in pairs]
            return f"{{{','.join(inside)}}}"
        case Call(function, arguments):
            given = [f"{before}{_written(item, tuple)}" for before, item in arguments]
            return f"{function}({','.join(given)})"


def _scalar(typed: str, hints: Hints) -> str:
    """Writes a scalar so that Hydra reads it; as a text where the option takes one."""
    meant = _ESCAPED.sub(lambda pair: pair[0] if pair[1] == "\\" else pair[1], typed)
    try:
        read = _parser().parse_override(f"key={typed}").value()
    except (HydraException, ValueError):  # ValueError: a number of thousands of digits
        return QuotedString(meant, Quote.single).with_quotes()
    if read is None or read == meant or not any(map(is_text, hints())):
        return typed
    return QuotedString(meant, Quote.single).with_quotes()


def _within(hints: Hints, key: str) -> Hints:
    return lambda: [inner for hint in hints() for inner in within(hint, [key])]


@cache
def _parser() -> OverridesParser:
    return OverridesParser.create()
