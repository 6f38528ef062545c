"""The translation store: what a system has translated once, it never translates again.

A journal per fingerprint and language pair. Of several translations of a text the
earliest counts that was not taken back.

Translations can be tentative: those of a batch that is checked at its end. They count from the
moment they are written, also when their process is killed before that end, until they are taken
back. Since nothing is rewritten, that is a line of its own: `{"settled": BATCH}` or
`{"taken_back": [BATCH, ...]}`, where their lines have `"batch": BATCH`. What is settled cannot be
taken back.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from evalharness.cache.journal import Journal
from evalharness.values.outputs import Facts, Translation, observed

_FIELDS = fields(Translation)


class StoredTranslations:
    """The translations of one fingerprint and language pair; a context that closes its file."""

    def __init__(
        self, store: Path, fingerprint: Facts, source: str, target: str, *, read: bool = True
    ) -> None:
        """Reads what is there.

        Args:
            store: The store's folder.
            fingerprint: Everything that can change a translation.
            source: BCP-47 code.
            target: BCP-47 code.
            read: Whether what was kept before is used.

        Raises:
            EvalHarnessError: The folder cannot be used, or was written by a newer evalharness.
        """
        digest = hashlib.sha256(json.dumps(fingerprint, sort_keys=True).encode()).hexdigest()[:16]
        self._journal = Journal(
            store / "translations" / f"{digest}.{source}-{target}",
            {"fingerprint": fingerprint, "source_lang": source, "target_lang": target},
            _kept,
            read=read,
        )
        self._found: dict[str, tuple[_Found, ...]] = {}  # all translations, the earliest first
        self._tentative: set[str] = set()  # batches, settled or not
        self._settled: set[str] = set()
        self._taken_back: set[str] = set()
        self._batch: str | None = None
        self.refresh()

    def __contains__(self, text: str) -> bool:
        return self.get(text) is not None

    def __enter__(self) -> StoredTranslations:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._journal.close()

    def get(self, text: str) -> Translation | None:
        """Returns the earliest translation of a text that counts, `None` if there is none."""
        for _, translation, batch in self._found.get(text, ()):
            if batch not in self._taken_back or batch in self._settled:
                return translation
        return None

    def refresh(self) -> None:
        """Reads what other processes have added since.

        Raises:
            EvalHarnessError: A file cannot be read.
        """
        for file, entry in self._journal.others():
            if isinstance(entry, _Line):
                self._remember(file, entry)
            else:
                self._settled |= entry.settled
                self._taken_back |= entry.taken_back

    def begin_batch(self) -> None:
        """Makes what is added from here on tentative, until the batch is settled or taken back."""
        self.settle()
        self._batch = secrets.token_hex(8)

    def add(self, text: str, translation: Translation) -> None:
        """Keeps a translation; it outlives this process from now on.

        Raises:
            EvalHarnessError: It cannot be written.
        """
        line = {"source": text, **_facts(translation)}
        if self._batch is not None:
            line["batch"] = self._batch
        self._remember(self._journal.add(line), _Line(text, translation, self._batch))

    def settle(self) -> None:
        """Makes the translations of the batch final, if one was begun.

        Raises:
            EvalHarnessError: That cannot be written.
        """
        if self._batch in self._tentative:
            self._journal.add({"settled": self._batch})
            self._settled.add(self._batch)
        self._batch = None

    def take_back(self) -> None:
        """Takes back the translations of the batch, and of all others that were never settled.

        These are of processes that were killed before the end of a batch, or that are at work on
        one: what is wrong here is most likely wrong there.

        Raises:
            EvalHarnessError: That cannot be written.
        """
        if unsettled := self._tentative - self._settled - self._taken_back:
            self._journal.add({"taken_back": sorted(unsettled)})
            self._taken_back |= unsettled
        self._batch = None

    def _remember(self, file: str, line: _Line) -> None:
        source, translation, batch = line
        if batch is not None:
            self._tentative.add(batch)
        found = (*self._found.get(source, ()), (file, translation, batch))
        self._found[source] = tuple(sorted(found, key=lambda entry: entry[0]))


_Found = tuple[str, Translation, str | None]
"""The file in which a translation stands, the translation, its batch."""


class _Line(NamedTuple):
    """A translation, and the batch of which it is tentative."""

    source: str
    translation: Translation
    batch: str | None


class _Mark(NamedTuple):
    """What became of batches."""

    settled: frozenset[str]
    taken_back: frozenset[str]


def _kept(line: Mapping[str, Any]) -> _Line | _Mark:
    if "settled" in line:
        return _Mark(frozenset([str(line["settled"])]), frozenset())
    if "taken_back" in line:
        return _Mark(frozenset(), frozenset(map(str, line["taken_back"])))
    batch = str(line["batch"]) if "batch" in line else None
    return _Line(str(line["source"]), _translation(line), batch)


def _facts(translation: Translation) -> dict[str, object]:
    """What is written of a translation: its text, and what is not as it usually is."""
    return {
        field.name: value
        for field in _FIELDS
        if (value := getattr(translation, field.name)) not in (field.default, {})
    }


def _translation(kept: Mapping[str, Any]) -> Translation:
    """Reads what `_facts` wrote; what a later evalharness wrote besides is passed over.

    Earlier ones wrote each observation as a field of its own.
    """
    tokens = {name: int(kept[name]) for name in ("input_tokens", "output_tokens") if name in kept}
    earlier = observed(
        truncated=bool(kept.get("truncated")),
        unfinished=bool(kept.get("unfinished")),
        removed=list(map(str, kept.get("removed", ()))),
    )
    return Translation(
        str(kept["text"]),
        {**earlier, **dict(kept.get("observations", {}))},
        str(kept["raw"]) if "raw" in kept else None,
        day=date.fromisoformat(kept["day"]).isoformat() if "day" in kept else None,
        **tokens,
    )
