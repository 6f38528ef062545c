"""What an option takes, by the type hints of the dataclass that declares it."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union

_PATH, _PROMPT, _TEXTS = "a path", "a prompt", "texts"

if TYPE_CHECKING:
    Text: TypeAlias = str
    Texts: TypeAlias = list[str]
else:
    Texts = Annotated[list[Any], _TEXTS]  # iterating over a list of unions gives OmegaConf's nodes
    Text = Union[str, bool, int, float]  # noqa: UP007, one object, to be known again
"""Text in the schema, and a list of texts. OmegaConf would turn a number that YAML has read into
other text than was written; these leave it as it is, for `settle` to refuse."""

Location: TypeAlias = Annotated[Text, _PATH]
"""The path of a file or folder, in the schema."""

FilePath: TypeAlias = Annotated[str, _PATH]
"""The path of a file or folder, among the fields of a system, a test set or a metric."""

PromptText: TypeAlias = Annotated[str, _PROMPT]
"""A prompt, among the fields of a system: what is written for it is read by `prompt_text`."""


def fields(declaring: type) -> Mapping[str, Any]:
    """Returns the hints of a dataclass's fields, by name."""
    hints = typing.get_type_hints(declaring, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(declaring)}


def within(hint: Any, keys: Sequence[str]) -> Iterator[Any]:
    """Yields the hints of what lies within a value of some hint.

    Args:
        hint: The hint of the whole.
        keys: The way to the part: names of fields, keys of a dict, numbers in a list.
    """
    if not keys:
        yield hint
        return
    for kind in _kinds(hint):
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            known = fields(kind)
            if keys[0] in known:
                yield from within(known[keys[0]], keys[1:])
        elif (inner := element(kind)) is not None:
            yield from within(inner, keys[1:])


def element(hint: Any) -> Any:
    """Returns the hint of what a list or a dict holds; `None` if it is neither."""
    for kind in _kinds(hint):
        if typing.get_origin(kind) in (list, dict):
            return typing.get_args(kind)[-1]
    return None


def is_text(hint: Any) -> bool:
    """Whether a value is a text and nothing else."""
    kinds = set(_kinds(hint))
    return kinds in ({str}, {str, bool, int, float})


def is_path(hint: Any) -> bool:
    """Whether a value is the path of a file or folder."""
    return _has_mark(hint, _PATH)


def is_prompt(hint: Any) -> bool:
    """Whether a value is a prompt."""
    return _has_mark(hint, _PROMPT)


def _has_mark(hint: Any, mark: str) -> bool:
    if typing.get_origin(hint) is Annotated:
        return mark in typing.get_args(hint)
    return any(_has_mark(kind, mark) for kind in _members(hint))


def _members(hint: Any) -> Sequence[Any]:
    """The alternatives of a union; nothing of another hint."""
    if typing.get_origin(hint) in (Union, types.UnionType):
        return typing.get_args(hint)
    return ()


def _kinds(hint: Any) -> Iterator[Any]:
    """The types that a value may have besides `None`, without their marks."""
    if typing.get_origin(hint) is Annotated:
        kind, *marks = typing.get_args(hint)
        yield from _kinds(list[str] if _TEXTS in marks else kind)
    elif members := _members(hint):
        for member in members:
            yield from _kinds(member)
    elif hint is not types.NoneType:
        yield hint
