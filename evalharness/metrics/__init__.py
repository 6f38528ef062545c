"""Metrics: what ranks systems.

`metric` is the protocol; `judging` looks at what a metric says, and `passes` judges a system that
was run several times. `sacrebleu` holds BLEU, chrF and TER by sacreBLEU's own statistics, and
`comet` the metrics by unbabel-comet's models.
"""

from evalharness.metrics.comet import Comet
from evalharness.metrics.judging import judge
from evalharness.metrics.metric import Metric
from evalharness.metrics.passes import judge_passes
from evalharness.metrics.sacrebleu import BLEU, CHRF, TER
from evalharness.stats.aggregates import (
    Aggregate,
    BleuAggregate,
    ChrfAggregate,
    MeanAggregate,
    TerAggregate,
)
from evalharness.values.outputs import Outputs, observed
from evalharness.values.scores import Judgement
from evalharness.values.segments import Bitext

__all__ = [
    "BLEU",
    "CHRF",
    "TER",
    "Aggregate",
    "Bitext",
    "BleuAggregate",
    "ChrfAggregate",
    "Comet",
    "Judgement",
    "MeanAggregate",
    "Metric",
    "Outputs",
    "TerAggregate",
    "judge",
    "judge_passes",
    "observed",
]
