"""Which margin a metric has, and that none is made up."""

from __future__ import annotations

import pytest

from evalharness.errors import EvalHarnessError
from evalharness.gate.margins import margin_of

MARGINS = {"bleu": 1.0, "chrf": 0.75, "chrfpp": 0.7, "ter": 1.5, "comet": 0.0025, "own": 3.0}


@pytest.mark.parametrize(
    ("metric", "options", "margin"),
    [
        ("BLEU", {}, 1.0),
        ("chrF2", {}, 0.75),
        ("chrF3", {}, 0.75),
        ("chrF2++", {}, 0.7),
        ("TER", {}, 1.5),
        ("wmt22-comet-da", {"choice": "comet"}, 0.0025),
        ("own", {"choice": "comet"}, 3.0),
        ("own", {}, 3.0),
    ],
)
def test_it_is_found_by_what_the_metric_is_chosen_by_or_called(
    metric: str, options: dict[str, str], margin: float
):
    assert margin_of(metric, options, MARGINS) == margin


def test_a_metric_without_one_says_which_option_sets_it():
    with pytest.raises(EvalHarnessError, match=r"none for MetricX-24; give \+margin\.metricx="):
        margin_of("MetricX-24", {"choice": "metricx"}, MARGINS)
