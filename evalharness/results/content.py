"""What a run folder holds, as JSON values and arrays, also what this evalharness does not know."""

from __future__ import annotations

import lzma
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from evalharness.errors import EvalHarnessError
from evalharness.reading import DAMAGES, read_json_lines
from evalharness.results.arrays import read_arrays, read_table
from evalharness.results.schema import upgraded_row
from evalharness.stats.aggregates import read_aggregate
from evalharness.stats.bootstrap import Array

RUN, SEGMENTS, STATISTICS, SCORES = "run.json", "segments.jsonl", "statistics.npz", "scores.json"
CHECKS = "check/"
"""What stands before a check's name among the arrays: no metric's name has a slash."""

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


class Content:
    """A run folder's files; those with segments are read when asked for, and once.

    Attributes:
        path: The folder.
        run: What `run.json` holds.
        scores: What `scores.json` holds.
    """

    def __init__(
        self,
        path: Path,
        run: Mapping[str, Any],
        scores: Mapping[str, Any],
        rows: Sequence[Mapping[str, Any]] | None = None,
        tables: Mapping[str, Array] | None = None,
    ) -> None:
        """Takes the head, and what is in memory already.

        Args:
            path: The folder.
            run: What `run.json` holds.
            scores: What `scores.json` holds.
            rows: The lines of `segments.jsonl`; `None` where they are to be read.
            tables: The arrays of `statistics.npz`, (n_segments, k); likewise.
        """
        self.path, self.run, self.scores = path, run, scores
        self._tables = dict(tables or {})
        self._in_memory = tables is not None
        if rows is not None:
            vars(self)["rows"] = rows

    @property
    def segments_path(self) -> Path:
        """The file of segments."""
        return self.path / SEGMENTS

    @cached_property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """The lines of `segments.jsonl`, with a finite score by each metric.

        Raises:
            EvalHarnessError: The file is damaged.
        """
        try:
            rows = [upgraded_row(row) for row in read_json_lines(self.segments_path)]
            self._check_rows(rows)
        except _UNREADABLE as error:
            raise self.damaged(error, self.segments_path) from error
        return rows

    def table(self, name: str) -> Array:
        """Returns the statistics of a metric or a check, of shape (n_segments, k).

        Args:
            name: The metric's name, or the check's after `CHECKS`.

        Raises:
            EvalHarnessError: The file is damaged, or has no such statistics.
        """
        if name not in self._tables:
            path = self.path / STATISTICS
            try:
                if self._in_memory:
                    raise KeyError(name)
                table = read_table(path, name, self.scores["segments"])
                self._tables[name] = _finite(table, name)
            except _UNREADABLE as error:
                raise self.damaged(error, path) from error
        return self._tables[name]

    def tables(self) -> Mapping[str, Array]:
        """Returns all arrays, also those that nothing in the head names.

        Raises:
            EvalHarnessError: The file is damaged.
        """
        if self._in_memory:
            return self._tables
        path = self.path / STATISTICS
        widths = self._widths()
        try:
            arrays = read_arrays(path, list(widths), self.scores["segments"])
            for name, width in widths.items():
                if arrays[name].shape[1] != (width or arrays[name].shape[1]):
                    raise ValueError(f"{name}: {arrays[name].shape[1]} columns, not {width}")
            return {name: _finite(table, name, list(widths)) for name, table in arrays.items()}
        except _UNREADABLE as error:
            raise self.damaged(error, path) from error

    def _widths(self) -> dict[str, int | None]:
        """How many columns the statistics have that the head names; `None` where nobody knows."""
        widths: dict[str, int | None] = {}
        for score in self.scores["scores"]:
            aggregate = read_aggregate(score.get("aggregate"))
            widths[score["metric"]] = aggregate.width if aggregate else None
        for check in self.scores.get("checks", ()):
            widths[f"{CHECKS}{check['check']}"] = 2
        return widths

    def damaged(self, error: Exception | str, path: Path | None = None) -> EvalHarnessError:
        """Returns the error of a folder that is damaged."""
        return damaged(path or self.path, error)

    def _check_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        if len(rows) != self.scores["segments"]:
            raise ValueError(f"{len(rows)} lines, not {self.scores['segments']}")
        metrics = [score["metric"] for score in self.scores["scores"]]
        for number, row in enumerate(rows, 1):
            documents = () if row["document"] is None else (row["document"],)
            hypotheses = () if row["hypothesis"] is None else (row["hypothesis"],)
            texts = (row["id"], row["source"], *documents, *row["references"], *hypotheses)
            if not all(isinstance(text, str) for text in texts):
                raise TypeError(f"line {number} has something else than texts")
            _check_more(row, metrics)
            _check_repeats(row, self.run.get("passes", 1), number)


def _check_more(row: Mapping[str, Any], metrics: Sequence[str]) -> None:
    for metric in metrics:
        score = row["scores"][metric]
        if type(score) not in (int, float) or not math.isfinite(score):
            raise ValueError(f"{metric}: {score!r} is no finite number")
    observations, checks = row.get("observations", {}), row.get("checks", {})
    if not all(isinstance(one, dict) for one in (observations, checks, row.get("facts", {}))):
        raise TypeError("observations, checks or facts are no objects")
    if not all(isinstance(facts, dict) for facts in observations.values()):
        raise TypeError("an observation is no object")


def _check_repeats(row: Mapping[str, Any], passes: int, number: int) -> None:
    """Checks what further passes made of a segment."""
    repeats = row.get("repeats", [])
    if len(repeats) != passes - 1:
        raise ValueError(f"line {number} has {len(repeats)} repeats, not {passes - 1}")
    for one in repeats:
        text, observations = one["hypothesis"], one.get("observations", {})
        if not (text is None or isinstance(text, str)):
            raise TypeError(f"line {number} has something else than texts")
        if not isinstance(observations, dict):
            raise TypeError("observations are no object")
        if not all(isinstance(facts, dict) for facts in observations.values()):
            raise TypeError("an observation is no object")


def damaged(path: Path, error: Exception | str) -> EvalHarnessError:
    """Returns the error of a run folder that is damaged."""
    what = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return EvalHarnessError(
        f"damaged run: {what}", where=path, hint="delete the folder and run again"
    )


def _finite(table: Array, name: str, names: Sequence[str] | None = None) -> Array:
    if (names is None or name in names) and not np.isfinite(table).all():
        raise ValueError(f"{name}: not finite")
    return table
