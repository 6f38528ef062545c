"""Metrics."""

from evalharness.metrics.aggregates import (
    Aggregate,
    BleuAggregate,
    ChrfAggregate,
    MeanAggregate,
    TerAggregate,
    read_aggregate,
)
from evalharness.metrics.base import ErrorSpan, Metric, Remark
from evalharness.metrics.comet import Comet
from evalharness.metrics.sacrebleu import BLEU, CHRF, TER

__all__ = [
    "BLEU",
    "CHRF",
    "TER",
    "Aggregate",
    "BleuAggregate",
    "ChrfAggregate",
    "Comet",
    "ErrorSpan",
    "MeanAggregate",
    "Metric",
    "Remark",
    "TerAggregate",
    "read_aggregate",
]
