"""The translation store: what a system has translated once, it never translates again.

A folder per fingerprint and language pair. Each process appends to a file of its own and reads
everybody's; nothing is rewritten. Of several translations of a text the earliest counts.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

from evalharness.errors import EvalHarnessError
from evalharness.store.files import write_files
from evalharness.systems.base import Facts

log = logging.getLogger(__name__)

SCHEMA_VERSION = 1
_ABOUT = "about.json"


class StoredTranslations:
    """The translations of one fingerprint and language pair; a context that closes its file."""

    def __init__(self, store: Path, fingerprint: Facts, source: str, target: str) -> None:
        """Reads what is there.

        Args:
            store: The store's folder.
            fingerprint: Everything that can change a translation.
            source: BCP-47 code.
            target: BCP-47 code.

        Raises:
            EvalHarnessError: The folder cannot be used, or was written by a newer evalharness.
        """
        digest = hashlib.sha256(json.dumps(fingerprint, sort_keys=True).encode()).hexdigest()[:16]
        self._folder = store / "translations" / f"{digest}.{source}-{target}"
        self._about = {
            "schema_version": SCHEMA_VERSION,
            "fingerprint": fingerprint,
            "source_lang": source,
            "target_lang": target,
        }
        self._file: IO[str] | None = None
        self._translations: dict[str, str] = {}
        self._check_schema()
        for path in sorted(self._folder.glob("*.jsonl")):
            for text, translation in _read(path):
                self._translations.setdefault(text, translation)

    def __contains__(self, text: str) -> bool:
        return text in self._translations

    def __enter__(self) -> StoredTranslations:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def get(self, text: str) -> str | None:
        """Returns the translation of a text, `None` if there is none."""
        return self._translations.get(text)

    def add(self, text: str, translation: str) -> None:
        """Keeps a translation; it outlives this process from now on.

        Raises:
            EvalHarnessError: It cannot be written.
        """
        try:
            if self._file is None:
                self._file = self._open()
            line = {"text": text, "translation": translation}
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as error:
            raise EvalHarnessError(
                f"cannot be written: {error.strerror}; what was kept before is as it was",
                where=self._folder,
                mend="free the place or choose another store.dir=",
            ) from error
        self._translations.setdefault(text, translation)

    def _open(self) -> IO[str]:
        if not (self._folder / _ABOUT).exists():
            about = json.dumps(self._about, ensure_ascii=False, indent=2) + "\n"
            write_files(self._folder, {_ABOUT: about.encode()})
        name = f"{time.time_ns():020d}.{secrets.token_hex(4)}.jsonl"  # in the order of time
        return (self._folder / name).open("x", encoding="utf-8", newline="\n")

    def _check_schema(self) -> None:
        path = self._folder / _ABOUT
        if not path.exists():
            return
        try:
            version = json.loads(path.read_bytes())["schema_version"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EvalHarnessError(
                f"cannot be read: {error}", where=path, mend="delete the folder it lies in"
            ) from error
        if version != SCHEMA_VERSION:
            raise EvalHarnessError(
                f"written by another evalharness (schema_version {version})",
                where=path,
                mend="update evalharness, or choose another store.dir=",
            )


def _read(path: Path) -> Iterator[tuple[str, str]]:
    """The lines of a file; one that a killed process left torn is passed over."""
    torn = 0
    for line in path.read_bytes().split(b"\n"):
        if not line:
            continue
        try:
            kept = json.loads(line)
            yield str(kept["text"]), str(kept["translation"])
        except (ValueError, KeyError, TypeError):
            torn += 1
    if torn:
        log.info("%s: passed over %d torn line", path, torn)
