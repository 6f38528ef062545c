"""Who scores."""

from evalharness.metrics.base import ErrorSpan, Metric, Remark
from evalharness.metrics.comet import Comet
from evalharness.metrics.sacrebleu import BLEU, CHRF, TER

__all__ = ["BLEU", "CHRF", "TER", "Comet", "ErrorSpan", "Metric", "Remark"]
