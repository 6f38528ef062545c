"""The translation store: what a system has translated once, it never translates again.

A journal per fingerprint and language pair; the key of a translation is its source text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from evalharness.cache.journal_map import JournalMap, digest
from evalharness.values.outputs import Facts, Translation, observed

_FIELDS = fields(Translation)


class StoredTranslations(JournalMap[str, Translation]):
    """The translations of one fingerprint and language pair."""

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
        super().__init__(
            store / "translations" / f"{digest(fingerprint)}.{source}-{target}",
            {"fingerprint": fingerprint, "source_lang": source, "target_lang": target},
            key=str,
            write=_line,
            parse=_parse,
            read=read,
        )


def _line(source: str, translation: Translation) -> dict[str, object]:
    """What is written of a translation: its text, and what is not as it usually is."""
    facts = {
        field.name: value
        for field in _FIELDS
        if (value := getattr(translation, field.name)) not in (field.default, {})
    }
    return {"source": source, **facts}


def _parse(kept: Mapping[str, Any]) -> tuple[str, Translation]:
    """Reads what `_line` wrote; what a later evalharness wrote besides is passed over.

    Earlier ones wrote each observation as a field of its own.
    """
    tokens = {name: int(kept[name]) for name in ("input_tokens", "output_tokens") if name in kept}
    earlier = observed(
        truncated=bool(kept.get("truncated")),
        unfinished=bool(kept.get("unfinished")),
        removed=list(map(str, kept.get("removed", ()))),
    )
    translation = Translation(
        str(kept["text"]),
        {**earlier, **dict(kept.get("observations", {}))},
        str(kept["raw"]) if "raw" in kept else None,
        day=date.fromisoformat(kept["day"]).isoformat() if "day" in kept else None,
        **tokens,
    )
    return str(kept["source"]), translation
