"""Reading files that others made: every bound on their kind, size, nesting and number is here.

What is not a regular file could keep a process waiting or never end, and a small file can unpack
into more than the memory holds. So a file is looked at before it is read, and what it claims is
looked at before room is made for it.
"""

from __future__ import annotations

import errno
import json
import math
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import yaml

MOST_TEXT_BYTES = 4 * 2**30
"""Of a file with one segment per line."""
MOST_JSON_BYTES = 16 * 2**20
"""Of a JSON file, and of one line of a file of such lines."""
MOST_VALUE_BYTES = 2**20
"""Of what a metric or a check says about one segment, as JSON."""
MOST_YAML_BYTES = 2**20
"""Of a YAML file."""
MOST_ARCHIVE_BYTES = 256 * 2**20
"""Of a packed file of arrays."""
MOST_ARRAY_BYTES = 2**30
"""Of the arrays of a file, unpacked."""
MOST_ARRAYS = 1000
"""Of a file of arrays."""
MOST_SEGMENTS = 10_000_000
"""Of a language pair."""
DEEPEST = 64
"""How deep values may lie in each other in JSON and YAML."""
MOST_YAML_VALUES = 100_000
"""Of a YAML file, those counted again that are referred to again (`*name`)."""

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

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_PART = 2**20
_LONGEST_NUMBER = 1000  # characters; longer ones take a time that grows with the square

_KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class NotRegularError(OSError):
    """What is to be read is a pipe (`<(...)` of shells too), a device or a socket."""


def open_file(path: str | Path, most: int = MOST_TEXT_BYTES) -> BinaryIO:
    """Opens a regular file for reading; never waits for another process.

    Args:
        path: The file.
        most: How many bytes it may have.

    Raises:
        OSError: It is missing, is no regular file, is larger, or cannot be opened.
    """
    # `Path.open` takes no opener.
    file = open(path, "rb", opener=_open_at_once)  # noqa: SIM115
    status = os.fstat(file.fileno())
    try:
        if not stat.S_ISREG(status.st_mode):
            kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
            raise NotRegularError(errno.EINVAL, f"{kind}, not a regular file", str(path))
        if status.st_size > most:
            raise _too_large(path, most)
    except OSError:
        file.close()
        raise
    return file


def read_file(path: str | Path, most: int = MOST_TEXT_BYTES) -> bytes:
    """Returns the content of a regular file.

    Raises:
        OSError: See `open_file`.
    """
    with open_file(path, most) as file:
        content = file.read(most + 1)
    if len(content) > most:  # it has grown, or its size was none
        raise _too_large(path, most)
    return content


def copy_stream(stream: BinaryIO, path: Path, most: int | None = None) -> None:
    """Writes what a stream gives into a new file, until the stream ends.

    Args:
        stream: What is read, such as standard input.
        path: The file.
        most: How many bytes are written; `None` for as many as a text file may have.

    Raises:
        OSError: The stream gives more, or the file cannot be written.
    """
    most = MOST_TEXT_BYTES if most is None else most
    with path.open("xb") as file:
        while part := stream.read(_PART):
            if file.tell() + len(part) > most:
                raise _too_large(path.name, most)
            file.write(part)


def read_json(path: str | Path, *, finite: bool = True) -> Any:
    """Reads a JSON file.

    Args:
        path: The file.
        finite: See `parse_json`.

    Raises:
        OSError: See `open_file`.
        ValueError: See `parse_json`.
    """
    return parse_json(read_file(path, MOST_JSON_BYTES), finite=finite)


def read_json_lines(path: str | Path, most: int = MOST_SEGMENTS) -> list[Any]:
    """Reads a file with JSON on each line; empty lines are passed over.

    Args:
        path: The file.
        most: How many lines it may have.

    Raises:
        OSError: See `open_file`.
        ValueError: There are more lines, or one is no JSON, is too long or too deep.
    """
    values: list[Any] = []
    with open_file(path) as file:
        while line := file.readline(MOST_JSON_BYTES + 1):
            if line == b"\n":
                continue
            if len(values) == most:
                raise ValueError(f"more than {most} lines")
            values.append(parse_json(line))
    return values


