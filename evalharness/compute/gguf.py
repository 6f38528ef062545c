"""Whether a GGUF file holds as much as its header says: its reader believes any number there.

https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

# The bytes of a value, by its type; a text and a list say themselves how long they are.
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_TEXT, _LIST = 8, 9
_LEAST_PAIR, _LEAST_TENSOR = 13, 24  # bytes
_MOST_DIMENSIONS = 8


def check_header(path: Path) -> None:
    """Reads a GGUF file's header and keeps nothing of it.

    Raises:
        ValueError: It is none, or names more than the file holds.
    """
    with path.open("rb") as file:
        header = _Header(file, path.stat().st_size)
        if header.take(4) != b"GGUF" or header.number(4) not in (2, 3):
            raise ValueError(f"{path.name} is no GGUF file of version 2 or 3")
        tensors, pairs = header.number(8), header.number(8)
        header.expect(pairs * _LEAST_PAIR + tensors * _LEAST_TENSOR)
        for _ in range(pairs):
            header.text()
            header.value(header.number(4))
        for _ in range(tensors):
            header.text()
            if (dimensions := header.number(4)) > _MOST_DIMENSIONS:
                raise ValueError(f"{path.name} has a tensor of {dimensions} dimensions")
            header.skip(dimensions * 8 + 4 + 8)


class _Header:
    """A file that is read from its beginning, never beyond its end."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def expect(self, count: int) -> None:
        if count > self._left:
            raise ValueError("the GGUF file's header names more than the file holds")

    def take(self, count: int) -> bytes:
        self.expect(count)
        self._left -= count
        return self._file.read(count)

    def skip(self, count: int) -> None:
        self.expect(count)
        self._left -= count
        self._file.seek(count, 1)

    def number(self, size: int) -> int:
        return int(struct.unpack("<I" if size == 4 else "<Q", self.take(size))[0])

    def text(self) -> None:
        self.skip(self.number(8))

    def value(self, kind: int, depth: int = 0) -> None:
        if kind == _TEXT:
            self.text()
        elif kind == _LIST and depth == 0:
            inner, count = self.number(4), self.number(8)
            self.expect(count)
            if inner in _SIZES:
                self.skip(count * _SIZES[inner])
            else:
                for _ in range(count):
                    self.value(inner, depth + 1)
        elif kind in _SIZES:
            self.skip(_SIZES[kind])
        else:
            raise ValueError(f"the GGUF file's header has a value of type {kind}")
