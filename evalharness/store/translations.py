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
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from evalharness.errors import EvalHarnessError
from evalharness.store.files import write_files
from evalharness.systems.base import Facts, Translation

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
        # In the order of time, since that is how files are called.
        self._name = f"{time.time_ns():020d}.{secrets.token_hex(4)}.jsonl"
        self._file: IO[bytes] | None = None
        self._translations: dict[str, tuple[str, Translation]] = {}  # with the file each is from
        self._read_up_to: dict[str, int] = {}
        self._check_schema()
        self.refresh()

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

    def get(self, text: str) -> Translation | None:
        """Returns the translation of a text, `None` if there is none."""
        found = self._translations.get(text)
        return None if found is None else found[1]

    def refresh(self) -> None:
        """Reads what other processes have added since.

        Raises:
            EvalHarnessError: A file cannot be read.
        """
        try:
            for path in self._folder.glob("*.jsonl"):
                if path.name != self._name:
                    for text, translation in self._added(path):
                        self._remember(path.name, text, translation)
        except OSError as error:
            raise EvalHarnessError(
                f"cannot be read: {error.strerror}", where=self._folder
            ) from error

    def add(self, text: str, translation: Translation) -> None:
        """Keeps a translation; it outlives this process from now on.

        Raises:
            EvalHarnessError: It cannot be written.
        """
        line = json.dumps({"source": text, **_facts(translation)}, ensure_ascii=False) + "\n"
        try:
            if self._file is None:
                self._file = self._open()
            self._file.write(line.encode())
            self._file.flush()
        except OSError as error:
            raise EvalHarnessError(
                f"cannot be written: {error.strerror}; what was kept before is as it was",
                where=self._folder,
                mend="free the place or choose another store.dir=",
            ) from error
        self._remember(self._name, text, translation)

    def _remember(self, file: str, text: str, translation: Translation) -> None:
        known = self._translations.get(text)
        if known is None or file < known[0]:
            self._translations[text] = (file, translation)

    def _added(self, path: Path) -> Iterator[tuple[str, Translation]]:
        """What was added to a file since it was read last: its whole lines.

        A line without an end is being written, or was torn when its process was killed.
        """
        start = self._read_up_to.get(path.name, 0)
        if path.stat().st_size <= start:
            return
        with path.open("rb") as file:
            file.seek(start)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._read_up_to[path.name] = start + len(whole)
        for line in whole.split(b"\n")[:-1]:
            try:
                kept = json.loads(line)
                yield str(kept["source"]), _translation(kept)
            except (ValueError, KeyError, TypeError):
                log.warning("%s: passed over a damaged line", path)

    def _open(self) -> IO[bytes]:
        if not (self._folder / _ABOUT).exists():
            about = json.dumps(self._about, ensure_ascii=False, indent=2) + "\n"
            write_files(self._folder, {_ABOUT: about.encode()})
        return (self._folder / self._name).open("xb")

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


def _facts(translation: Translation) -> dict[str, object]:
    """What is written of a translation: its text, and what is not as it usually is."""
    return {
        field.name: value
        for field in fields(translation)
        if (value := getattr(translation, field.name)) != field.default
    }


def _translation(kept: Mapping[str, Any]) -> Translation:
    """Reads what `_facts` wrote; what a later evalharness wrote besides is passed over."""
    tokens = {name: int(kept[name]) for name in ("input_tokens", "output_tokens") if name in kept}
    return Translation(
        str(kept["text"]),
        bool(kept.get("truncated")),
        bool(kept.get("unfinished")),
        str(kept["raw"]) if "raw" in kept else None,
        tuple(map(str, kept.get("removed", ()))),
        **tokens,
    )
