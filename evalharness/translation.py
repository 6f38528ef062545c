"""From segments to hypotheses: what the store holds, and what a system has yet to translate."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evalharness.cache.translations import StoredTranslations
from evalharness.errors import EvalHarnessError
from evalharness.formats.text import is_blank
from evalharness.languages import language, sentence_separator
from evalharness.results import sampling_notes
from evalharness.secrecy import scrub
from evalharness.stats.aggregates import MOST_REPEATS
from evalharness.systems import System, TakenBackError, usage
from evalharness.terminal import progress
from evalharness.values import Bitext, Failure, Observations, Outputs, Translation, observed
from evalharness.values.outputs import Facts

log = logging.getLogger(__name__)


def check_supported(system: System, bitexts: Sequence[Bitext]) -> None:
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
                hint=system.supported(),
            )


def check_repeats(system: System, passes: object) -> None:
    """Checks in how many passes a system is to translate (`model.repeats`).

    Raises:
        EvalHarnessError: It is no number of passes, or every pass would give the same.
    """
    if type(passes) is not int or not 1 <= passes <= MOST_REPEATS:
        raise EvalHarnessError(
            f"{passes} is no number of passes from 1 to {MOST_REPEATS}", where="model.repeats"
        )
    if passes > 1 and not system.samples():
        raise EvalHarnessError(
            f"{system.name} does not sample: {passes} passes would give the same",
            where="model.repeats",
            hint="leave it out; a system samples where its temperature is above 0, and a program"
            " where model.draws=true says so",
        )


def translate_passes(
    system: System,
    bitext: Bitext,
    store: Path,
    fingerprint: Callable[[System], Facts],
    *,
    passes: int = 1,
    read: bool = True,
) -> Outputs:
    """Translates a bitext in whole passes, each of which the store knows apart.

    The first pass is what `translate` makes, so that it need not be made again.

    Args:
        system: Who translates; it samples where there are several passes.
        bitext: See `translate`.
        store: Likewise.
        fingerprint: What the store knows the system of a pass by.
        passes: How many.
        read: See `translate`.

    Raises:
        EvalHarnessError: See `translate`.
    """
    made = [translate(system, bitext, store, fingerprint(system), read=read)]
    for number in range(2, passes + 1):
        log.info("%s: %s: pass %d of %d", system.name, bitext.pair, number, passes)
        other = system.in_pass(number)
        known_by = {**fingerprint(other), "pass": number}
        made.append(translate(other, bitext, store, known_by, read=read))
    first, *others = made
    notes = (*first.notes, *sampling_notes(system.samples(), passes), *_notes_on_equal(made))
    return replace(first, further=tuple(others), notes=notes)


def _notes_on_equal(passes: Sequence[Outputs]) -> Iterator[str]:
    first, *others = (outputs.hypotheses for outputs in passes)
    same = 1 + sum(hypotheses == first for hypotheses in others)
    if same == len(passes) > 1:
        yield (
            f"all {same} passes are the same, line by line: it did not sample, or a cache answered"
            " for it, and nothing is known of what passes differ by"
        )


def translate(
    system: System,
    bitext: Bitext,
    store: Path,
    fingerprint: Facts | None = None,
    *,
    read: bool = True,
) -> Outputs:
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
    requests = [system.request(segment) for segment in bitext.segments]
    pieces = {
        request: () if is_blank(segment.source) else system.pieces(request, source)
        for request, segment in zip(requests, bitext.segments, strict=True)
    }
    known_by = system.fingerprint(source, target) if fingerprint is None else fingerprint
    with StoredTranslations(store, known_by, source, target, read=read) as kept:
        stored = {
            text for text, several in pieces.items() if several and all(map(kept.get, several))
        }
        known = sum(request in stored for request in requests)
        if known:
            total = len(bitext.segments)
            log.info(
                "%s: %s: %d of %d were translated before", system.name, bitext.pair, known, total
            )
        new, failed = _translate_missing(system, bitext, pieces, kept)
        kept.refresh()  # of a piece that several processes translated, all take the earliest
        parts = {
            piece: translation
            for several in pieces.values()
            for piece in several
            if (translation := kept.get(piece)) is not None
        }
    made = {text: _join(several, parts, failed, target) for text, several in pieces.items()}
    segments = [made[request] for request in requests]
    days = sorted({part.day for part in parts.values() if part.day is not None})
    return Outputs(
        system.name,
        bitext,
        tuple(one.text if isinstance(one, Translation) else None for one in segments),
        [_observations(one) for one in segments],
        known,
        usage(new, parts, system.prices()),
        (*system.notes(), *system.notes_on_days(days)),
        system.instruction(source, target),
        system.samples(),
    )


def _observations(made: Translation | Failure) -> Observations:
    return observed(failed=scrub(made.reason)) if isinstance(made, Failure) else made.observations


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
    if reason := system.missing_to_translate():
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
    for several in pieces.values():
        missing = [piece for piece in several if piece not in kept]
        for piece in missing:
            shares[piece] = shares.get(piece, 0) + 1 / len(missing)
    return shares


def _join(
    pieces: Sequence[str],
    made: Mapping[str, Translation],
    failed: Mapping[str, str],
    target: str,
) -> Translation | Failure:
    """The translation of a segment, or why a piece of it has none."""
    missing = next((piece for piece in pieces if piece not in made), None)
    if missing is not None:
        return Failure(failed.get(missing, "no answer"))
    translations = [made[piece] for piece in pieces]
    if len(translations) == 1:
        return translations[0]
    texts = [text for translation in translations if (text := translation.text.strip())]
    return Translation(
        sentence_separator(target).join(texts),
        _together([one.observations for one in translations]),
    )


def _together(several: Sequence[Observations]) -> Observations:
    """The observations of all pieces of a segment; lists are joined, each item once."""
    joined: dict[str, Any] = {}
    for observations in several:
        for name, value in observations.items():
            if isinstance(value, list):
                before = joined.get(name, [])
                joined[name] = [*before, *(item for item in value if item not in before)]
            else:
                joined[name] = value
    return joined
