"""The command `run`: one system on one test set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from evalharness.evaluation import make_runs
from evalharness.leaderboard import rebuild, report_absent, show_runs
from evalharness.results import Run, slice_names


def run(config: DictConfig) -> int:
    """Runs one system on one test set and prints the table.

    Returns:
        1 if a segment failed, or a metric that is required is absent; else 0.
    """
    slices = slice_names(config.slice)
    runs = make_runs(config)
    show_runs(rebuild(Path(config.results_dir)), runs, config.format, slices=slices)
    if config.require_metrics:
        report_absent(runs)
    return exit_code(runs, config.require_metrics)


def exit_code(runs: Sequence[Run], require_metrics: bool) -> int:
    """Returns 1 if a system failed on a segment, or a metric that is required is absent; else 0."""
    return int(any(run.failed or (require_metrics and run.unavailable) for run in runs))
