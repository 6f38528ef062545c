"""How much worse is still good enough, metric by metric."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from evalharness.errors import EvalHarnessError

_CHOICES = {"BLEU": "bleu", "chrF2": "chrf", "chrF2++": "chrfpp", "TER": "ter"}


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
    choice = str(options.get("choice") or _CHOICES.get(metric, metric))
    for key in (metric, choice):
        if key in margins:
            return margins[key]
    raise EvalHarnessError(
        f"no margin for {metric}",
        where="margin",
        mend=f"give 'margin={{{choice}: 1.0}}', in the metric's own unit",
    )
