"""Embeddings of texts, kept on disk: what was encoded once is never encoded again.

Beside each file of a journal lies one of vectors, little-endian float32 one after the other. A
line of the journal names a text's hash, the vector's place and its checksum, and is written after
the vector, so that a process that is killed leaves nothing that could be mistaken for one.
"""

from __future__ import annotations

import logging
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from evalharness.cache.journal_map import JournalMap, digest, hashed
from evalharness.reading import open_file

log = logging.getLogger(__name__)

Vectors = npt.NDArray[np.float32]

_ROOM = "embeddings"
_INDEX, _VECTORS = ".jsonl", ".f32"
_BYTES_PER_FILE = 64 * 2**20  # what goes at once when the store is full
_STORED = np.dtype("<f4")


class _Place(NamedTuple):
    """Where a vector stands in the file beside that of its line."""

    row: int
    checksum: int


class StoredEmbeddings:
    """The embeddings of one encoder under one set of facts."""

    def __init__(
        self,
        store: Path,
        facts: Mapping[str, object],
        width: int,
        max_gb: float,
        *,
        read: bool = True,
    ) -> None:
        """Reads what is there, without the vectors.

        Args:
            store: The store's folder.
            facts: Everything that can change an embedding.
            width: The length of a vector.
            max_gb: How many GB all embeddings of the store may have; files that were not used for
                longest go first.
            read: Whether what was kept before is used.

        Raises:
            EvalHarnessError: The folder cannot be used, or was written by a newer evalharness.
        """
        self._room = store / _ROOM
        self._places: JournalMap[str, _Place] = JournalMap(
            self._room / digest(facts),
            {"facts": facts},
            key=hashed,
            write=_line,
            parse=_parse,
            read=read,
        )
        self._journal = self._places.journal
        self._width = width
        self._max_bytes = max_gb * 1e9
        self._used: set[str] = set()
        self._file: IO[bytes] | None = None
        self._rows = 0

    def __contains__(self, text: str) -> bool:
        return text in self._places

    def refresh(self) -> None:
        """Reads what other processes have added since.

        Raises:
            EvalHarnessError: A file cannot be read.
        """
        self._places.refresh()

    def get(self, text: str) -> Vectors | None:
        """Returns the vector of a text, of shape (width,); `None` if there is none.

        A file that is damaged is dropped, with a warning.
        """
        entry = self._places.entry(text)
        if entry is None:
            return None
        path, place = self._journal.folder / entry.file, entry.value
        try:
            with open_file(path.with_suffix(_VECTORS)) as file:
                file.seek(place.row * self._width * _STORED.itemsize)
                content = file.read(self._width * _STORED.itemsize)
            self._note_use(path)
        except (OSError, OverflowError):  # another process has made room, or the row is none
            self._places.forget(path.name)
            return None
        if not content or zlib.crc32(content) != place.checksum:
            log.warning("%s: damaged; dropped, its texts are encoded anew", path)
            with suppress(OSError):
                _remove(path)
            self._places.forget(path.name)
            return None
        return np.frombuffer(content, _STORED).astype(np.float32)

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Keeps vectors; they outlive this process from now on.

        Args:
            texts: What was encoded.
            vectors: Of shape (n_texts, width).

        Raises:
            EvalHarnessError: They cannot be written.
        """
        stored = np.ascontiguousarray(vectors, _STORED)
        if self._rows * self._width * _STORED.itemsize >= _BYTES_PER_FILE:
            self.close()
        try:
            if self._file is None:
                name = self._journal.open()
                self._file = (self._journal.folder / name).with_suffix(_VECTORS).open("xb")
            self._file.write(stored.tobytes())
            self._file.flush()
        except OSError as error:
            raise self._journal.not_writable(error) from error
        for text, vector in zip(texts, stored, strict=True):
            self._places.add(text, _Place(self._rows, zlib.crc32(vector.tobytes())))
            self._rows += 1

    def close(self) -> None:
        """Ends this process's files, and makes room if there is too much.

        Raises:
            EvalHarnessError: What `add` could not write cannot be written now either.
        """
        file, self._file, self._rows = self._file, None, 0
        try:
            if file is not None:
                file.close()
        except OSError as error:
            raise self._journal.not_writable(error) from error
        finally:
            self._journal.close()
        if file is not None:
            self._make_room()

    def _note_use(self, path: Path) -> None:
        if path.name not in self._used:
            self._used.add(path.name)
            with suppress(OSError):  # of another user, or gone
                os.utime(path)

    def _make_room(self) -> None:
        """Removes the files that were not used for longest until the rest fits."""
        files = sorted(_sizes(self._room), key=lambda file: file[1])
        total = sum(size for _, _, size in files)
        for path, _, size in files:
            if total <= self._max_bytes:
                return
            try:
                _remove(path)
            except OSError as error:  # of another user, who makes room for it
                log.info("%s: not removed (%s)", path, error.strerror)
                continue
            total -= size


def _sizes(room: Path) -> Iterator[tuple[Path, float, int]]:
    """Each index with the time of its last use and the size of it and its vectors."""
    for path in room.glob(f"*/*{_INDEX}"):
        try:
            index, vectors = path.stat(), path.with_suffix(_VECTORS).stat()
        except FileNotFoundError:
            continue
        yield path, index.st_mtime, index.st_size + vectors.st_size


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_suffix(_VECTORS).unlink(missing_ok=True)


def _line(key: str, place: _Place) -> dict[str, object]:
    return {"key": key, "row": place.row, "crc": place.checksum}


def _parse(line: Mapping[str, Any]) -> tuple[str, _Place]:
    return str(line["key"]), _Place(int(line["row"]), int(line["crc"]))
