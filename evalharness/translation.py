"""From segments to hypotheses: what the store holds, and what a system has yet to translate."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.languages import language, sentence_separator
from evalharness.store import StoredTranslations
from evalharness.systems import (
    Failure,
    FileSystem,
    System,
    TakenBackError,
    Translation,
    usage,
)
from evalharness.systems.base import Facts
from evalharness.terminal import progress
from evalharness.testsets.base import Bitext
from evalharness.textfiles import is_blank


@dataclass(frozen=True)
class Hypotheses:
    """What a system made of a bitext.

    Attributes:
        texts: One per segment, `None` where the system failed.
        from_store: How many of them the store already held.
        truncated: How many of them leave out the end of a source longer than the system takes.
        unfinished: How many of them reached the length limit before they ended.
        failures: Why the others failed, and how many for that reason.
        removed: What was taken out of answers, and of how many of them.
        usage: Tokens, characters and cost: of what this run asked for, and of all hypotheses.
        notes: What a reader has to know of when the system answered.
    """

    texts: tuple[str | None, ...]
    from_store: int = 0
    truncated: int = 0
    unfinished: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    removed: Mapping[str, int] = field(default_factory=dict)
    usage: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    notes: Sequence[str] = ()


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


def translate(
    system: System,
    bitext: Bitext,
    store: Path,
    fingerprint: Facts | None = None,
    *,
    read: bool = True,
) -> Hypotheses:
    """Translates the distinct pieces that the store does not hold, each kept as soon as it exists.

    Args:
        system: Who translates; it is not asked at all when nothing is missing.
        bitext: What is translated. A segment without text is not: its hypothesis is empty.
        store: The store's folder.
        fingerprint: What the store knows the system by; `None` for its own.
        read: Whether what was kept there before is used.

    Raises:
        EvalHarnessError: The store cannot be read or written, or the system lacks what it needs.
    """
    source, target = bitext.source_lang, bitext.target_lang
    pieces = {
        segment.source: () if is_blank(segment.source) else system.pieces(segment.source, source)
        for segment in bitext.segments
    }
    known_by = system.fingerprint(source, target) if fingerprint is None else fingerprint
    with StoredTranslations(store, known_by, source, target, read=read) as kept:
        stored = {text: bool(of) and all(map(kept.__contains__, of)) for text, of in pieces.items()}
        new, failed = _translate_missing(system, bitext, pieces, kept)
        kept.refresh()  # of a piece that several processes translated, all take the earliest
        made = {text: _join(of, kept, target) for text, of in pieces.items()}
        all_pieces = [piece for of in pieces.values() for piece in of]
        parts = {piece: of for piece in all_pieces if (of := kept.get(piece)) is not None}
    texts = [segment.source for segment in bitext.segments]
    hypotheses = [of for text in texts if (of := made[text]) is not None]
    lost = [_first_missing(pieces[text], parts) for text in texts if made[text] is None]
    return Hypotheses(
        tuple(None if (of := made[text]) is None else of.text for text in texts),
        sum(stored[text] for text in texts),
        sum(of.truncated for of in hypotheses),
        sum(of.unfinished for of in hypotheses),
        Counter(failed.get(piece, "no answer") for piece in lost),
        Counter(what for of in hypotheses for what in of.removed),
        usage(new, parts, system.prices()),
        system.notes_on_days(sorted({part.day for part in parts.values() if part.day is not None})),
    )


def _first_missing(pieces: Sequence[str], parts: Mapping[str, Translation]) -> str:
    """The piece that a segment failed for."""
    return next(piece for piece in pieces if piece not in parts)


def _translate_missing(
    system: System,
    bitext: Bitext,
    pieces: Mapping[str, Sequence[str]],
    kept: StoredTranslations,
) -> tuple[dict[str, Translation], dict[str, str]]:
    """Returns what was made now, and why the rest was not."""
    made: dict[str, Translation] = {}
    failed: dict[str, str] = {}
    shares = _shares(pieces, kept)
    if not shares:
        return made, failed
    if reason := system.lacking():
        raise EvalHarnessError(f"cannot translate: {reason}", where=system.name)
    source, target = bitext.source_lang, bitext.target_lang
    missing = list(shares)
    positions = list(system.batches(missing, source, target))
    # Processes that fill one store at the same time meet as seldom as can be.
    random.Random().shuffle(positions)
    batches = [[missing[position] for position in batch] for batch in positions]
    with progress(f"{system.name} {bitext.pair}", sum(shares.values()), "segments") as advance:

        def wanted() -> Iterator[Sequence[str]]:
            for batch in batches:
                kept.settle()  # that the next one is drawn is the good end of the one before
                kept.refresh()
                texts = [text for text in batch if text not in kept]
                advance(sum(shares[text] for text in batch if text in kept))
                if texts:
                    if system.tentative():
                        kept.begin_batch()
                    yield texts

        try:
            for text, answer in system.translate_batches(wanted(), source, target):
                if isinstance(answer, Failure):
                    failed[text] = answer.reason
                else:
                    kept.add(text, answer)
                    made[text] = answer
                advance(shares[text])
            kept.settle()
        except TakenBackError:
            kept.take_back()
            raise
    return made, failed


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
        removed=tuple(dict.fromkeys(what for of in translations for what in of.removed)),
    )
