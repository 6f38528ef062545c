"""The ranks of runs on the same segments. Runs whose order was not shown share a rank.

All pairs of runs are tested anew after every run. So the test has no random numbers, and costs
little more than scoring each segment once: Student's t test on what each segment or document
contributes to the difference of two scores (`stats.jackknife`). `compare` tests by randomization.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from evalharness.columns import column_order, columns_of
from evalharness.errors import EvalHarnessError
from evalharness.evidence import FoundRun, aggregate_in, read_checked
from evalharness.metrics.aggregates import Aggregate
from evalharness.metrics.base import Array
from evalharness.scoring import Score, sum_by_unit
from evalharness.stats import (
    Standing,
    all_pairs,
    contributions,
    holm,
    non_inferiority,
    pair_matrix,
    rank_clusters,
    summarize,
)
from evalharness.store import RunRecord, read_translated
from evalharness.testsets.base import Segment

S = TypeVar("S")
T = TypeVar("T")

ALPHA = 0.05


@dataclass(frozen=True)
class Place:
    """Where a run stands among the runs on the same segments.

    Attributes:
        column: The column of scores that ranks.
        rank: 1 more than there are runs in better clusters; runs whose order is not shown share it.
        wins: How many runs it is significantly better than.
    """

    column: str
    rank: int
    wins: int


@dataclass(frozen=True)
class Ranking:
    """The places of runs.

    Attributes:
        places: By the run's folder; a run without a score that can be ranked has none.
        notes: How they were ranked, and which were not and why.
    """

    places: Mapping[str, Place]
    notes: tuple[str, ...] = ()


def rank_runs(results: Path, runs: Sequence[RunRecord], by: str | None = None) -> Ranking:
    """Ranks runs in clusters, each among those on the very same segments and references.

    Args:
        results: The results folder.
        runs: The runs.
        by: The column that ranks; `None` for the one that most of them have, of several the first.

    Raises:
        EvalHarnessError: No run has the column `by`.
    """
    arranged = columns_of([run.scores for run in runs])
    scores = {run.folder: of for run, of in zip(runs, arranged, strict=True)}
    columns = sorted({column for of in arranged for column in of}, key=column_order)
    if by is not None and by not in columns:
        raise EvalHarnessError(
            f"no run has the column {by!r}",
            where="leaderboard.by",
            mend=f"columns: {', '.join(columns) or 'none'}",
        )
    tests: dict[tuple[str, str, str], list[FoundRun]] = {}
    for run in sorted(runs, key=lambda run: run.folder):
        tests.setdefault(run.test, []).append(FoundRun(results, run, run.system))
    places: dict[str, Place] = {}
    notes: list[str] = []
    ranking: dict[str, None] = {}
    for group in tests.values():
        held = Counter(column for run in group for column in scores[run.record.folder])
        column = by or max(columns, key=lambda name: held[name], default="")
        ranked = [run for run in group if column in scores[run.record.folder]]
        standings = _standings(ranked, [scores[run.record.folder][column] for run in ranked], notes)
        for folder, standing in standings.items():
            places[folder] = Place(column, standing.rank, standing.wins)
        if len(standings) > 1:
            ranking.setdefault(column)
    return Ranking(places, (*map(_how, ranking), *notes))


def _how(column: str) -> str:
    return (
        f"#: by {column}; systems whose order is not shown share a rank (paired t tests, Holm,"
        f" alpha {ALPHA}); wins: how many others a system is significantly better than"
    )


def _standings(
    runs: Sequence[FoundRun], scores: Sequence[Score], notes: list[str]
) -> dict[str, Standing]:
    """The standing of each run of one test by one metric, by folder; adds why a run has none."""
    if len(runs) < 2:
        return {run.record.folder: Standing(1, 1, 1, 0) for run in runs}
    by_run = list(zip(runs, scores, strict=True))
    try:
        aggregate, higher_is_better = _first(by_run, lambda scored: _how_scored(*scored))
        segments = _documents(runs)
    except EvalHarnessError as error:
        record = runs[0].record
        notes.append(f"{record.testset} {record.pair}: not ranked: {error}")
        return {}
    tables, ranked = [], []
    for run, score in by_run:
        try:
            if _how_scored(run, score) != (aggregate, higher_is_better):
                raise EvalHarnessError(f"{score.metric} is computed by another formula")
            tables.append(sum_by_unit(read_checked(run, score), segments))
            ranked.append((run.record.folder, score.score))
        except EvalHarnessError as error:
            notes.append(f"{run.label}: not ranked: {error.what}; run it again")
    standings = rank_clusters(
        [score for _, score in ranked],
        _corrected(tables, aggregate),
        higher_is_better=higher_is_better,
        alpha=ALPHA,
    )
    return {folder: of for (folder, _), of in zip(ranked, standings, strict=True)}


def _how_scored(run: FoundRun, score: Score) -> tuple[Aggregate, bool]:
    return aggregate_in(run, score), score.higher_is_better


def _documents(runs: Sequence[FoundRun]) -> Sequence[Segment]:
    """The segments, where their documents matter: reading them takes longer than the tests."""
    if runs[0].record.resampling.unit != "document":
        return ()
    return _first(runs, lambda run: read_translated(run.root, run.record)).bitext.segments


def _corrected(tables: Sequence[Array], aggregate: Aggregate) -> Array:
    """The corrected p-values of all pairs, (n_systems, n_systems), NaN where none can be told."""
    pairs = all_pairs(len(tables))
    if not pairs or len(tables[0]) < 2:
        return np.full((len(tables), len(tables)), np.nan)
    scores = [float(aggregate.corpus(table.sum(axis=0))) for table in tables]
    parts = [contributions(table, aggregate.corpus) for table in tables]
    p_values = []
    for a, b in pairs:
        paired = summarize(scores[a] - scores[b], parts[a] - parts[b])
        test = non_inferiority(paired, 0.0)
        p_values.append(min(1.0, 2 * min(test.p_better, test.p_worse)))
    return pair_matrix(holm(p_values), pairs, len(tables))


def _first(runs: Sequence[S], read: Callable[[S], T]) -> T:
    """What the first run gives that gives it: runs of one test and signature say the same.

    Raises:
        EvalHarnessError: None does.
    """
    *others, last = runs
    for run in others:
        with suppress(EvalHarnessError):
            return read(run)
    return read(last)
