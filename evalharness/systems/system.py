"""What every translation system looks like to the harness."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint
from evalharness.languages import UNDETERMINED, language
from evalharness.values.outputs import Facts, Failure, Outputs, Translation
from evalharness.values.segments import Bitext, Segment

_BATCH = 100


class TakenBackError(EvalHarnessError):
    """Says that translations turned out not to belong to the texts that they were yielded for.

    A system that is `tentative` raises it: nothing of the batch counts.
    """


@dataclass(frozen=True)
class Prices:
    """What a system costs, in any one currency, per million.

    Attributes:
        input_tokens: Of the tokens it reads.
        output_tokens: Of the tokens it writes.
        characters: Of the characters of the source.
    """

    input_tokens: float = 0.0
    output_tokens: float = 0.0
    characters: float = 0.0


class System(Protocol):
    """Anything that turns source segments into hypotheses.

    A class that names this one as its base gets what a plain system says: whole segments, nothing
    to download, the processor.
    """

    @property
    def name(self) -> str:
        """Name in tables and folders: letters, digits, `.`, `_`, `+` and `-`."""
        ...

    @abstractmethod
    def missing_requirement(self) -> str | None:
        """Why this system cannot run here now and how to mend that; `None` if it can.

        Cheap: it loads no model.
        """

    @abstractmethod
    def supports(self, source: str, target: str) -> bool:
        """Whether the system translates from `source` into `target` (BCP-47 codes)."""

    @abstractmethod
    def fingerprint(self, source: str, target: str) -> Facts:
        """Everything that can change a hypothesis for this pair, as hashable facts."""

    @abstractmethod
    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | Failure]]:
        """Yields each text's position with its translation, in any order, as soon as it exists.

        No word about a position is a failure too; a failure is never `""`.
        """

    def existing(self, bitext: Bitext) -> Outputs | None:
        """Returns outputs that exist already; `None` from a system that translates.

        Raises:
            EvalHarnessError: They cannot be read, or do not belong to these segments.
        """
        return None

    def translate_batches(
        self, batches: Iterator[Sequence[str]], source: str, target: str
    ) -> Iterator[tuple[str, Translation | Failure]]:
        """Yields each text with its translation; a batch is drawn when its work can begin.

        What is yielded has been kept when this generator goes on. A system that works on several
        batches at a time draws them here.
        """
        for texts in batches:
            for position, made in self.translate(texts, source, target):
                yield texts[position], made

    def is_floor(self) -> bool:
        """Whether it is there to be beaten: a real system that does not beat it is broken."""
        return False

    def samples(self) -> bool:
        """Whether it draws its hypotheses, so that another time gives others."""
        return False

    def in_pass(self, number: int) -> System:
        """Returns the system that makes one of several passes over a test set.

        Asked of a system that samples. One that seeds its draws has another seed in each pass;
        what is loaded is shared.

        Args:
            number: Which pass: 1 is that of the system itself.
        """
        return self

    def tentative(self) -> bool:
        """Whether what it yields of a batch is certain only when the batch has ended well.

        It is kept at once all the same, for a run that goes on after this one was killed, and is
        taken back if the batch ends with a `TakenBackError`.
        """
        return False

    def missing_to_translate(self) -> str | None:
        """What it lacks to translate anything new, such as a key; `None` if nothing.

        What the store holds is served all the same.
        """
        return None

    def private(self) -> bool:
        """Whether its answers are for the user alone, such as those of a service that is paid."""
        return False

    def prices(self) -> Prices | None:
        """What it costs; `None` if nobody said."""
        return None

    def checkpoints(self, source: str, target: str) -> Sequence[Checkpoint]:
        """What it loads for a pair, from the hub or a folder; empty without weights."""
        return ()

    def supported(self) -> str:
        """The pairs it translates, in words, for the error when it is asked for another."""
        return "choose another model= or testset="

    def hardware(self) -> str:
        """What it computes on."""
        return "cpu"

    def instruction(self, source: str, target: str) -> str | None:
        """The words that it is asked with for a pair, without the text.

        `None` for a system that is not asked in words. Checks look for them in its outputs.
        """
        return None

    def notes(self) -> Sequence[str]:
        """What a reader has to know to read its scores right, a line each."""
        return ()

    def notes_on_days(self, days: Sequence[str]) -> Sequence[str]:
        """What a reader has to know of when it answered.

        Args:
            days: The days of all its answers whose days were kept, in order.
        """
        return ()

    def request(self, segment: Segment) -> str:
        """What is to be translated of a segment: its source, also with facts that a prompt names.

        Equal requests are translated once, ever.

        Raises:
            EvalHarnessError: The segment lacks a fact.
        """
        return segment.source

    def pieces(self, text: str, source: str) -> Sequence[str]:
        """Cuts a segment into the pieces that are translated, and kept, each on its own."""
        return (text,)

    def batches(self, texts: Sequence[str], source: str, target: str) -> Sequence[Sequence[int]]:
        """The positions of the texts that `translate` is best given together."""
        return [range(len(texts))[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]

    def release(self) -> None:
        """Lets go of what takes much memory: all is translated, and metrics come next."""
        return None


def seed_of_pass(seed: int, number: int) -> int:
    """Returns the seed of a pass, from 0 to 2 ** 31 - 1; the first pass has the seed itself.

    The passes of neighbouring seeds have no seed in common.
    """
    if number == 1:
        return seed
    digest = hashlib.sha256(f"{seed} pass {number}".encode()).digest()
    return int.from_bytes(digest[:4]) >> 1


def translates_between(languages: Sequence[str] | None, source: str, target: str) -> bool:
    """Whether a system that reads and writes some languages translates a pair.

    Args:
        languages: Languages; `None` for all. Script and region do not matter.
        source: BCP 47 tag.
        target: BCP 47 tag, another one.

    Raises:
        EvalHarnessError: One of `languages` is none.
    """
    codes = {language(tag).code for tag in (source, target)}
    if source == target or UNDETERMINED.code in codes:
        return False
    where = "model.languages"
    return languages is None or codes <= {language(tag, where=where).code for tag in languages}


def languages_in_words(languages: Sequence[str] | None) -> str:
    """Says which pairs `translates_between` allows."""
    if languages is None:
        return "it translates between any two languages"
    return f"it translates between {', '.join(languages)} (model.languages=)"
