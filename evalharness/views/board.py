"""The leaderboard as a value: what is ranked against what, in which columns, with which notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evalharness.errors import EvalHarnessError
from evalharness.scoring import Score
from evalharness.store import RunRecord
from evalharness.views.notes import notes

SACREBLEU_METRICS = ("BLEU", "chrF2", "chrF2++", "TER")
"""In the order of their columns, before all others."""


@dataclass(frozen=True)
class Row:
    """One run on the board.

    Attributes:
        run: The run.
        name: The system's name, with the folder's hash where another run of the section bears it.
        rank: From 1; equal scores share a rank; `None` without a score that can be ranked.
        scores: Its scores by column.
    """

    run: RunRecord
    name: str
    rank: int | None
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
    """

    columns: tuple[str, ...]
    higher_is_better: Mapping[str, bool]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]


def make_board(runs: Sequence[RunRecord], by: str | None = None) -> Board:
    """Arranges runs into sections, columns and ranks; a pure function of the runs.

    Args:
        runs: The runs.
        by: The column that ranks; `None` for the one that most runs of a section have, of
            several the first.

    Raises:
        EvalHarnessError: No run has the column `by`.
    """
    groups: dict[tuple[str, str, str], list[RunRecord]] = {}
    for run in sorted(runs, key=lambda run: run.folder):
        groups.setdefault((run.testset, run.pair, run.digest), []).append(run)
    labels = _labels(score for run in runs for score in run.scores)
    scores_of: dict[str, Mapping[str, Score]] = {
        run.folder: {labels[score.metric, _comparable(score)]: score for score in run.scores}
        for run in runs
    }
    directions = {
        column: score.higher_is_better
        for scores in scores_of.values()
        for column, score in scores.items()
    }
    if by is not None and by not in directions:
        raise EvalHarnessError(
            f"no run has the column {by!r}",
            where="leaderboard.by",
            mend=f"columns: {', '.join(sorted(directions, key=_column_order)) or 'none'}",
        )
    absent = {absent.metric for run in runs for absent in run.unavailable}
    computed = {score.metric for run in runs for score in run.scores}
    columns = tuple(sorted({*directions, *(absent - computed)}, key=_column_order))
    sections = tuple(
        _section(groups[key], scores_of, columns, by)
        for key in sorted(groups, key=lambda key: (key[0], key[1], -len(groups[key]), key[2]))
    )
    return Board(columns, directions, sections, tuple(notes(runs, columns)))


def _comparable(score: Score) -> str:
    """The signature without the number of references, which the test set's digest holds too."""
    return "|".join(part for part in score.signature.split("|") if not part.startswith("nrefs:"))


def _labels(scores: Iterable[Score]) -> dict[tuple[str, str], str]:
    """The column of each metric and comparable signature.

    Where a metric has several signatures, each column carries the parts that tell them apart.
    """
    signatures: dict[str, set[str]] = {}
    for score in scores:
        signatures.setdefault(score.metric, set()).add(_comparable(score))
    labels = {}
    for metric, several in signatures.items():
        parts = {
            signature: dict(part.partition(":")[::2] for part in signature.split("|"))
            for signature in several
        }
        keys = dict.fromkeys(key for signature in sorted(parts) for key in parts[signature])
        telling = [key for key in keys if len({of.get(key) for of in parts.values()}) > 1]
        for signature, of in parts.items():
            told = [f"{key}:{of.get(key, 'none')}" for key in telling]
            labels[metric, signature] = "|".join([metric, *told])
        if len({labels[metric, signature] for signature in several}) < len(several):
            for signature in several:
                labels[metric, signature] = f"{metric}|{signature}"
    return labels


def _column_order(column: str) -> tuple[int, str]:
    metric = column.split("|")[0]
    first = metric in SACREBLEU_METRICS
    return (SACREBLEU_METRICS.index(metric) if first else len(SACREBLEU_METRICS), column)


def _section(
    group: Sequence[RunRecord],
    scores_of: Mapping[str, Mapping[str, Score]],
    columns: Sequence[str],
    by: str | None,
) -> Section:
    present = [c for c in columns if any(c in scores_of[run.folder] for run in group)]
    held = Counter(column for run in group for column in scores_of[run.folder])
    ranking = by or max(present, key=lambda column: held[column], default=None)
    ranked = {
        run.folder: scores_of[run.folder][ranking]
        for run in group
        if ranking is not None and ranking in scores_of[run.folder]
    }
    goodness = {folder: _goodness(score) for folder, score in ranked.items()}
    names = Counter(run.system for run in group)
    rows = [
        Row(
            run,
            run.system if names[run.system] == 1 else run.folder.rpartition("/")[2],
            1 + sum(other > goodness[run.folder] for other in goodness.values())
            if run.folder in goodness
            else None,
            scores_of[run.folder],
        )
        for run in group
    ]
    rows.sort(key=lambda row: (row.rank is None, row.rank, row.run.system, row.run.folder))
    best = {}
    for column in present:
        scores = [row.scores[column] for row in rows if column in row.scores]
        if len(scores) > 1:
            best[column] = max(scores, key=_goodness).score
    return Section(group[0].testset, group[0].pair, tuple(rows), best)


def _goodness(score: Score) -> float:
    return score.score if score.higher_is_better else -score.score
