"""A map that many processes fill at once: values by their keys, kept in a journal.

Of several values of a key the earliest counts that was not taken back.

Values can be tentative: those of a batch that is checked at its end. They count from the moment
they are written, also when their process is killed before that end, until they are taken back.
Since nothing is rewritten, that is a line of its own: `{"settled": BATCH}` or
`{"taken_back": [BATCH, ...]}`, where their lines have `"batch": BATCH`. What is settled cannot be
taken back.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, NamedTuple, Self, TypeVar

from evalharness.cache.journal import Journal

K = TypeVar("K")
V = TypeVar("V")


class Entry(NamedTuple, Generic[V]):
    """A value, its file in the journal, and the batch of which it is tentative."""

    file: str
    value: V
    batch: str | None


class JournalMap(Generic[K, V]):
    """Values of one kind by their keys; a context that closes its file.

    Attributes:
        journal: Where they are kept.
    """

    def __init__(
        self,
        folder: Path,
        about: Mapping[str, object],
        *,
        key: Callable[[K], str],
        write: Callable[[str, V], dict[str, object]],
        parse: Callable[[Any], tuple[str, V]],
        read: bool = True,
    ) -> None:
        """Reads what is there.

        Args:
            folder: The journal's folder.
            about: What all its lines have in common, for people.
            key: Makes the text that stands for a key in a line.
            write: Makes a line of that text and a value.
            parse: Makes both of a line again; raises one of `reading.DAMAGES` if it is damaged.
            read: Whether what was kept before is used.

        Raises:
            EvalHarnessError: The folder cannot be used, or was written by a newer evalharness.
        """
        self._key, self._write, self._parse = key, write, parse
        self._entries: dict[str, tuple[Entry[V], ...]] = {}  # the earliest first
        self._tentative: set[str] = set()  # batches, settled or not
        self._settled: set[str] = set()
        self._taken_back: set[str] = set()
        self._batch: str | None = None
        self.journal = Journal(folder, about, self._read, read=read)
        self.refresh()

    def __contains__(self, key: K) -> bool:
        return self.entry(key) is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def get(self, key: K) -> V | None:
        """Returns the earliest value of a key that counts, `None` if there is none."""
        entry = self.entry(key)
        return None if entry is None else entry.value

    def entry(self, key: K) -> Entry[V] | None:
        """Returns what `get` does, with the file that it stands in."""
        for entry in self._entries.get(self._key(key), ()):
            if entry.batch not in self._taken_back or entry.batch in self._settled:
                return entry
        return None

    def refresh(self) -> None:
        """Reads what other processes have added since.

        Raises:
            EvalHarnessError: A file cannot be read.
        """
        for file, line in self.journal.others():
            if line is not None:
                key, value, batch = line
                self._remember(key, Entry(file, value, batch))

    def add(self, key: K, value: V) -> None:
        """Keeps a value; it outlives this process from now on.

        Raises:
            EvalHarnessError: It cannot be written.
        """
        text = self._key(key)
        line = self._write(text, value)
        if self._batch is not None:
            line["batch"] = self._batch
        self._remember(text, Entry(self.journal.add(line), value, self._batch))

    def forget(self, file: str) -> None:
        """Forgets what was read from a file of the journal, which is gone."""
        left = {
            key: tuple(entry for entry in entries if entry.file != file)
            for key, entries in self._entries.items()
        }
        self._entries = {key: entries for key, entries in left.items() if entries}

    def begin_batch(self) -> None:
        """Makes what is added from here on tentative, until the batch is settled or taken back."""
        self.settle()
        self._batch = secrets.token_hex(8)

    def settle(self) -> None:
        """Makes the values of the batch final, if one was begun.

        Raises:
            EvalHarnessError: That cannot be written.
        """
        if self._batch in self._tentative:
            self.journal.add({"settled": self._batch})
            self._settled.add(self._batch)
        self._batch = None

    def take_back(self) -> None:
        """Takes back the values of the batch, and of all others that were never settled.

        These are of processes that were killed before the end of a batch, or that are at work on
        one: what is wrong here is most likely wrong there.

        Raises:
            EvalHarnessError: That cannot be written.
        """
        if unsettled := self._tentative - self._settled - self._taken_back:
            self.journal.add({"taken_back": sorted(unsettled)})
            self._taken_back |= unsettled
        self._batch = None

    def close(self) -> None:
        """Ends this process's file; what is added later goes into another.

        Raises:
            EvalHarnessError: What `add` could not write cannot be written now either.
        """
        self.journal.close()

    def _remember(self, key: str, entry: Entry[V]) -> None:
        if entry.batch is not None:
            self._tentative.add(entry.batch)
        if before := self._entries.get(key):
            self._entries[key] = tuple(sorted((*before, entry), key=lambda entry: entry.file))
        else:
            self._entries[key] = (entry,)

    def _read(self, line: Mapping[str, Any]) -> tuple[str, V, str | None] | None:
        """Returns what a line keeps, with its batch; `None` if it says what became of batches."""
        if "settled" in line:
            self._settled.add(str(line["settled"]))
        elif "taken_back" in line:
            self._taken_back.update(map(str, line["taken_back"]))
        else:
            return *self._parse(line), str(line["batch"]) if "batch" in line else None
        return None


def digest(facts: Mapping[str, object]) -> str:
    """Returns the folder's name of what rests on these facts."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def hashed(text: str) -> str:
    """Returns what stands in a line for a text that need not be read again."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
