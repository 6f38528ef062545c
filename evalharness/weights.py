"""What systems and metrics load, and why a metric cannot be computed for want of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evalharness.hub import Checkpoint, NotDownloadedError
from evalharness.metrics import Metric
from evalharness.systems import System
from evalharness.testsets import Bitext


def checkpoints_of(system: System, bitexts: Sequence[Bitext]) -> list[Checkpoint]:
    """Returns what a system loads for all pairs, each checkpoint once."""
    pairs = [(bitext.source_lang, bitext.target_lang) for bitext in bitexts]
    return list(dict.fromkeys(made for pair in pairs for made in system.checkpoints(*pair)))


def lacking_metrics(metrics: Sequence[Metric]) -> dict[str, str]:
    """Returns why metrics cannot be computed here as things are, by name; downloads nothing.

    Raises:
        EvalHarnessError: A metric can never be computed as it was chosen.
    """
    reasons = ((metric.name, metric.missing_requirement()) for metric in metrics)
    return {name: reason for name, reason in reasons if reason}


def absent_metrics(
    metrics: Sequence[Metric],
    lacking: Mapping[str, str],
    systems: Sequence[System],
    bitexts: Sequence[Bitext],
) -> dict[str, str]:
    """Downloads what metrics lack, where that is wanted, and says why some are absent all the same.

    Args:
        metrics: The metrics. Those that leave it open download when a system does, too.
        lacking: What `lacking_metrics` says of them.
        systems: Who translates.
        bitexts: What is translated.

    Returns:
        Why a metric cannot be computed here now, by its name.

    Raises:
        EvalHarnessError: A metric can never be computed as it was chosen.
    """
    system_downloads = any(checkpoints_of(system, bitexts) for system in systems)
    reasons = {}
    for metric in metrics:
        reason = lacking.get(metric.name)
        wanted = system_downloads if metric.fetch is None else metric.fetch
        if reason and wanted and not metric.missing_packages():
            reason = _fetch(metric) or metric.missing_requirement()
        if reason:
            reasons[metric.name] = reason
    return reasons


def _fetch(metric: Metric) -> str | None:
    """Downloads what is not here; returns why that is not possible now."""
    try:
        for checkpoint in metric.checkpoints():
            checkpoint.folder()
    except NotDownloadedError as error:
        return str(error)
    return None
