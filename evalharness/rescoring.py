"""Scoring hypotheses of finished runs again, with metrics that the user has configured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from evalharness.metrics import Metric
from evalharness.results import without_versions
from evalharness.values import Bitext


class Rescorer(NamedTuple):
    """A metric that computes what a score says, and what `metric=` calls it."""

    choice: str
    metric: Metric


def find_rescorer(
    metrics: Mapping[str, Metric], name: str, signature: str, bitext: Bitext
) -> Rescorer | str:
    """Finds the metric that scores as a finished run was scored.

    Args:
        metrics: Those that the user has configured, by what `metric=` calls them.
        name: The metric's name in the finished run.
        signature: Its signature there.
        bitext: What was scored.

    Returns:
        The metric, of whatever version; or why there is none.

    Raises:
        EvalHarnessError: A metric is configured so that it can never be computed.
    """
    why = "no metric of that name is chosen with metric="
    for choice, metric in metrics.items():
        if metric.name != name:
            continue
        if reason := metric.missing_requirement() or metric.obstacle(bitext):
            why = reason
            continue
        if metric.needs_reference and not all(segment.references for segment in bitext.segments):
            why = "it needs references"
            continue
        ours = metric.signature(bitext)
        if without_versions(ours) == without_versions(signature):
            return Rescorer(choice, metric)
        why = f"metric.{choice} is configured as {ours}, not as {signature}"
    return why


def release(metrics: Mapping[str, Metric], name: str) -> None:
    """Lets go of what takes much memory: the metrics of this name have judged everything."""
    for metric in metrics.values():
        if metric.name == name:
            metric.release()
