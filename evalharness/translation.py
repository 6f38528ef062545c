"""From segments to hypotheses: what the store holds, and what a system has yet to translate."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.languages import language, sentence_separator
from evalharness.store import StoredTranslations
from evalharness.systems import FileSystem, System, Translation
from evalharness.terminal import progress
from evalharness.testsets.base import Bitext


@dataclass(frozen=True)
class Hypotheses:
    """What a system made of a bitext.

    Attributes:
        texts: One per segment, `None` where the system failed.
        from_store: How many of them the store already held.
        truncated: How many of them leave out the end of a source longer than the system takes.
        unfinished: How many of them reached the length limit before they ended.
    """

    texts: tuple[str | None, ...]
    from_store: int = 0
    truncated: int = 0
    unfinished: int = 0


def check_supported(system: System | FileSystem, bitexts: Sequence[Bitext]) -> None:
    """Checks that a system does all pairs of a test set.

    Raises:
        EvalHarnessError: It does not; names the pairs it does.
    """
    for bitext in bitexts:
        if not system.supports(bitext.source_lang, bitext.target_lang):
            raise EvalHarnessError(
                f"does not translate {language(bitext.source_lang).name}"
                f" into {language(bitext.target_lang).name} ({bitext.pair})",
                where=system.name,
                mend=system.supported(),
            )


def translate(system: System, bitext: Bitext, store: Path) -> Hypotheses:
    """Translates the distinct pieces that the store does not hold, each kept as soon as it exists.

    Args:
        system: Who translates; it is not asked at all when nothing is missing.
        bitext: What is translated. A segment without text is not: its hypothesis is empty.
        store: The store's folder.

    Raises:
        EvalHarnessError: The store cannot be read or written.
    """
    source, target = bitext.source_lang, bitext.target_lang
    pieces = {
        segment.source: system.pieces(segment.source, source) if segment.source.strip() else ()
        for segment in bitext.segments
    }
    fingerprint = system.fingerprint(source, target)
    with StoredTranslations(store, fingerprint, source, target) as kept:
        stored = {text: bool(of) and all(map(kept.__contains__, of)) for text, of in pieces.items()}
        _translate_missing(system, bitext, pieces, kept)
        kept.refresh()  # of a piece that several processes translated, all take the earliest
        made = {text: _join(of, kept, target) for text, of in pieces.items()}
    texts = [segment.source for segment in bitext.segments]
    return Hypotheses(
        tuple(None if (of := made[text]) is None else of.text for text in texts),
        sum(stored[text] for text in texts),
        sum(of is not None and of.truncated for of in map(made.get, texts)),
        sum(of is not None and of.unfinished for of in map(made.get, texts)),
    )


def _translate_missing(
    system: System,
    bitext: Bitext,
    pieces: Mapping[str, Sequence[str]],
    kept: StoredTranslations,
) -> None:
    source, target = bitext.source_lang, bitext.target_lang
    shares = _shares(pieces, kept)
    if not shares:
        return
    missing = list(shares)
    batches = list(system.batches(missing, source, target))
    # Processes that fill one store at the same time meet as seldom as can be.
    random.Random().shuffle(batches)
    with progress(f"{system.name} {bitext.pair}", sum(shares.values()), "segments") as advance:
        for batch in batches:
            kept.refresh()
            wanted = [missing[position] for position in batch]
            texts = [text for text in wanted if text not in kept]
            advance(sum(shares[text] for text in wanted) - sum(shares[text] for text in texts))
            if not texts:
                continue
            for position, translation in system.translate(texts, source, target):
                if translation is not None:
                    kept.add(texts[position], translation)
                advance(shares[texts[position]])


def _shares(pieces: Mapping[str, Sequence[str]], kept: StoredTranslations) -> dict[str, float]:
    """The pieces yet to translate, and how much of a segment, or of several, each makes."""
    shares: dict[str, float] = {}
    for of in pieces.values():
        missing = [piece for piece in of if piece not in kept]
        for piece in missing:
            shares[piece] = shares.get(piece, 0) + 1 / len(missing)
    return shares


def _join(pieces: Sequence[str], kept: StoredTranslations, target: str) -> Translation | None:
    made = [kept.get(piece) for piece in pieces]
    translations = [translation for translation in made if translation is not None]
    if len(translations) < len(pieces):
        return None
    if len(translations) == 1:
        return translations[0]
    texts = [text for translation in translations if (text := translation.text.strip())]
    return Translation(
        sentence_separator(target).join(texts),
        any(translation.truncated for translation in translations),
        any(translation.unfinished for translation in translations),
    )
