"""Who scores."""

from evalharness.metrics.base import Metric
from evalharness.metrics.sacrebleu import BLEU, CHRF, TER

__all__ = ["BLEU", "CHRF", "TER", "Metric"]
