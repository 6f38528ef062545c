"""How much worse is still good enough, metric by metric."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from evalharness.errors import EvalHarnessError


def check_margins(margins: Mapping[str, float]) -> None:
    """Refuses margins that no candidate could meet, or every one would.

    Raises:
        EvalHarnessError: A margin is not above 0, or no number.
    """
    for name, margin in margins.items():
        if not 0 < margin < math.inf:
            raise EvalHarnessError(
                f"{margin:g} is no margin",
                where=f"margin.{name}",
                mend="give a number above 0: without any loss allowed, only a candidate that is"
                " shown to be better could pass",
            )


def margin_of(metric: str, options: Mapping[str, Any], margins: Mapping[str, float]) -> float:
    """Returns the margin of a metric.

    Args:
        metric: Its name.
        options: How it is configured.
        margins: The margins, by what `metric=` calls the metrics, or by their names.

    Raises:
        EvalHarnessError: There is none.
    """
    choice = str(options.get("choice") or _sacrebleu_choice(metric))
    for key in (metric, choice):
        if key in margins:
            return margins[key]
    raise EvalHarnessError(
        f"none for {metric}",
        where="margin",
        mend=f"give +margin.{choice}=NUMBER, in the metric's own unit",
    )


def _sacrebleu_choice(metric: str) -> str:
    """What `metric=` calls one of sacreBLEU's; another metric's own name."""
    if metric.startswith("chrF"):
        return "chrfpp" if metric.endswith("+") else "chrf"
    return metric.lower() if metric in ("BLEU", "TER") else metric
