"""From outputs to a judgement: what a metric says is looked at before it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from evalharness.errors import EvalHarnessError
from evalharness.metrics.metric import Metric
from evalharness.reading import as_json
from evalharness.stats.bootstrap import Array
from evalharness.values.outputs import Observations, Outputs
from evalharness.values.scores import Judgement


def judge(metric: Metric, outputs: Outputs) -> Judgement:
    """Lets a metric judge outputs.

    Args:
        metric: The metric.
        outputs: The hypotheses; none of them failed.

    Returns:
        The judgement, with statistics and segment scores as float64. They may be not finite.

    Raises:
        EvalHarnessError: The metric fails, or says something that cannot be kept and read again.
    """
    try:
        judgement = metric.judge(outputs)
    except EvalHarnessError:
        raise
    except Exception as error:
        raise _fault(metric, f"fails on {outputs.bitext.pair}", error) from error
    if not isinstance(judgement, Judgement):
        raise _fault(metric, f"judge() returned {type(judgement).__name__}, no Judgement")
    _check_texts(metric, outputs, judgement)
    count, width = len(outputs.hypotheses), getattr(judgement.aggregate, "width", None)
    if not isinstance(width, int):
        raise _fault(metric, f"its aggregate is {judgement.aggregate!r}, no formula")
    return replace(
        judgement,
        statistics=_numbers(metric, "statistics", judgement.statistics, (count, width)),
        segment_scores=_numbers(metric, "segment_scores", judgement.segment_scores, (count,)),
        observations=_observations(metric, judgement.observations, count),
    )


def _check_texts(metric: Metric, outputs: Outputs, judgement: Judgement) -> None:
    for name, kind in (("signature", str), ("higher_is_better", bool), ("unit", str)):
        if type(found := getattr(judgement, name)) is not kind:
            raise _fault(metric, f"{name} is {found!r}, no {kind.__name__}")
    if judgement.signature != (promised := metric.signature(outputs.bitext)):
        raise _fault(
            metric, f"its judgement says {judgement.signature!r}, its signature is {promised!r}"
        )


def _numbers(metric: Metric, name: str, found: object, shape: tuple[int, ...]) -> Array:
    """The numbers as float64, of the shape that is expected."""
    try:
        numbers = np.asarray(found)
    except ValueError as error:
        raise _fault(metric, f"{name} are no array", error) from error
    if len(shape) == numbers.ndim and numbers.shape[0] != shape[0]:
        raise _fault(
            metric, f"{name}: {numbers.shape[0]} rows, not one for each of {shape[0]} segments"
        )
    if numbers.shape != shape or numbers.dtype.kind not in "fiu":
        raise _fault(metric, f"{name} are {numbers.dtype} {numbers.shape}, not numbers {shape}")
    return numbers.astype(np.float64)


def _observations(
    metric: Metric, found: Sequence[Observations], count: int
) -> Sequence[Observations]:
    rows = list(found)
    if len(rows) not in (0, count):
        raise _fault(metric, f"{len(rows)} observations, not one for each of {count} segments")
    if not all(isinstance(row, Mapping) for row in rows):
        raise _fault(metric, "an observation is no object")
    try:
        kept: Sequence[Observations] = [as_json(dict(row)) for row in rows]
    except ValueError as error:
        raise _fault(metric, "an observation cannot be kept as JSON", error) from error
    return kept


def _fault(metric: Metric, what: str, error: Exception | None = None) -> EvalHarnessError:
    why = "" if error is None else f": {type(error).__name__}: {error}"
    return EvalHarnessError(
        f"{what}{why}",
        where=metric.name,
        hint="mend the metric, or leave it out of 'metric=[...]'",
    )
