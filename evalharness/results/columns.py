"""Which scores share a column of a table: those of one metric, computed in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evalharness.values.scores import Score

SACREBLEU_METRICS = ("BLEU", "chrF2", "chrF2++", "TER")
"""In the order of their columns, before all others."""

_TAKEN = (
    *("testset", "source_lang", "target_lang", "rank", "system", "segments"),
    *("run", "signatures", "wins", "ranked_by", "rank_low", "rank_high"),
)


def is_taken(metric: str) -> bool:
    """Whether `leaderboard.csv` has a column of this name, or could have it, for something else."""
    return metric in _TAKEN or metric.startswith("check_") or metric.endswith(("_low", "_high"))


def columns_of(scores: Sequence[Iterable[Score]]) -> list[Mapping[str, Score]]:
    """Sorts the scores of runs into columns.

    Args:
        scores: The scores of each run.

    Returns:
        Each run's scores by column: the metric's name, or, where that metric was computed under
        several signatures, the name and what tells them apart: `BLEU|case:lc`.
    """
    labels = _labels(score for several in scores for score in several)
    return [
        {labels[score.metric, comparable(score)]: score for score in several} for several in scores
    ]


def comparable(score: Score) -> str:
    """Returns the signature without the number of references, which the digest holds too."""
    return "|".join(part for part in score.signature.split("|") if not part.startswith("nrefs:"))


def column_order(column: str) -> tuple[int, str]:
    """Sorts columns: sacreBLEU's metrics first."""
    metric = column.split("|")[0]
    first = metric in SACREBLEU_METRICS
    return (SACREBLEU_METRICS.index(metric) if first else len(SACREBLEU_METRICS), column)


def decimals_of(column: str, scores: Iterable[float]) -> int:
    """Returns how many decimals people see of a column's scores.

    sacreBLEU's metrics have 2, others 4 where all scores lie between -2 and 2.
    """
    coarse = column.split("|")[0] in SACREBLEU_METRICS or any(abs(score) > 2 for score in scores)
    return 2 if coarse else 4


def _labels(scores: Iterable[Score]) -> dict[tuple[str, str], str]:
    """The column of each metric and comparable signature.

    Where a metric has several signatures, each column carries the parts that tell them apart.
    """
    signatures: dict[str, set[str]] = {}
    for score in scores:
        signatures.setdefault(score.metric, set()).add(comparable(score))
    labels = {}
    for metric, several in signatures.items():
        parts = {
            signature: dict(part.partition(":")[::2] for part in signature.split("|"))
            for signature in several
        }
        keys = dict.fromkeys(key for signature in sorted(parts) for key in parts[signature])
        differing = [key for key in keys if len({some.get(key) for some in parts.values()}) > 1]
        for signature, some in parts.items():
            shown = [f"{key}:{some.get(key, 'none')}" for key in differing]
            labels[metric, signature] = "|".join([metric, *shown])
        if len({labels[metric, signature] for signature in several}) < len(several):
            for signature in several:
                labels[metric, signature] = f"{metric}|{signature}"
    return labels
