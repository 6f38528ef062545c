"""The formulas for many sums at once against sacreBLEU's own for one, whatever the counts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st

from evalharness.metrics import BLEU, CHRF, TER

count = st.sampled_from([0, 0, 1, 2, 3]) | st.integers(0, 50) | st.integers(0, 10**6)


@st.composite
def bleu_counts(draw: st.DrawFn) -> list[float]:
    """Any lengths, and for each order at most as many matches as n-grams."""
    counts = [draw(count) for _ in range(4)]
    matches = [
        draw(st.sampled_from([0, most, most // 2]) | st.integers(0, most)) for most in counts
    ]
    return [draw(count), draw(count), *matches, *counts]


@st.composite
def chrf_counts(draw: st.DrawFn, orders: int) -> list[float]:
    rows = []
    for _ in range(orders):
        hypothesis, reference = draw(count), draw(count)
        matches = draw(st.integers(0, min(hypothesis, reference)))
        rows += [hypothesis, reference, matches]
    return rows


def agree(
    corpus: Callable[[np.ndarray], np.ndarray], peer: sacrebleu.metrics.base.Metric, rows: list
) -> None:
    theirs = [peer._compute_score_from_stats(list(row)).score for row in rows]
    ours = corpus(np.array(rows, dtype=float))
    np.testing.assert_allclose(ours, theirs, atol=1e-9, rtol=0)
    stacked = corpus(np.array([rows, rows], dtype=float))
    np.testing.assert_array_equal(stacked, [ours, ours])
    assert corpus(np.array(rows[0], dtype=float)).shape == ()


SMOOTHINGS = [
    ("exp", None),
    ("none", None),
    ("floor", None),
    ("floor", 0.0),
    ("floor", 0.01),
    ("add-k", None),
    ("add-k", 0.0),
    ("add-k", 0.3),
]


@given(rows=st.lists(bleu_counts(), min_size=1, max_size=5))
def test_bleu(rows: list[list[float]]):
    for (method, value), effective_order in product(SMOOTHINGS, (False, True)):
        options = {"smooth_method": method, "smooth_value": value}
        peer = sacrebleu.BLEU(**options, effective_order=effective_order)
        aggregate = BLEU(**options, effective_order=effective_order).aggregate
        agree(aggregate.corpus, peer, rows)
        if effective_order:
            agree(BLEU(**options).aggregate.segment_scores, peer, rows)


@pytest.mark.parametrize("orders", [(6, 0), (6, 2), (6, 1), (1, 0)])
@given(data=st.data())
def test_chrf(orders: tuple[int, int], data: st.DataObject):
    rows = data.draw(st.lists(chrf_counts(sum(orders)), min_size=1, max_size=5))
    for beta, eps_smoothing in product((1, 2, 3), (False, True)):
        options = {"char_order": orders[0], "word_order": orders[1], "beta": beta}
        options["eps_smoothing"] = eps_smoothing
        agree(CHRF(**options).aggregate.corpus, sacrebleu.CHRF(**options), rows)


@given(st.lists(st.tuples(count, count | st.floats(0.5, 99)), min_size=1, max_size=9))
def test_ter(rows: list[tuple[float, float]]):
    agree(TER().aggregate.corpus, sacrebleu.TER(), rows)
