"""Which scores share a column of a table: those of one metric, computed in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evalharness.scoring import Score

SACREBLEU_METRICS = ("BLEU", "chrF2", "chrF2++", "TER")
"""In the order of their columns, before all others."""


def columns_of(scores: Sequence[Iterable[Score]]) -> list[Mapping[str, Score]]:
    """Sorts the scores of runs into columns.

    Args:
        scores: The scores of each run.

    Returns:
        Each run's scores by column: the metric's name, or, where that metric was computed under
        several signatures, the name and what tells them apart: `BLEU|case:lc`.
    """
    labels = _labels(score for of in scores for score in of)
    return [{labels[score.metric, comparable(score)]: score for score in of} for of in scores]


def comparable(score: Score) -> str:
    """Returns the signature without the number of references, which the digest holds too."""
    return "|".join(part for part in score.signature.split("|") if not part.startswith("nrefs:"))


def column_order(column: str) -> tuple[int, str]:
    """Sorts columns: sacreBLEU's metrics first."""
    metric = column.split("|")[0]
    first = metric in SACREBLEU_METRICS
    return (SACREBLEU_METRICS.index(metric) if first else len(SACREBLEU_METRICS), column)


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
        telling = [key for key in keys if len({of.get(key) for of in parts.values()}) > 1]
        for signature, of in parts.items():
            told = [f"{key}:{of.get(key, 'none')}" for key in telling]
            labels[metric, signature] = "|".join([metric, *told])
        if len({labels[metric, signature] for signature in several}) < len(several):
            for signature in several:
                labels[metric, signature] = f"{metric}|{signature}"
    return labels
