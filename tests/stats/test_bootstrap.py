"""The bootstrap against sacreBLEU's own, and its properties."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st

from evalharness.metrics import BLEU, CHRF, TER
from evalharness.stats import bootstrap, bootstrap_scores, percentile_interval, sum_by_document

from ..conftest import read_lines
from ..finished import statistics_of

METRICS = {
    "BLEU": (BLEU(), sacrebleu.BLEU),
    "chrF2": (CHRF(), sacrebleu.CHRF),
    "TER": (TER(), sacrebleu.TER),
}


def mean(totals: np.ndarray) -> np.ndarray:
    return totals[..., 0] / totals[..., 1]


@pytest.mark.parametrize("name", METRICS)
def test_interval_is_that_of_sacrebleus_own_bootstrap(
    name: str, flores: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("SACREBLEU_SEED", raising=False)  # 12345, its default
    references = read_lines(flores / "ar-en/flores-test.en")[:400]
    hypotheses = read_lines(flores / "ar-en/flores-test.nllb.en")[:400]
    metric, peer = METRICS[name]
    theirs = peer().corpus_score(hypotheses, [references], n_bootstrap=1000)
    statistics = statistics_of(metric, references, hypotheses)
    scores = bootstrap_scores(statistics, metric.aggregate.corpus, 1000, seed=12345)
    low, high = percentile_interval(scores)
    # sacreBLEU resamples in single precision
    assert scores.mean() == pytest.approx(theirs._mean, abs=1e-4)
    assert (high - low) / 2 == pytest.approx(theirs._ci, abs=1e-4)
    assert low < theirs.score < high


def test_interval_of_a_mean_covers_like_the_normal_one():
    values = np.random.default_rng(7).normal(10, 2, 2000)
    statistics = np.column_stack([values, np.ones_like(values)])
    low, high = percentile_interval(bootstrap_scores(statistics, mean, 4000, seed=1))
    half = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
    assert low == pytest.approx(values.mean() - half, abs=0.2 * half)
    assert high == pytest.approx(values.mean() + half, abs=0.2 * half)


def test_intervals_hold_the_truth_about_95_times_in_100():
    generator = np.random.default_rng(11)
    held = 0
    for experiment in range(400):
        values = generator.exponential(3.0, 80)
        statistics = np.column_stack([values, np.ones_like(values)])
        low, high = percentile_interval(bootstrap_scores(statistics, mean, 200, experiment))
        held += low <= 3.0 <= high
    assert 0.89 <= held / 400 <= 0.98


def test_documents_of_equal_segments_widen_the_interval_by_the_square_root_of_their_size():
    values = np.repeat(np.random.default_rng(3).normal(0, 1, 300), 9)
    statistics = np.column_stack([values, np.ones_like(values)])
    documents = [str(n // 9) for n in range(len(values))]
    widths = []
    for table in (statistics, sum_by_document(statistics, documents)):
        low, high = percentile_interval(bootstrap_scores(table, mean, 2000, seed=5))
        widths.append(high - low)
    assert widths[1] / widths[0] == pytest.approx(3, rel=0.12)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 9)), min_size=1))
def test_sums_by_document_lose_nothing(rows: list[tuple[str, int]]):
    statistics = np.array([[value, 1.0] for _, value in rows])
    totals = sum_by_document(statistics, [document for document, _ in rows])
    assert totals.shape == (len({document for document, _ in rows}), 2)
    np.testing.assert_array_equal(totals.sum(axis=0), statistics.sum(axis=0))
    first = [value for document, value in rows if document == rows[0][0]]
    assert totals[0].tolist() == [sum(first), len(first)]


def test_equal_rows_have_no_width_and_equal_seeds_agree():
    equal = np.tile([3.0, 1.0], (20, 1))
    assert percentile_interval(bootstrap_scores(equal, mean, 100, seed=0)) == (3.0, 3.0)
    rows = np.column_stack([np.arange(50.0), np.ones(50)])
    first, again, other = (bootstrap_scores(rows, mean, 100, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_bounded_memory_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    rows = np.column_stack([np.arange(97.0), np.ones(97)])
    whole = bootstrap_scores(rows, mean, 100, seed=9)
    monkeypatch.setattr(bootstrap, "_CELLS_PER_BLOCK", 97 * 7)
    np.testing.assert_array_equal(bootstrap_scores(rows, mean, 100, seed=9), whole)
