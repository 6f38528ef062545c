"""The ranks of runs on the same segments, as ranges: what the tests leave open.

The test and the family are those of `compare`: approximate randomization, and Holm's correction of
all pairs of systems by one metric on one test set and language pair, with its slices where these
are asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
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
    Units,
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
    scores = {run.key: several for run, several in zip(runs, arranged, strict=True)}
    columns = sorted({column for several in arranged for column in several}, key=column_order)
    if by is not None and by not in columns:
        raise EvalHarnessError(
            f"no run has the column {by!r}",
            where="leaderboard.by",
            hint=f"columns: {', '.join(columns) or 'none'}",
        )
    families: dict[tuple[str, str, str], dict[object, list[Run]]] = {}
    for run in sorted(runs, key=lambda run: run.folder):
        families.setdefault(run.family, {}).setdefault(run.test, []).append(run)
    places: dict[tuple[Path, str], Place] = {}
    notes: list[str] = []
    ranking: dict[str, bool] = {}
    for family in families.values():
        groups = []
        for group in family.values():
            held = Counter(column for run in group for column in scores[run.key])
            column = by or max(columns, key=lambda name: held[name], default="")
            ranked = [(run, scores[run.key][column]) for run in group if column in scores[run.key]]
            groups.append(_group(column, ranked, notes))
        for one, standings in zip(groups, _standings(groups, kept, notes), strict=True):
            for key, standing in zip(one.keys, standings, strict=True):
                places[key] = Place(one.column, *standing)
            if len(standings) > 1:
                ranking[one.column] = ranking.get(one.column, False) or len(groups) > 1
    return Ranking(places, (*(_how(*ranked) for ranked in ranking.items()), *notes))


def _how(column: str, with_slices: bool) -> str:
    slices = " with its slices" if with_slices else ""
    return (
        f"#: by {column}; the ranks that the tests leave open: paired randomization,"
        " Holm's correction of all pairs of systems on one test set and language"
        f" pair{slices}, alpha {ALPHA}; {WINS}"
    )


@dataclass(frozen=True)
class _Group:
    """The runs on the same segments that can be ranked by one metric.

    Attributes:
        name: The test set, the language pair and the slice.
        column: The metric's column.
        keys: The runs' keys.
        scores: Their scores.
        tables: Their statistics, (n_segments, k), and how these become the score.
        higher_is_better: The metric's direction.
        documents: The segments' documents, where they matter.
    """

    name: str
    column: str
    keys: Sequence[tuple[Path, str]] = ()
    scores: Sequence[float] = ()
    tables: Sequence[tuple[Array, Aggregate]] = ()
    higher_is_better: bool = True
    documents: Sequence[str | None] = ()

    @property
    def units(self) -> Units:
        """What is swapped."""
        return find_units(self.documents, len(self.tables[0][0]))

    @property
    def tests(self) -> int:
        """How many pairs of runs can be tested."""
        several = len(self.tables) > 1 and not self.units.are_too_few
        return len(all_pairs(len(self.tables))) if several else 0


def _group(column: str, ranked: Sequence[tuple[Run, Score]], notes: list[str]) -> _Group:
    """What is ranked of the runs of one test by one metric; adds why a run is not."""
    if not ranked:
        return _Group("", column)
    name = ranked[0][0].test_name
    if len(ranked) == 1:
        ((run, score),) = ranked
        return _Group(name, column, [run.key], [score.score])
    try:
        aggregate, higher_is_better = _first(ranked, lambda scored: _how_scored(*scored))
        documents = _documents([run for run, _ in ranked])
    except EvalHarnessError as error:
        notes.append(f"{name}: not ranked: {error}")
        return _Group(name, column)
    tables, keys, scores = [], [], []
    for run, score in ranked:
        try:
            if _how_scored(run, score) != (aggregate, higher_is_better):
                raise EvalHarnessError(f"{score.metric} has another formula or direction")
            tables.append((run.statistics(score.metric), run.aggregate(score.metric)))
            keys.append(run.key)
            scores.append(score.score)
        except EvalHarnessError as error:
            notes.append(f"{run.label}: not ranked: {error.what}; run it again")
    return _Group(name, column, keys, scores, tables, higher_is_better, documents)


def _standings(
    groups: Sequence[_Group], kept: KeptTests, notes: list[str]
) -> Iterator[Sequence[Standing]]:
    """Yields the standings of the runs of each group; all tests together are one family."""
    tests = sum(group.tests for group in groups)
    raw = [_p_values(group, tests, kept, notes) for group in groups]
    corrected = iter(holm(np.concatenate(raw))) if raw else iter(())
    for group, p_values in zip(groups, raw, strict=True):
        pairs = all_pairs(len(group.keys))
        mine = [next(corrected) for _ in p_values]
        matrix = pair_matrix(mine, pairs, len(group.keys))
        yield rank_ranges(
            group.scores, matrix, higher_is_better=group.higher_is_better, alpha=ALPHA
        )


def _how_scored(run: Run, score: Score) -> tuple[Aggregate, bool]:
    return of_one_pass(run.aggregate(score.metric)), score.higher_is_better


def _documents(runs: Sequence[Run]) -> Sequence[str | None]:
    """The segments' documents, where they matter: reading them takes longer than most tests."""
    how = runs[0].resampling
    is_told = how.effective > 0  # older folders call fewer than ten documents segments
    if is_told and how.unit != "document":
        return ()
    return _first(runs, lambda run: run.documents)


def _p_values(group: _Group, tests: int, kept: KeptTests, notes: list[str]) -> Array:
    """The p-values of all pairs of a group, (n_pairs,); NaN, with a note, where none can be small.

    Args:
        group: The runs.
        tests: How many tests are corrected together.
        kept: Tests that were made before.
        notes: Why the order of systems cannot be shown is added.
    """
    pairs = all_pairs(len(group.keys))
    if not pairs:
        return np.array([])
    units, trials = group.units, usual_trials(tests, ALPHA)
    if why := obstacle(units, tests, ALPHA / max(1, tests), trials):
        notes.append(f"{group.name}: the order of {len(group.keys)} systems {why}")
        return np.full(len(pairs), np.nan)
    summed = [sum_by_unit(table, group.documents) for table, _ in group.tables]
    aggregates = [aggregate for _, aggregate in group.tables]
    noise = [pass_noise(*one) for one in zip(summed, aggregates, strict=True)]
    p_values: dict[tuple[int, int], float] = {}
    for one in alignments(summed, aggregates):
        found = kept.p_values(one.tables, one.aggregate, trials, SEED)
        for (a, b), rows, p_value in zip(one.pairs, all_pairs(len(one.tables)), found, strict=True):
            if noise[a] or noise[b]:
                first, second = (one.tables[row] for row in rows)
                paired = paired_difference(first, second, one.aggregate.corpus)
                p_value = noisy_p_value(p_value, paired, (noise[a], noise[b]))
            p_values[a, b] = float(p_value)
    return np.array([p_values[pair] for pair in pairs])


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
