"""The command `leaderboard`: writes the CSV anew and prints the board."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from evalharness.errors import EvalHarnessError
from evalharness.leaderboard import rebuild, show_runs
from evalharness.results import select_runs, slice_names


def leaderboard(config: DictConfig) -> int:
    """Rebuilds the CSV and prints the board in the format asked for.

    Raises:
        EvalHarnessError: There is no run yet, no run is what was selected, or none has the
            metric to rank by.
    """
    results = Path(config.results_dir)
    board = rebuild(results)
    if not board.runs:
        raise EvalHarnessError(
            "no complete run", where=results / "runs", hint="python -m evalharness makes one"
        )
    select: Any = OmegaConf.to_object(config.select)
    runs, slices = select_runs(board.runs, select), slice_names(config.slice)
    show_runs(board, runs, config.format, config.leaderboard.by, slices)
    return 0
