"""The scores of a checkpoint for source, hypothesis and reference, kept between runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from evalharness.cache.journal import Journal


class Triple(NamedTuple):
    """What is judged; `None` for what the checkpoint does not read."""

    src: str | None
    mt: str
    ref: str | None

    @property
    def texts(self) -> tuple[str, ...]:
        """What is read."""
        return tuple(text for text in (self.mt, self.src, self.ref) if text is not None)


class ErrorSpan(NamedTuple):
    """A part of a hypothesis that a checkpoint takes for an error.

    Attributes:
        start: Its first character, from 0.
        end: The character after its last.
        severity: `minor`, `major` or `critical`.
        confidence: How sure the checkpoint is, 0 to 1.
    """

    start: int
    end: int
    severity: str
    confidence: float


@dataclass(frozen=True)
class Opinion:
    """What a checkpoint says about one triple.

    Attributes:
        score: In the checkpoint's own unit.
        truncated: Whether the end of a text was not read.
        error_spans: The errors it sees in the hypothesis.
    """

    score: float
    truncated: bool
    error_spans: tuple[ErrorSpan, ...] = ()


class StoredJudgements:
    """The judgements of one checkpoint under one set of facts."""

    def __init__(self, store: Path, facts: Mapping[str, object], *, read: bool = True) -> None:
        """Reads what is there.

        Args:
            store: The store's folder.
            facts: Everything that can change a score.
            read: Whether what was kept before is used.

        Raises:
            EvalHarnessError: The folder cannot be used, or was written by a newer evalharness.
        """
        folder = store / "judgements" / digest(facts)
        self._journal = Journal(folder, {"facts": facts}, _parse, read=read)
        self._opinions: dict[str, Opinion] = {}
        for _, (key, opinion) in self._journal.others():
            self._opinions[key] = opinion

    def get(self, triple: Triple) -> Opinion | None:
        """Returns what was said about it; `None` if nothing."""
        return self._opinions.get(_key(triple))

    def add(self, triple: Triple, opinion: Opinion) -> None:
        """Keeps a judgement; it outlives this process from now on.

        Raises:
            EvalHarnessError: It cannot be written.
        """
        spans = list(map(list, opinion.error_spans))
        line = {"key": _key(triple), "score": opinion.score}
        line |= {"truncated": True} if opinion.truncated else {}
        line |= {"error_spans": spans} if spans else {}
        self._journal.add(line)
        self._opinions[_key(triple)] = opinion

    def close(self) -> None:
        """Ends this process's file."""
        self._journal.close()


def digest(facts: Mapping[str, object]) -> str:
    """Returns the folder's name of what rests on these facts."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _key(triple: Triple) -> str:
    return hashlib.sha256(json.dumps(triple).encode()).hexdigest()[:32]


def _parse(line: Mapping[str, Any]) -> tuple[str, Opinion]:
    spans = tuple(
        ErrorSpan(int(start), int(end), str(severity), float(confidence))
        for start, end, severity, confidence in line.get("error_spans", ())
    )
    opinion = Opinion(float(line["score"]), bool(line.get("truncated")), spans)
    return str(line["key"]), opinion
