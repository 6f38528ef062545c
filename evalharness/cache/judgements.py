"""The scores of a checkpoint for source, hypothesis and reference, kept between runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from evalharness.cache.journal_map import JournalMap, digest, hashed


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


class StoredJudgements(JournalMap[Triple, Opinion]):
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
        super().__init__(
            store / "judgements" / digest(facts),
            {"facts": facts},
            key=_key,
            write=_line,
            parse=_parse,
            read=read,
        )


def _key(triple: Triple) -> str:
    return hashed(json.dumps(triple))


def _line(key: str, opinion: Opinion) -> dict[str, object]:
    line: dict[str, object] = {"key": key, "score": opinion.score}
    line |= {"truncated": True} if opinion.truncated else {}
    spans = list(map(list, opinion.error_spans))
    return line | ({"error_spans": spans} if spans else {})


def _parse(line: Mapping[str, Any]) -> tuple[str, Opinion]:
    spans = tuple(
        ErrorSpan(int(start), int(end), str(severity), float(confidence))
        for start, end, severity, confidence in line.get("error_spans", ())
    )
    opinion = Opinion(float(line["score"]), bool(line.get("truncated")), spans)
    return str(line["key"]), opinion
