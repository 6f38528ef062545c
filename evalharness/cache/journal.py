"""Journals: folders that many processes add lines to at once, and read each other's.

Each process appends to files of its own and reads everybody's; nothing is rewritten, so that a
process that is killed takes nothing with it but the line it was writing.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from evalharness.disk.files import remove_abandoned, write_files
from evalharness.errors import EvalHarnessError
from evalharness.reading import DAMAGES, open_file, parse_json, read_json

log = logging.getLogger(__name__)

T = TypeVar("T")

SCHEMA_VERSION = 1
_ABOUT = "about.json"


class Journal(Generic[T]):
    """The lines of one folder.

    Attributes:
        folder: The folder; it exists once something was added.
    """

    def __init__(
        self,
        folder: Path,
        about: Mapping[str, object],
        parse: Callable[[Any], T],
        *,
        read: bool = True,
    ) -> None:
        """Takes what the folder is about; reads nothing yet but that.

        Args:
            folder: Its folder.
            about: What all its lines have in common, for people.
            parse: Makes a value of a line's JSON; raises what a damaged line makes it raise.
            read: Whether what others have added is read at all.

        Raises:
            EvalHarnessError: The folder cannot be used, or was written by a newer evalharness.
        """
        self.folder = folder
        self._about = {"schema_version": SCHEMA_VERSION, **about}
        self._parse = parse
        self._read = read
        self._name = ""
        self._own: set[str] = set()
        self._file: IO[bytes] | None = None
        self._read_up_to: dict[str, int] = {}
        self._check_schema()

    def others(self) -> Iterator[tuple[str, T]]:
        """Yields what other processes have added since this was last called, with its file's name.

        Names are in the order of time, since that is how files are called.

        Raises:
            EvalHarnessError: A file cannot be read.
        """
        if not self._read:
            return
        try:
            for path in self.folder.glob("*.jsonl"):
                if path.name not in self._own:
                    for value in self._added(path):
                        yield path.name, value
        except OSError as error:
            raise EvalHarnessError(
                f"cannot be read: {error.strerror}", where=self.folder
            ) from error

    def add(self, line: object) -> str:
        """Appends a line; it outlives this process from now on.

        Args:
            line: What JSON can hold.

        Returns:
            The name of the file that it stands in.

        Raises:
            EvalHarnessError: It cannot be written.
        """
        try:
            content = (json.dumps(line, ensure_ascii=False) + "\n").encode()
            self.open()
            assert self._file is not None
            self._file.write(content)
            self._file.flush()
        except UnicodeEncodeError as error:
            raise EvalHarnessError(
                f"half of a surrogate pair, which no text file can hold: {error.object!a:.200}",
                where=self.folder,
            ) from error
        except OSError as error:
            raise self.not_writable(error) from error
        return self._name

    def open(self) -> str:
        """Begins a file of this process if none is open.

        Returns:
            Its name.

        Raises:
            OSError: That is not possible.
            EvalHarnessError: The folder cannot be made.
        """
        if self._file is None:
            remove_abandoned(self.folder, _ABOUT)
            if not (self.folder / _ABOUT).exists():
                about = json.dumps(self._about, ensure_ascii=False, indent=2) + "\n"
                write_files(self.folder, {_ABOUT: about.encode()}, option="store.dir")
            self._name = f"{time.time_ns():020d}.{secrets.token_hex(4)}.jsonl"
            self._file = (self.folder / self._name).open("xb")
            self._own.add(self._name)
        return self._name

    def close(self) -> None:
        """Ends the file of this process; what is added later goes into another.

        Raises:
            EvalHarnessError: What `add` could not write cannot be written now either.
        """
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:
                raise self.not_writable(error) from error

    def not_writable(self, error: OSError) -> EvalHarnessError:
        """Returns what is said when the folder cannot be written to."""
        return EvalHarnessError(
            f"cannot be written: {error.strerror}; what was kept before is as it was",
            where=self.folder,
            hint="free the place or choose another store.dir=",
        )

    def _added(self, path: Path) -> Iterator[T]:
        """What was added to a file since it was read last: its whole lines.

        A line without an end is being written, or was torn when its process was killed.
        """
        start = self._read_up_to.get(path.name, 0)
        try:
            if path.stat().st_size <= start:
                return
            with open_file(path) as file:
                file.seek(start)
                content = file.read()
        except FileNotFoundError:  # another process has removed it since
            return
        whole = content[: content.rfind(b"\n") + 1]
        self._read_up_to[path.name] = start + len(whole)
        for line in whole.split(b"\n")[:-1]:
            try:
                value = self._parse(parse_json(line))
            except DAMAGES:
                log.warning("%s: passed over a damaged line", path)
            else:
                yield value

    def _check_schema(self) -> None:
        path = self.folder / _ABOUT
        if not path.exists():
            return
        try:
            version = read_json(path)["schema_version"]
        except OSError as error:
            raise EvalHarnessError(f"cannot be read: {error.strerror}", where=path) from error
        except DAMAGES:
            log.warning("%s: damaged; written anew", path)
            path.unlink(missing_ok=True)
            return
        if version != SCHEMA_VERSION:
            raise EvalHarnessError(
                f"written by another version of evalharness (schema_version {version})",
                where=path,
                hint="update evalharness, or choose another store.dir=",
            )
