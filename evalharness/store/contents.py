"""Reading what a run folder holds segment by segment."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evalharness.metrics.base import Array, ErrorSpan, Remark
from evalharness.reading import read_json_lines
from evalharness.scoring import Scoring, Translated
from evalharness.store.arrays import read_table
from evalharness.store.records import (
    DAMAGES,
    SEGMENTS,
    STATISTICS,
    RunRecord,
    checked,
    damaged,
)
from evalharness.testsets.base import Bitext, Segment

# An archive with a flipped bit claims to be encrypted, or packed in an unknown way.
_UNREADABLE = (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error, *DAMAGES)


def read_translated(results: Path, record: RunRecord) -> Translated:
    """Reads what a run translated, and what came out.

    Raises:
        EvalHarnessError: The file is damaged, or holds other segments than those that were scored.
    """
    path = results / record.folder / SEGMENTS
    try:
        rows = _rows(path)
        segments = tuple(
            Segment(row["id"], position, row["document"], row["source"], tuple(row["references"]))
            for position, row in enumerate(rows)
        )
        bitext = Bitext(
            record.testset,
            record.source_lang,
            record.target_lang,
            segments,
            str(path),
            len(segments),
            record.provenance,
        )
        if bitext.digest != record.digest:
            raise ValueError("not the segments that were scored")
        return Translated(bitext, _hypotheses(rows))
    except _UNREADABLE as error:
        raise damaged(path, error) from error


def read_statistics(results: Path, record: RunRecord, metric: str) -> Array:
    """Reads the additive statistics of a metric, of shape (n_segments, k).

    Raises:
        EvalHarnessError: The file is damaged.
    """
    path = results / record.folder / STATISTICS
    try:
        return _statistics(path, metric, record.segments)
    except _UNREADABLE as error:
        raise damaged(path, error) from error


def read_scoring(results: Path, record: RunRecord) -> tuple[list[str | None], Scoring]:
    """Reads the hypotheses of a run and all that the metrics said about them.

    Raises:
        EvalHarnessError: A file is damaged.
    """
    path = results / record.folder
    names = [score.metric for score in record.scores]
    try:
        rows = _rows(path / SEGMENTS)
        segment_scores = {name: _segment_scores(rows, name) for name in names}
        statistics = {name: _statistics(path / STATISTICS, name, len(rows)) for name in names}
        remarks = _remarks([row.get("remarks", {}) for row in rows])
        hypotheses = _hypotheses(rows)
    except _UNREADABLE as error:
        raise damaged(path, error) from error
    scoring = Scoring(
        record.scores, record.unavailable, record.resampling, statistics, segment_scores, remarks
    )
    return hypotheses, scoring


def _rows(path: Path) -> list[dict[str, Any]]:
    return read_json_lines(path)


def _hypotheses(rows: Sequence[Mapping[str, Any]]) -> list[str | None]:
    hypotheses = [row["hypothesis"] for row in rows]
    if not all(text is None or isinstance(text, str) for text in hypotheses):
        raise TypeError("a hypothesis is no text")
    return hypotheses


def _statistics(path: Path, metric: str, segments: int) -> Array:
    table = read_table(path, metric, segments)
    if not np.isfinite(table).all():
        raise ValueError(f"{metric}: not finite")
    return table


def _segment_scores(rows: Sequence[Mapping[str, Any]], metric: str) -> Array:
    scores = np.array([float(row["scores"][metric]) for row in rows])
    if not np.isfinite(scores).all():
        raise ValueError(f"{metric}: not finite")
    return scores


def _remarks(said: Sequence[Mapping[str, Any]]) -> dict[str, list[Remark]]:
    """The remarks of each metric that makes some, segment by segment."""
    metrics = dict.fromkeys(metric for of in said for metric in of)
    return {metric: [_remark(**of.get(metric, {})) for of in said] for metric in metrics}


def _remark(truncated: bool = False, error_spans: Sequence[Mapping[str, Any]] = ()) -> Remark:
    return checked(Remark(truncated, tuple(checked(ErrorSpan(**span)) for span in error_spans)))
