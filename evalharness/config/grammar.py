"""The value of an override, taken apart as Hydra's grammar does, but with any text for a scalar.

Hydra's own parser refuses a whole word for one letter that its scalars may not have. This one only
looks for what gives a value its shape: commas, brackets, quotes, functions, interpolations.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias, TypeVar

from hydra.core.override_parser.overrides_parser import create_functions

T = TypeVar("T")

_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_CALL = re.compile(r"([A-Za-z_][\w-]*)[ \t]*\(", re.ASCII)
_ARGUMENT = re.compile(r"[ \t]*(?:[A-Za-z_][\w-]*[ \t]*=)?", re.ASCII)
_DICT_KEY = re.compile(r"[ \t]*([^:,{}\[\]()'\"=]+?)[ \t]*:")
_BLANKS = re.compile(r"[ \t]*")
_BRACKETS = {"]": "[", "}": "{"}


class UnclosedError(ValueError):
    """A bracket or a quote does not close, or there is nothing between two commas."""


@dataclass(frozen=True)
class Scalar:
    """Anything without a shape of its own, as it is written; blanks around it included."""

    text: str


@dataclass(frozen=True)
class Quoted:
    """Text in quotes, which are part of it."""

    text: str


@dataclass(frozen=True)
class ListOf:
    """`[a,b]`."""

    items: tuple[Value, ...]


@dataclass(frozen=True)
class DictOf:
    """`{a:1,b:2}`."""

    items: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Call:
    """`choice(a,b)`; of each argument what stands before it (`step=`), too."""

    function: str
    arguments: tuple[tuple[str, Value], ...]


Value: TypeAlias = Scalar | Quoted | ListOf | DictOf | Call


def parsed(text: str) -> list[Value]:
    """Returns the values that commas part, of which there are several in a sweep.

    Raises:
        UnclosedError: A bracket or quote that begins a value does not close.
    """
    return _sequence(text, 0, "", _value)[0]


def _sequence(
    text: str, at: int, closing: str, read: Callable[[str, int, str], tuple[T, int]]
) -> tuple[list[T], int]:
    """Reads what commas part, up to `closing`, which is `""` for the text's end."""
    found: list[T] = []
    if closing and text[_skip(text, at) :].startswith(closing):
        return found, _skip(text, at) + 1
    while True:
        item, at = read(text, at, closing)
        found.append(item)
        if text[at : at + 1] == closing:
            return found, at + 1
        at += 1  # a comma


def _value(text: str, at: int, closing: str) -> tuple[Value, int]:
    """Reads one value, and says where the comma or bracket behind it stands."""
    start = _skip(text, at)
    try:
        shaped = _shaped(text, start)
    except UnclosedError:
        shaped = None
    if shaped:
        end = _skip(text, shaped[1])
        if text[end : end + 1] in (",", closing):
            return shaped[0], end
    end = _scalar_end(text, start, closing)
    if text[end : end + 1] not in (",", closing):
        raise UnclosedError(text)
    scalar = text[at:end]
    first = text[start : start + 1]
    if not scalar.strip(" \t") or first in "'\"" or (first in "[{" and not _balanced(scalar)):
        raise UnclosedError(scalar)
    return Scalar(scalar), end


def _shaped(text: str, start: int) -> tuple[Value, int] | None:
    """Reads a value with a shape, if one begins here; it may turn out to be a text that goes on."""
    if quoted := _QUOTED.match(text, start):
        return Quoted(quoted[0]), quoted.end()
    if text.startswith("[", start):
        items, end = _sequence(text, start + 1, "]", _value)
        return ListOf(tuple(items)), end
    if text.startswith("{", start):
        pairs, end = _sequence(text, start + 1, "}", _pair)
        return DictOf(tuple(pairs)), end
    if (call := _CALL.match(text, start)) and call[1] in _functions():
        arguments, end = _sequence(text, call.end(), ")", _argument)
        return Call(call[1], tuple(arguments)), end
    return None


def _pair(text: str, at: int, closing: str) -> tuple[tuple[str, Value], int]:
    key = _DICT_KEY.match(text, at)
    if not key:
        raise UnclosedError(text)
    value, end = _value(text, key.end(), closing)
    return (key[1], value), end


def _argument(text: str, at: int, closing: str) -> tuple[tuple[str, Value], int]:
    before = _ARGUMENT.match(text, at)
    assert before
    value, end = _value(text, before.end(), closing)
    return (before[0].strip(), value), end


def _scalar_end(text: str, at: int, closing: str) -> int:
    while at < len(text) and text[at] != "," and text[at] != closing:
        if text.startswith("${", at):
            at = _interpolation_end(text, at)
        elif text[at] == "\\":
            at += 2
        else:
            at += 1
    return min(at, len(text))


def _interpolation_end(text: str, at: int) -> int:
    """Behind `${...}`, which may hold others; behind `${` if it does not close."""
    depth, end = 1, at + 2
    while end < len(text):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
        if not depth:
            return end
    return at + 2


def _balanced(text: str) -> bool:
    opened: list[str] = []
    for letter in text:
        if letter in _BRACKETS.values():
            opened.append(letter)
        elif letter in _BRACKETS and (not opened or opened.pop() != _BRACKETS[letter]):
            return False
    return not opened


def _skip(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    assert blanks
    return blanks.end()


@cache
def _functions() -> frozenset[str]:
    return frozenset(create_functions().definitions)
