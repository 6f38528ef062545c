"""The leaderboard as a page: which runs are ranked against which, in which columns, with notes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalharness.results.check_columns import check_columns, rate_columns
from evalharness.results.columns import column_order, columns_of, decimals_of
from evalharness.results.naming import names_of
from evalharness.results.notes import notes
from evalharness.results.places import Place, Ranking
from evalharness.results.run import Run
from evalharness.values import Cell, Column, Mark, Page, Row, Score, Table

Scores = Mapping[str, Score]
"""The scores of one run, by column."""


@dataclass(frozen=True)
class _Entry:
    """A run with what its row is made of.

    Attributes:
        run: The run.
        name: What the row is called.
        place: Where the run stands; `None` without a score that can be ranked.
        scores: Its scores.
        rates: Its rates of checks, likewise.
    """

    run: Run
    name: str
    place: Place | None
    scores: Scores
    rates: Mapping[str, float | None]


def board_page(
    runs: Sequence[Run],
    ranking: Ranking,
    names: Mapping[tuple[Path, str], str] | None = None,
    decimals: int | None = None,
) -> Page:
    """Arranges runs into a table; a pure function of the runs.

    Args:
        runs: The runs.
        ranking: Where they stand.
        names: What the rows are called, by the run's key; `None` for the systems' names, with the
            hash where another run on the same segments bears the name.
        decimals: Those of all scores; `None` for each metric's own.

    Returns:
        The table `runs` and its notes. Its columns of scores, which `score_columns` returns, are
        called by the metric, or, where that was computed under several signatures, by the metric
        and what tells them apart: `BLEU|case:lc`. A metric that no run could compute has one, too.
    """
    arranged = columns_of([run.scores for run in runs])
    scores = {run.key: several for run, several in zip(runs, arranged, strict=True)}
    rates = check_columns(runs)
    by_run = {run.key: several for run, several in zip(runs, rates, strict=True)}
    columns = _score_columns(runs, arranged, decimals)
    sections = list(_sections(runs, ranking.places, scores, by_run, names or {}))
    ranked = any(len(section) > 1 for section in sections)
    is_sliced = any(run.slice for run in runs)
    rows = tuple(
        row for section in sections for row in _rows(section, [column.key for column in columns])
    )
    table = Table(
        "runs",
        "",
        (*_first(ranked, is_sliced), *columns, *_LAST, *rate_columns(rates)),
        rows,
        split="testset",
    )
    below = (*ranking.notes, *notes(runs, [column.key for column in columns]))
    return Page((table,), below, title="evalharness: leaderboard")


def score_columns(page: Page) -> list[Column]:
    """Returns the columns of scores of a page that `board_page` made."""
    return [column for column in page.tables[0].columns if column.interval]


def _first(ranked: bool, is_sliced: bool) -> tuple[Column, ...]:
    """The columns before the scores; people see ranks where there is more than one."""
    slices = (Column("slice", "slice", once=True, wraps=True),) if is_sliced else ()
    return (
        Column("testset", "test set"),
        Column("pair", "pair", programs=False, once=True),
        Column("source_lang", "", people=False),
        Column("target_lang", "", people=False),
        *slices,
        Column("rank", "#", number=True, people=ranked),
        Column("wins", "wins", number=True, people=ranked, programs=False, under="rank"),
        Column("name", "system", programs=False, wraps=True),
        Column("system", "system", people=False),
        Column("segments", "n", number=True),
    )


_LAST = tuple(
    Column(key, "", people=False)
    for key in ("run", "signatures", "wins", "ranked_by", "rank_low", "rank_high")
)


def _score_columns(
    runs: Sequence[Run], arranged: Sequence[Scores], decimals: int | None
) -> list[Column]:
    by_column: dict[str, list[Score]] = {}
    for scores in arranged:
        for key, score in scores.items():
            by_column.setdefault(key, []).append(score)
    computed = {score.metric for run in runs for score in run.scores}
    for metric in sorted({absent.metric for run in runs for absent in run.unavailable} - computed):
        by_column[metric] = []
    return [
        Column(
            key,
            heading(key, by_column[key][0].higher_is_better) if by_column[key] else key,
            decimals_of(key, [score.score for score in by_column[key]])
            if decimals is None
            else decimals,
            csv_decimals=4,
            number=True,
            interval=True,
        )
        for key in sorted(by_column, key=column_order)
    ]


def heading(column: str, higher_is_better: bool) -> str:
    """Returns what people call a column of scores: with the direction in which it gets better."""
    return f"{column} {'↑' if higher_is_better else '↓'}"


def _sections(
    runs: Sequence[Run],
    places: Mapping[tuple[Path, str], Place],
    scores: Mapping[tuple[Path, str], Scores],
    rates: Mapping[tuple[Path, str], Mapping[str, float | None]],
    called: Mapping[tuple[Path, str], str],
) -> Iterator[list[_Entry]]:
    """Yields the runs on the very same segments and references: what may be ranked together."""
    tests: dict[tuple[str, str, str, tuple[int, str]], list[Run]] = {}
    for run in sorted(runs, key=lambda run: run.folder):
        tests.setdefault(run.test, []).append(run)
    whole = Counter(run.family for run in runs if run.slice is None)
    names = {**names_of(runs), **called}
    for test in sorted(tests, key=lambda test: (*test[:2], -whole[test[:3]], *test[2:])):
        group = tests[test]
        entries = [
            _Entry(
                run,
                names[run.key],
                places.get(run.key),
                scores[run.key],
                rates[run.key],
            )
            for run in group
        ]
        yield sorted(entries, key=_standing)


def _standing(entry: _Entry) -> tuple[float, float, str, str]:
    """Sorts by rank, within a rank by score; the unranked come last."""
    last = (entry.run.system, entry.run.folder)
    if entry.place is None:
        return (math.inf, 0.0, *last)
    return (entry.place.low, -_goodness(entry.scores[entry.place.column]), *last)


def _goodness(score: Score) -> float:
    return score.score if score.higher_is_better else -score.score


def _rows(section: Sequence[_Entry], columns: Sequence[str]) -> Iterator[Row]:
    best = {}
    ranked_by = {entry.place.column for entry in section if entry.place}
    # Whoever has that score and no place has statistics that contradict it.
    believed = [entry for entry in section if entry.place or not ranked_by & entry.scores.keys()]
    for column in columns:
        scores = [entry.scores[column] for entry in believed if column in entry.scores]
        if len(scores) > 1:
            best[column] = max(scores, key=_goodness).score
    for entry in section:
        run, place = entry.run, entry.place
        facts = {
            "testset": run.testset,
            "pair": run.pair,
            "slice": run.key[1] or None,
            "source_lang": run.source_lang,
            "target_lang": run.target_lang,
            "rank_low": place.low if place else None,
            "rank_high": place.high if place else None,
            "wins": place.wins if place else None,
            "name": entry.name,
            "system": run.system,
            "segments": run.segments,
            "run": run.folder,
            "signatures": _signatures(run),
            "ranked_by": place.column if place else None,
        }
        numbers = {
            column: Cell(
                float(score.score),
                float(score.low),
                float(score.high),
                mark=Mark.best if best.get(column) == score.score else None,
            )
            for column, score in entry.scores.items()
        }
        absent = {metric.metric for metric in run.unavailable}
        lacking = {column: Cell() for column in columns if column.split("|")[0] in absent}
        cells = {key: Cell(fact) for key, fact in {**facts, **entry.rates}.items()}
        rank = Cell(place.low, text=place.text) if place else Cell()
        yield Row(
            {**lacking, **numbers, **cells, "rank": rank},
            group="\n".join((*run.family, run.slice.label if run.slice else "")),
        )


def _signatures(run: Run) -> str:
    """What the numbers rest on: the test set's digest, its references, each metric's signature.

    The order of several references is said, since sacreBLEU's chrF depends on it.
    """
    references = "+".join(run.provenance)
    names: Sequence[str] = run.reference_names
    if len(run.provenance) > 1 and len(names) == len(run.reference_makers):
        names = [f"{name}({who})" for name, who in zip(names, run.reference_makers, strict=True)]
    order = f"|order:{'+'.join(names)}" if len(names) > 1 else ""
    basis = f"{run.testset}|digest:{run.digest[:16]}|references:{references}{order}"
    return "; ".join([basis, *(f"{score.metric}|{score.signature}" for score in run.scores)])
