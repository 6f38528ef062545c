"""What a metric's name and signature say: which family it is of, and which formula computed it.

For run folders and baselines that were written before an aggregate stood beside each score. A name
alone says nothing, since anybody can give it: a score is of a family where its signature, too, has
the parts that this family's signatures have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from evalharness.stats.aggregates import (
    Aggregate,
    BleuAggregate,
    ChrfAggregate,
    MeanAggregate,
    TerAggregate,
)

_MECAB = re.compile(r"^(tok:(?:ja|ko)-mecab)-.+(-[A-Z]+)$")
_VERSIONS = (
    "version",
    "unbabel-comet",
    "transformers",
    "torch",
    "lingua",
    "ftfy",
    "babel",
    "num2words",
)
_SACREBLEU = {"nrefs", "case", "version"}
_BLEU = {*_SACREBLEU, "eff", "tok", "smooth"}
_CHRF = {*_SACREBLEU, "eff", "nc", "nw", "space"}
_TER = {*_SACREBLEU, "tok", "norm", "punct", "asian"}
_COMET = {"checkpoint", "encoder", "dtype", "maxlen", "unbabel-comet", "transformers", "torch"}
_COMET_CHECKPOINTS = {
    "Unbabel/wmt22-comet-da": "comet",
    "Unbabel/wmt22-cometkiwi-da": "cometkiwi",
    "Unbabel/XCOMET-XL": "xcomet",
}
_SMOOTHING = re.compile(r"(exp|none|floor|add-k)(?:\[(\d{1,9}\.\d\d)\])?")
_CHRF_NAME = re.compile(r"chrF(\d{1,3})(\+*)")


class Described(Protocol):
    """A score, of a run or of a baseline, as far as it says how it was computed."""

    @property
    def metric(self) -> str:
        """The metric's name."""
        ...

    @property
    def signature(self) -> str:
        """How it was computed."""
        ...

    @property
    def aggregate(self) -> Aggregate | None:
        """How summed statistics become it; `None` where nobody says."""
        ...


def without_versions(signature: str) -> str:
    """Returns a signature without the versions of packages, its parts in one order.

    sacreBLEU's tokenizers for Japanese and Korean have MeCab's version in their name.
    """
    parts = (_MECAB.sub(r"\1\2", part) for part in signature.split("|"))
    return "|".join(sorted(part for part in parts if part.partition(":")[0] not in _VERSIONS))


def family_of(metric: str, signature: str) -> str | None:
    """Returns what `metric=` calls a metric; `None` for one that is none of ours.

    A COMET checkpoint is of a family where it is one of ours, at whatever commit: others have other
    scales.
    """
    aggregate = _aggregate(metric, signature)
    if isinstance(aggregate, ChrfAggregate):
        return "chrfpp" if aggregate.word_order else "chrf"
    if isinstance(aggregate, MeanAggregate):
        checkpoint = _parts(signature)["checkpoint"].partition("@")[0]
        return _COMET_CHECKPOINTS.get(checkpoint)
    return None if aggregate is None else aggregate.formula


def aggregate_of(score: Described) -> Aggregate | None:
    """Returns how a score was computed from statistics: as it says, else as its signature does.

    Returns:
        The aggregate; `None` where neither names a formula of ours.
    """
    return score.aggregate or _aggregate(score.metric, score.signature)


def _aggregate(metric: str, signature: str) -> Aggregate | None:
    parts = _parts(signature)
    try:
        if metric == "BLEU" and parts.keys() == _BLEU:
            return _bleu(parts)
        if metric.startswith("chrF") and parts.keys() == _CHRF:
            return _chrf(metric, parts)
    except ValueError:  # out of range: no signature of ours
        return None
    if metric == "TER" and parts.keys() == _TER:
        return TerAggregate()
    return MeanAggregate() if parts.keys() >= _COMET else None


def _parts(signature: str) -> Mapping[str, str]:
    return dict(part.partition(":")[::2] for part in signature.split("|"))


def _bleu(parts: Mapping[str, str]) -> Aggregate | None:
    smoothing = _SMOOTHING.fullmatch(parts["smooth"])
    if smoothing is None:
        return None
    return BleuAggregate(smoothing[1], float(smoothing[2] or 0), parts["eff"] == "yes")


def _chrf(metric: str, parts: Mapping[str, str]) -> Aggregate | None:
    name = _CHRF_NAME.fullmatch(metric)
    if name is None or parts["nw"] != str(len(name[2])):
        return None
    return ChrfAggregate(int(parts["nc"]), len(name[2]), int(name[1]), parts["eff"] == "no")
