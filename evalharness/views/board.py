"""The leaderboard as a value: what is ranked against what, in which columns, with which notes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalharness.columns import column_order, columns_of
from evalharness.ranking import Place, Ranking
from evalharness.scoring import Score
from evalharness.store import RunRecord
from evalharness.views.notes import notes


@dataclass(frozen=True)
class Row:
    """One run on the board.

    Attributes:
        run: The run.
        name: The system's name, with the folder's hash where another run of the section bears it.
        place: Where it stands; `None` without a score that can be ranked.
        scores: Its scores by column.
    """

    run: RunRecord
    name: str
    place: Place | None
    scores: Mapping[str, Score]


@dataclass(frozen=True)
class Section:
    """Runs on the very same segments and references: what may be ranked together.

    Attributes:
        testset: The test set's name.
        pair: The language pair as `tr-en`.
        rows: The runs, best first.
        best: The best score by column, where at least two runs have one.
    """

    testset: str
    pair: str
    rows: tuple[Row, ...]
    best: Mapping[str, float]


@dataclass(frozen=True)
class Board:
    """The sections under their common columns.

    Attributes:
        columns: The columns of scores: a metric's name, or, where that metric was computed under
            several signatures, the name and what tells them apart: `BLEU|case:lc`. A metric that
            none of the runs could compute has one, too.
        higher_is_better: The direction of each column that has scores.
        sections: Ordered by test set and pair.
        notes: What a reader has to know to read the numbers right.
        decimals: Those of all scores; `None` for each metric's own.
    """

    columns: tuple[str, ...]
    higher_is_better: Mapping[str, bool]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    decimals: int | None = None


def make_board(runs: Sequence[RunRecord], ranking: Ranking) -> Board:
    """Arranges runs into sections and columns; a pure function of the runs.

    Args:
        runs: The runs.
        ranking: Where they stand.
    """
    groups: dict[tuple[str, str, str], list[RunRecord]] = {}
    for run in sorted(runs, key=lambda run: run.folder):
        groups.setdefault(run.test, []).append(run)
    arranged = columns_of([run.scores for run in runs])
    scores_of = {run.folder: of for run, of in zip(runs, arranged, strict=True)}
    directions = {
        column: score.higher_is_better
        for scores in scores_of.values()
        for column, score in scores.items()
    }
    absent = {absent.metric for run in runs for absent in run.unavailable}
    computed = {score.metric for run in runs for score in run.scores}
    columns = tuple(sorted({*directions, *(absent - computed)}, key=column_order))
    sections = tuple(
        _section(groups[key], scores_of, columns, ranking.places)
        for key in sorted(groups, key=lambda key: (key[0], key[1], -len(groups[key]), key[2]))
    )
    return Board(columns, directions, sections, (*ranking.notes, *notes(runs, columns)))


def _section(
    group: Sequence[RunRecord],
    scores_of: Mapping[str, Mapping[str, Score]],
    columns: Sequence[str],
    places: Mapping[str, Place],
) -> Section:
    present = [c for c in columns if any(c in scores_of[run.folder] for run in group)]
    names = Counter(run.system for run in group)
    rows = [
        Row(
            run,
            run.system if names[run.system] == 1 else run.folder.rpartition("/")[2],
            places.get(run.folder),
            scores_of[run.folder],
        )
        for run in group
    ]
    rows.sort(key=_standing)
    best = {}
    for column in present:
        scores = [row.scores[column] for row in rows if column in row.scores]
        if len(scores) > 1:
            best[column] = max(scores, key=_goodness).score
    return Section(group[0].testset, group[0].pair, tuple(rows), best)


def _standing(row: Row) -> tuple[float, float, str, str]:
    """Sorts by rank, within a rank by score; the unranked come last."""
    last = (row.run.system, row.run.folder)
    if row.place is None:
        return (math.inf, 0.0, *last)
    return (row.place.rank, -_goodness(row.scores[row.place.column]), *last)


def _goodness(score: Score) -> float:
    return score.score if score.higher_is_better else -score.score
