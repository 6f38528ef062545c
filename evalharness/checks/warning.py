"""The rule for warnings: a check warns of what the human references of the same segments lack.

The references are the control group. Hypothesis and reference of a unit (the document where it is
known, else the segment) are exchanged, each reference apart, and the largest p-value counts: one
reference is one translator. Holm's correction is over the checks of a run. A structural check that
flags no reference warns from the first segment. A stylistic one has to be above the references by
more than a translator may be, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evalharness.stats import find_units, gain_bounds, holm, paired_difference, sum_by_unit
from evalharness.stats.aggregates import MeanAggregate
from evalharness.stats.bootstrap import Array
from evalharness.stats.exchange import exchange_p_value
from evalharness.values import Bitext, CheckRate, CheckResult
from evalharness.values.segments import HUMAN, UNSTATED

ALPHA = 0.01
"""How often the checks of a run may warn of outputs that are like the references."""
LEAST_EXCESS = 0.01
"""How much higher than the highest reference's a stylistic rate has to be."""
LEAST_EXCESS_OF_ONE = 0.02
"""The same with a single reference, which may be of an unusual translator."""
LEAST_RATE = 0.002
"""What a structural rate has to be above where no human reference says what is usual."""

_BOUND = 0.05  # one-sided: the lower bound holds in 95 % of cases


def with_warnings(results: Sequence[CheckResult], bitext: Bitext) -> tuple[CheckResult, ...]:
    """Returns what the checks of a run say, with the p-values and the warnings of their rates.

    References that the user gave without saying who made them count as human.

    Args:
        results: What all checks of the run say.
        bitext: The segments.
    """
    are_human = set(bitext.provenance) <= {HUMAN, UNSTATED}
    documents = [segment.document for segment in bitext.segments]
    raw = [_p_value(result, documents) if are_human else np.nan for result in results]
    corrected = holm(raw)
    made = []
    for result, value in zip(results, corrected, strict=True):
        p_corrected = None if np.isnan(value) else float(value)
        rate = replace(result.rate, p_corrected=p_corrected)
        warn = _warns(result, p_corrected, documents) if are_human else _exceeds(rate)
        made.append(replace(result, rate=replace(rate, warn=warn)))
    return tuple(made)


def _warns(result: CheckResult, p_corrected: float | None, documents: Sequence[str | None]) -> bool:
    rate = result.rate
    if rate.structural and not any(rate.reference_counts.values()):
        return rate.count > 0
    if p_corrected is None or p_corrected > ALPHA:
        return False
    return rate.structural or _is_large(result, documents)


def _exceeds(rate: CheckRate) -> bool:
    """Whether a rate without a control group is too high for something that is never right."""
    return rate.structural and rate.low > LEAST_RATE


def _p_value(result: CheckResult, documents: Sequence[str | None]) -> float:
    """The largest p-value of all references; NaN without any."""
    found = [
        exchange_p_value(changes_by_unit(result.statistics, reference, documents))
        for reference in result.references.values()
    ]
    return max(found, default=np.nan)


def changes_by_unit(first: Array, second: Array, documents: Sequence[str | None]) -> Array:
    """Returns how many more segments of each unit are flagged on the first side.

    Args:
        first: Where a check fired and where it could look, (n_segments, 2).
        second: The same of the other side; only segments judged on both sides count.
        documents: The document of each segment.
    """
    both = (first[:, 1] * second[:, 1])[:, None]
    units: Array = sum_by_unit((first[:, :1] - second[:, :1]) * both, documents)[:, 0]
    return units


def _is_large(result: CheckResult, documents: Sequence[str | None]) -> bool:
    """Whether a rate is above the highest reference's by more than a translator's may be."""
    pairs = [_common(result.statistics, reference) for reference in result.references.values()]
    first, second = max(pairs, key=lambda pair: _rate(pair[1]))
    least = LEAST_EXCESS_OF_ONE if len(pairs) == 1 else LEAST_EXCESS
    if find_units(documents, len(first)).number < 2:
        return False
    excess = paired_difference(
        sum_by_unit(first, documents), sum_by_unit(second, documents), _corpus
    )
    return gain_bounds(excess, _BOUND, _BOUND).low > least


def _common(first: Array, second: Array) -> tuple[Array, Array]:
    """The rows of both sides, 0 where one was not judged."""
    both = (first[:, 1] * second[:, 1])[:, None]
    return first * both, second * both


def _rate(table: Array) -> float:
    return float(table[:, 0].sum() / max(table[:, 1].sum(), 1))


def _corpus(sums: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(MeanAggregate().corpus(sums))
