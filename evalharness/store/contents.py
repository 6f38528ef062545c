"""Reading what a run folder holds segment by segment."""

from __future__ import annotations

import lzma
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evalharness.metrics.base import Array, ErrorSpan, Remark
from evalharness.reading import DAMAGES, read_json_lines
from evalharness.scoring import Translated
from evalharness.store.arrays import read_arrays, read_table
from evalharness.store.records import (
    SEGMENTS,
    STATISTICS,
    RunRecord,
    damaged,
    known,
    read_head,
    read_run,
)
from evalharness.testsets.base import Bitext, Segment

# An archive with a flipped bit claims to be encrypted, or packed in another way.
_UNREADABLE = (
    OSError,
    EOFError,
    RuntimeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    *DAMAGES,
)


@dataclass(frozen=True)
class Content:
    """All that a run folder holds but its configuration, as JSON values.

    Attributes:
        run: `run.json`.
        scores: `scores.json`.
        rows: The lines of `segments.jsonl`.
        statistics: The arrays of `statistics.npz`.
    """

    run: Mapping[str, Any]
    scores: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    statistics: Mapping[str, Array]


def read_translated(results: Path, record: RunRecord) -> Translated:
    """Reads what a run translated, and what came out.

    Raises:
        EvalHarnessError: The file is damaged, or holds other segments than those that were scored.
    """
    path = results / record.folder / SEGMENTS
    try:
        rows = read_json_lines(path)
        segments = tuple(_segment(row, position) for position, row in enumerate(rows))
        bitext = Bitext(
            record.testset,
            record.source_lang,
            record.target_lang,
            segments,
            str(path),
            len(segments),
            record.provenance,
        )
        if len(segments) != record.segments or bitext.digest != record.digest:
            raise ValueError("not the segments that were scored")
        return Translated(bitext, _hypotheses(rows))
    except _UNREADABLE as error:
        raise damaged(path, error) from error


def read_segments(results: Path, record: RunRecord) -> list[Mapping[str, Any]]:
    """Reads the lines of `segments.jsonl`, with a finite score by each metric of the run.

    Raises:
        EvalHarnessError: The file is damaged.
    """
    path = results / record.folder / SEGMENTS
    try:
        rows = read_json_lines(path)
        _hypotheses(rows)
        if len(rows) != record.segments:
            raise ValueError(f"{len(rows)} lines, not {record.segments}")
        for score in record.scores:
            _check_segments(rows, score.metric)
    except _UNREADABLE as error:
        raise damaged(path, error) from error
    return [*rows]


def read_statistics(results: Path, record: RunRecord, metric: str) -> Array:
    """Reads the additive statistics of a metric, of shape (n_segments, k).

    Raises:
        EvalHarnessError: The file is damaged.
    """
    path = results / record.folder / STATISTICS
    try:
        return _checked(read_table(path, metric, record.segments), metric)
    except _UNREADABLE as error:
        raise damaged(path, error) from error


def read_content(results: Path, folder: str) -> Content:
    """Reads a run folder, also what a later evalharness wrote there and this one does not know.

    Raises:
        EvalHarnessError: A file is damaged.
    """
    record = read_run(results, folder)
    path = results / folder
    run, scores = read_head(path)
    try:
        rows = read_json_lines(path / SEGMENTS)
        _hypotheses(rows)
        metrics = [score.metric for score in record.scores]
        statistics = read_arrays(path / STATISTICS, metrics, len(rows))
        for score in record.scores:
            _checked(statistics[score.metric], score.metric)
            _check_segments(rows, score.metric)
    except _UNREADABLE as error:
        raise damaged(path, error) from error
    return Content(run, scores, rows, statistics)


def _segment(row: Mapping[str, Any], position: int) -> Segment:
    references = tuple(row["references"])
    segment = Segment(row["id"], position, row["document"], row["source"], references)
    documents = () if segment.document is None else (segment.document,)
    texts = (segment.id, segment.source, *documents, *references)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError(f"segment {position + 1} has something else than texts")
    return segment


def _hypotheses(rows: Sequence[Mapping[str, Any]]) -> list[str | None]:
    hypotheses = [row["hypothesis"] for row in rows]
    if not all(text is None or isinstance(text, str) for text in hypotheses):
        raise TypeError("a hypothesis is no text")
    return hypotheses


def _checked(table: Array, metric: str) -> Array:
    if not np.isfinite(table).all():
        raise ValueError(f"{metric}: not finite")
    return table


def _check_segments(rows: Sequence[Mapping[str, Any]], metric: str) -> None:
    """Checks what is carried over of a metric: its segment scores, and its remarks if any."""
    for row in rows:
        score = row["scores"][metric]
        if type(score) not in (int, float) or not math.isfinite(score):
            raise ValueError(f"{metric}: {score!r} is no finite number")
        remark = row.get("remarks", {}).get(metric, {})
        known(Remark, remark)
        for span in remark.get("error_spans", ()):
            known(ErrorSpan, span)
