"""From segments to hypotheses: what the store holds, and what a system has yet to translate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.languages import language
from evalharness.store import StoredTranslations
from evalharness.systems import FileSystem, System
from evalharness.terminal import track
from evalharness.testsets.base import Bitext


@dataclass(frozen=True)
class Hypotheses:
    """What a system made of a bitext.

    Attributes:
        texts: One per segment, `None` where the system failed.
        from_store: How many of them the store already held.
    """

    texts: tuple[str | None, ...]
    from_store: int = 0


def check_supported(system: System | FileSystem, bitexts: Sequence[Bitext]) -> None:
    """Checks that a system does all pairs of a test set.

    Raises:
        EvalHarnessError: It does not.
    """
    for bitext in bitexts:
        if not system.supports(bitext.source_lang, bitext.target_lang):
            raise EvalHarnessError(
                f"does not translate {language(bitext.source_lang).name}"
                f" into {language(bitext.target_lang).name} ({bitext.pair})",
                where=system.name,
                mend="choose another model= or testset=; python -m evalharness list",
            )


def translate(system: System, bitext: Bitext, store: Path) -> Hypotheses:
    """Translates the distinct texts that the store does not hold, each kept as soon as it exists.

    Args:
        system: Who translates; it is not asked at all when nothing is missing.
        bitext: What is translated.
        store: The store's folder.

    Raises:
        EvalHarnessError: The store cannot be read or written.
    """
    source, target = bitext.source_lang, bitext.target_lang
    texts = [segment.source for segment in bitext.segments]
    fingerprint = system.fingerprint(source, target)
    with StoredTranslations(store, fingerprint, source, target) as kept:
        missing = [text for text in dict.fromkeys(texts) if text not in kept]
        from_store = sum(text in kept for text in texts)
        if missing:
            made = track(system.translate(missing, source, target), system.name, len(missing))
            for position, hypothesis in made:
                if hypothesis is not None:
                    kept.add(missing[position], hypothesis)
        return Hypotheses(tuple(kept.get(text) for text in texts), from_store)
