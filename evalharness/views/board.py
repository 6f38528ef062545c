"""The leaderboard as a value: what is ranked against what, in which columns, with which notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evalharness.errors import EvalHarnessError
from evalharness.scoring import Score
from evalharness.store import RunRecord

SACREBLEU_METRICS = ("BLEU", "chrF2", "chrF2++", "TER")
"""In the order of their columns, before all others."""

_FEW_UNITS = 30  # below it a note calls intervals rough


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
            several signatures, the name and what tells them apart: `BLEU|case:lc`.
        higher_is_better: The direction of each column.
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
    columns = tuple(sorted(directions, key=_column_order))
    if by is not None and by not in columns:
        raise EvalHarnessError(
            f"no run has the column {by!r}",
            where="leaderboard.by",
            mend=f"columns: {', '.join(columns) or 'none'}",
        )
    sections = tuple(
        _section(groups[key], scores_of, columns, by)
        for key in sorted(groups, key=lambda key: (key[0], key[1], -len(groups[key]), key[2]))
    )
    return Board(columns, directions, sections, tuple(_notes(runs, groups, columns)))


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


def _notes(
    runs: Sequence[RunRecord],
    groups: Mapping[tuple[str, str, str], Sequence[RunRecord]],
    columns: Sequence[str],
) -> Iterable[str]:
    yield from _provenance_notes(runs)
    versions = Counter((testset, pair) for testset, pair, _ in groups)
    for (testset, pair), count in versions.items():
        if count > 1:
            yield (
                f"{testset} {pair}: {count} versions of the test set (other segments, references"
                " or provenance), ranked apart"
            )
    several = Counter(column.split("|")[0] for column in columns)
    for metric in (metric for metric, count in several.items() if count > 1):
        yield f"{metric}: {several[metric]} signatures, not comparable, in a column each"
    yield from _interval_notes(runs)
    for system, note in dict.fromkeys((run.system, note) for run in runs for note in run.notes):
        yield f"{system}: {note}"
    for run in runs:
        for count, what in (
            (run.truncated, "sources longer than the system takes: cut off"),
            (run.unfinished, "hypotheses not finished at the length limit"),
        ):
            if count:
                of = f"{count} of {run.segments}"
                yield f"{run.system} {run.testset} {run.pair}: {of} {what}"
        yield from _answer_notes(run)
        for absent in run.unavailable:
            yield f"{run.system} {run.testset} {run.pair}: no {absent.metric}: {absent.reason}"


def _answer_notes(run: RunRecord) -> Iterable[str]:
    """What failed and why, and what was taken out of answers."""
    who = f"{run.system} {run.testset} {run.pair}"
    if run.failed:
        why = f": {_counted(run.failures)}" if run.failures else ""
        yield f"{who}: {run.failed} of {run.segments} segments failed{why}"
    if run.removed:
        yield f"{who}: removed from answers: {_counted(run.removed)}"


def _counted(counts: Mapping[str, int]) -> str:
    """The reasons, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{what} ({count})" for what, count in ordered)


def _provenance_notes(runs: Sequence[RunRecord]) -> Iterable[str]:
    said = {
        "machine-drafted": "references are MACHINE-DRAFTED, not human: scores say how close a"
        " system comes to a machine's draft",
        "unstated": "who made the references is not stated (testset.provenance=human states it)",
    }
    for maker, text in said.items():
        if tests := _tests(run for run in runs if maker in run.provenance):
            yield f"{tests}: {text}"


def _interval_notes(runs: Sequence[RunRecord]) -> Iterable[str]:
    kinds: dict[tuple[int, int, str], list[RunRecord]] = {}
    for run in runs:
        if run.scores:
            how = run.resampling
            kinds.setdefault((how.resamples, how.seed, how.unit), []).append(run)
    for (resamples, seed, unit), those in kinds.items():
        whose = f" ({_tests(those)})" if len(kinds) > 1 else ""
        yield f"95 % intervals{whose}: {resamples} bootstrap resamples of {unit}s, seed {seed}"
    few = [run for run in runs if run.scores and run.resampling.units < _FEW_UNITS]
    if few:
        yield f"{_tests(few)}: fewer than {_FEW_UNITS} {few[0].resampling.unit}s: rough intervals"


def _tests(runs: Iterable[RunRecord]) -> str:
    pairs: dict[str, dict[str, None]] = {}
    for run in runs:
        pairs.setdefault(run.testset, {})[run.pair] = None
    return "; ".join(f"{testset} {', '.join(pairs[testset])}" for testset in pairs)
