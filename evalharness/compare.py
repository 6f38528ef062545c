"""The compare command: tests which runs differ."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from evalharness.comparison import compare_runs
from evalharness.config import CompareFormat
from evalharness.errors import EvalHarnessError
from evalharness.terminal import results_console, working
from evalharness.views import (
    comparison_json,
    comparison_latex,
    comparison_markdown,
    print_comparison,
)

_TEXTS = {
    CompareFormat.markdown: comparison_markdown,
    CompareFormat.latex: comparison_latex,
    CompareFormat.json: comparison_json,
}


def compare(config: DictConfig) -> int:
    """Compares the runs that are named, and prints what they differ in.

    Raises:
        EvalHarnessError: There are no such runs, they cannot be compared, or an option is wrong.
    """
    if not config.runs:
        raise EvalHarnessError("not given", where="runs", mend="give 'runs=[A,B]'")
    if config.seed < 0:
        raise EvalHarnessError(f"{config.seed} is less than 0", where="seed")
    options: Any = OmegaConf.to_object(config.compare)
    with working("comparing"):
        comparison = compare_runs(
            list(config.runs),
            Path(config.results_dir),
            options,
            alpha=config.alpha,
            seed=config.seed,
        )
    with results_console() as console:
        if config.compare.format is CompareFormat.table:
            print_comparison(comparison, console)
        else:
            sys.stdout.write(_TEXTS[config.compare.format](comparison))
    return 0