def parse_json(content: bytes, *, finite: bool = True) -> Any:
    """Returns the value of a JSON text that every part of the program can use and write again.

    Args:
        content: The text.
        finite: Whether a number that is not finite is refused; models' configurations have some.

    Raises:
        ValueError: The content is no JSON in UTF-8, is too long, has values that lie too deep in
            each other, or holds half of a surrogate pair, or a number that is not finite.
    """
    if len(content) > MOST_JSON_BYTES:
        raise ValueError(f"larger than {_size(MOST_JSON_BYTES)}")
    text = content.decode("utf-8")
    try:
        value = _DECODER.decode(text) if finite else json.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    if text.count("[") + text.count("{") > DEEPEST or _ESCAPED_SURROGATE.search(text):
        _check(value)
    return value


def levels(value: Any) -> Iterator[list[Any]]:
    """Yields a value of JSON, then what it holds, then what that holds, names too."""
    level = [value]
    while level:
        yield level
        level = [inner for outer in level for inner in _inside(outer)]


def as_json(value: object) -> Any:
    """Returns a value as it is read again where it is written into a line of JSON.

    Args:
        value: What JSON may hold. It may be part of an object a few levels deep.

    Raises:
        ValueError: JSON cannot hold it, or it is too long or too deep to be read again.
    """
    try:
        line = json.dumps([[[[value]]]], ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if len(line) > MOST_VALUE_BYTES:
        raise ValueError(f"larger than {_size(MOST_VALUE_BYTES)}")
    return parse_json(line)[0][0][0][0]


def _check(value: Any) -> None:
    """Looks at everything in a value, level by level."""
    for depth, level in enumerate(levels(value)):
        if depth > DEEPEST:
            raise ValueError(_TOO_DEEP)
        for text in level:
            if isinstance(text, str) and _SURROGATE.search(text):
                raise ValueError("a text holds half of a surrogate pair")


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


def read_yaml(path: str | Path) -> Any:
    """Reads a YAML file, of which only plain values are made (yaml.SafeLoader).

    Raises:
        OSError: See `open_file`.
        yaml.YAMLError: It is no YAML, or holds too many values, or they lie too deep in each other.
    """
    loader = yaml.SafeLoader(read_file(path, MOST_YAML_BYTES))
    try:
        root = loader.get_single_node()
        if root is None:
            return None
        _weigh(root, {})
        return loader.construct_document(root)
    except RecursionError:
        raise yaml.YAMLError(_TOO_DEEP) from None
    except ValueError as error:  # of a date that is none
        raise yaml.YAMLError(str(error)) from error
    finally:
        loader.dispose()


_TOO_DEEP = f"values lie more than {DEEPEST} deep in each other"


def _weigh(node: yaml.Node, known: dict[int, tuple[int, int] | None]) -> tuple[int, int]:
    """Counts the values that a node stands for, and how deep they lie.

    Args:
        node: The node.
        known: What was found of other nodes; `None` for those that it lies in.
    """
    if id(node) in known:
        if (found := known[id(node)]) is None:
            raise yaml.YAMLError("a value that lies in itself")
        return found
    known[id(node)] = None
    inside = [_weigh(inner, known) for inner in _children(node)]
    count = 1 + sum(count for count, _ in inside)
    depth = 1 + max((depth for _, depth in inside), default=0)
    if count > MOST_YAML_VALUES:
        raise yaml.YAMLError(f"more than {MOST_YAML_VALUES} values")
    if depth > DEEPEST:
        raise yaml.YAMLError(_TOO_DEEP)
    known[id(node)] = count, depth
    return count, depth


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [inner for pair in node.value for inner in pair]
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    if node.tag.endswith((":int", ":float")) and len(node.value) > _LONGEST_NUMBER:
        raise yaml.YAMLError(f"a number of more than {_LONGEST_NUMBER} characters")
    return []


def _open_at_once(path: str, flags: int) -> int:
    """Does not wait until somebody writes into a FIFO."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _too_large(path: str | Path, most: int) -> OSError:
    return OSError(errno.EFBIG, f"larger than {_size(most)}, the most that is read", str(path))


def _size(count: int) -> str:
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20)):
        if count >= factor:
            return f"{count / factor:.4g} {unit}"
    return f"{count} bytes"
