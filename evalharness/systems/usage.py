"""How many tokens and characters a run used, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping

from evalharness.systems.system import Prices
from evalharness.values.outputs import Translation


def usage(
    new: Mapping[str, Translation], all_of_them: Mapping[str, Translation], prices: Prices | None
) -> dict[str, dict[str, float]]:
    """Returns what translations used: tokens, characters and cost; empty where nobody counts.

    What was asked for in vain is not in it: failed requests, answers that never arrived.

    Args:
        new: What this run asked for, by its text.
        all_of_them: What all hypotheses are made of, also what the store held.
        prices: What the system costs.
    """
    counts = prices is not None or any(
        made.input_tokens is not None or made.output_tokens is not None
        for made in all_of_them.values()
    )
    if not counts:
        return {}
    return {"this_run": _sum(new, prices), "all": _sum(all_of_them, prices)}


def _sum(translations: Mapping[str, Translation], prices: Prices | None) -> dict[str, float]:
    used: dict[str, float] = {
        "input_tokens": sum(made.input_tokens or 0 for made in translations.values()),
        "output_tokens": sum(made.output_tokens or 0 for made in translations.values()),
        "characters": sum(map(len, translations)),
    }
    if prices is not None:
        cost = sum(getattr(prices, what) * amount for what, amount in used.items()) / 1e6
        used["cost"] = round(cost, 9)
    return used
