"""The translation store: what a system has translated once, it never translates again.

A journal per fingerprint and language pair. Of several translations of a text the earliest counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

from evalharness.disk import Journal
from evalharness.systems.base import Facts, Translation


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
        self._translations: dict[str, tuple[str, Translation]] = {}  # with the file each is from
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
        self._journal.close()

    def get(self, text: str) -> Translation | None:
        """Returns the translation of a text, `None` if there is none."""
        found = self._translations.get(text)
        return None if found is None else found[1]

    def refresh(self) -> None:
        """Reads what other processes have added since.

        Raises:
            EvalHarnessError: A file cannot be read.
        """
        for file, (text, translation) in self._journal.others():
            self._remember(file, text, translation)

    def add(self, text: str, translation: Translation) -> None:
        """Keeps a translation; it outlives this process from now on.

        Raises:
            EvalHarnessError: It cannot be written.
        """
        file = self._journal.add({"source": text, **_facts(translation)})
        self._remember(file, text, translation)

    def _remember(self, file: str, text: str, translation: Translation) -> None:
        known = self._translations.get(text)
        if known is None or file < known[0]:
            self._translations[text] = (file, translation)


def _kept(line: Mapping[str, Any]) -> tuple[str, Translation]:
    return str(line["source"]), _translation(line)


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
        day=date.fromisoformat(kept["day"]).isoformat() if "day" in kept else None,
        **tokens,
    )
