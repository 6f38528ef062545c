"""The compare command: tests which runs differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from evalharness.comparison import compare_runs, comparison_page
from evalharness.config import Format
from evalharness.errors import EvalHarnessError
from evalharness.render import show
from evalharness.results import slice_names
from evalharness.terminal import working


def compare(config: DictConfig) -> int:
    """Compares the runs that are named, and prints what they differ in.

    Raises:
        EvalHarnessError: There are no such runs, they cannot be compared, or an option is wrong.
    """
    if not config.runs:
        raise EvalHarnessError("not given", where="runs", hint="give 'runs=[A,B]'")
    if config.seed < 0:
        raise EvalHarnessError(f"{config.seed} is less than 0", where="seed")
    options: Any = OmegaConf.to_object(config.compare)
    select: Any = OmegaConf.to_object(config.select)
    with working("comparing"):
        comparison = compare_runs(
            list(config.runs),
            Path(config.results_dir),
            options,
            alpha=config.alpha,
            seed=config.seed,
            select=select,
            slices=slice_names(config.slice),
        )
    # LaTeX as most people set it cannot show sources in Arabic script.
    page = comparison_page(comparison, examples=config.format is not Format.latex)
    show(page, config.format)
    return 0
