"""The ranks of runs on the same segments, as ranges: what the tests leave open.

The test and the family are those of `compare`: approximate randomization, and Holm's correction of
all pairs of systems by one metric on one test set and language pair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import numpy as np

from evalharness.comparison.kept import KeptTests
from evalharness.comparison.testing import obstacle
from evalharness.errors import EvalHarnessError
from evalharness.results import Place, Ranking, Run, column_order, columns_of
from evalharness.results.places import WINS
from evalharness.stats import (
    Standing,
    alignments,
    all_pairs,
    find_units,
    holm,
    noisy_p_value,
    of_one_pass,
    pair_matrix,
    paired_difference,
    pass_noise,
    rank_ranges,
    sum_by_unit,
    usual_trials,
)
from evalharness.stats.aggregates import Aggregate
from evalharness.stats.bootstrap import Array
from evalharness.values.scores import Score

S = TypeVar("S")
T = TypeVar("T")

ALPHA = 0.05
SEED = 12345  # sacreBLEU's, and that of `compare`


def rank_runs(runs: Sequence[Run], by: str | None = None, kept: KeptTests | None = None) -> Ranking:
    """Gives runs ranges of ranks, each among those on the very same segments and references.

    Args:
        runs: The runs.
        by: The column that ranks; `None` for the one that most of them have, of several the first.
        kept: Tests that were made before; those that are made now are added.

    Raises:
        EvalHarnessError: No run has the column `by`.
    """
    kept = kept or KeptTests()
    arranged = columns_of([run.scores for run in runs])
    scores = {run.path: several for run, several in zip(runs, arranged, strict=True)}
    columns = sorted({column for several in arranged for column in several}, key=column_order)
    if by is not None and by not in columns:
        raise EvalHarnessError(
            f"no run has the column {by!r}",
            where="leaderboard.by",
            hint=f"columns: {', '.join(columns) or 'none'}",
        )
    tests: dict[tuple[str, str, str], list[Run]] = {}
    for run in sorted(runs, key=lambda run: run.folder):
        tests.setdefault(run.test, []).append(run)
    places: dict[Path, Place] = {}
    notes: list[str] = []
    ranking: dict[str, None] = {}
    for group in tests.values():
        held = Counter(column for run in group for column in scores[run.path])
        column = by or max(columns, key=lambda name: held[name], default="")
        ranked = [(run, scores[run.path][column]) for run in group if column in scores[run.path]]
        standings = _standings(ranked, kept, notes)
        for path, standing in standings.items():
            places[path] = Place(column, *standing)
        if len(standings) > 1:
            ranking.setdefault(column)
    return Ranking(places, (*map(_how, ranking), *notes))


def _how(column: str) -> str:
    return (
        f"#: by {column}; the ranks that the tests leave open: paired randomization,"
        " Holm's correction of all pairs of systems on one test set and language pair, alpha"
        f" {ALPHA}; {WINS}"
    )


def _standings(
    ranked: Sequence[tuple[Run, Score]], kept: KeptTests, notes: list[str]
) -> dict[Path, Standing]:
    """The standing of each run of one test by one metric; adds why a run has none."""
    if len(ranked) < 2:
        return {run.path: Standing(1, 1, 0) for run, _ in ranked}
    test = f"{ranked[0][0].testset} {ranked[0][0].pair}"
    try:
        aggregate, higher_is_better = _first(ranked, lambda scored: _how_scored(*scored))
        documents = _documents([run for run, _ in ranked])
    except EvalHarnessError as error:
        notes.append(f"{test}: not ranked: {error}")
        return {}
    tables, scored = [], []
    for run, score in ranked:
        try:
            if _how_scored(run, score) != (aggregate, higher_is_better):
                raise EvalHarnessError(f"{score.metric} has another formula or direction")
            tables.append((run.statistics(score.metric), run.aggregate(score.metric)))
            scored.append((run.path, score.score))
        except EvalHarnessError as error:
            notes.append(f"{run.label}: not ranked: {error.what}; run it again")
    corrected, why = _corrected(tables, documents, kept)
    if why:
        notes.append(f"{test}: the order of {len(tables)} systems {why}")
    standings = rank_ranges(
        [score for _, score in scored], corrected, higher_is_better=higher_is_better, alpha=ALPHA
    )
    return {path: standing for (path, _), standing in zip(scored, standings, strict=True)}


def _how_scored(run: Run, score: Score) -> tuple[Aggregate, bool]:
    return of_one_pass(run.aggregate(score.metric)), score.higher_is_better


def _documents(runs: Sequence[Run]) -> Sequence[str | None]:
    """The segments' documents, where they matter: reading them takes longer than most tests."""
    how = runs[0].resampling
    is_told = how.effective > 0  # older folders call fewer than ten documents segments
    if is_told and how.unit != "document":
        return ()
    return _first(runs, lambda run: run.documents)


def _corrected(
    tables: Sequence[tuple[Array, Aggregate]],
    documents: Sequence[str | None],
    kept: KeptTests,
) -> tuple[Array, str]:
    """The corrected p-values of all pairs, (n_systems, n_systems), and why none can be small."""
    pairs = all_pairs(len(tables))
    nothing = np.full((len(tables), len(tables)), np.nan)
    if not pairs:
        return nothing, ""
    units = find_units(documents, len(tables[0][0]))
    trials = usual_trials(len(pairs), ALPHA)
    if why := obstacle(units, len(pairs), ALPHA / len(pairs), trials):
        return nothing, why
    summed = [sum_by_unit(table, documents) for table, _ in tables]
    aggregates = [aggregate for _, aggregate in tables]
    noise = [pass_noise(*one) for one in zip(summed, aggregates, strict=True)]
    p_values: list[float] = []
    for positions, shaped, aggregate in alignments(summed, aggregates):
        found = kept.p_values(shaped, aggregate, trials, SEED)
        for (a, b), p_value in zip(all_pairs(len(shaped)), found, strict=True):
            both = noise[positions[a]], noise[positions[b]]
            if any(both):
                paired = paired_difference(shaped[a], shaped[b], aggregate.corpus)
                p_value = noisy_p_value(p_value, paired, both)
            p_values.append(float(p_value))
    return pair_matrix(holm(p_values), pairs, len(tables)), ""


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
