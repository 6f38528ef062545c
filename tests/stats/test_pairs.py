"""All pairs of real systems against sacreBLEU's own paired tests, and the identities of pairs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu import significance

from evalharness.metrics import BLEU, CHRF, TER
from evalharness.stats import Comparison, all_pairs, bootstrap, compare_pairs, randomization

from ..conftest import read_lines
from ..finished import statistics_of

SYSTEMS = ["google", "microsoft", "bergamot-base", "bergamot-base-memory"]
SYSTEMS += ["nllb", "opusmt", "argos"]
METRICS = {
    "BLEU": (BLEU(), sacrebleu.BLEU, 250),
    "chrF2": (CHRF(), sacrebleu.CHRF, 150),
    "TER": (TER(), sacrebleu.TER, 40),
}
SEED = 12345  # sacreBLEU's
SAMPLES = 400


def mean(totals: np.ndarray) -> np.ndarray:
    return totals[..., 0] / totals[..., 1]


def once(peer: sacrebleu.metrics.base.Metric) -> sacrebleu.metrics.base.Metric:
    """Lets sacreBLEU extract each system's statistics once, not for each pair: that is slow."""
    extract, known = peer._extract_corpus_statistics, {}

    def look_up(hypotheses, references):
        if id(hypotheses) not in known:
            known[id(hypotheses)] = extract(hypotheses, references)
        return known[id(hypotheses)]

    peer._extract_corpus_statistics = look_up
    return peer


def share_at_least(stats: np.ndarray, real_difference: float) -> float:
    """SacreBLEU's formula, but that equality counts, as in the exact test."""
    return (np.sum(stats >= real_difference - 1e-9).item() + 1) / (len(stats) + 1)


@pytest.mark.parametrize("name", METRICS)
def test_all_pairs_are_those_of_sacrebleu(name: str, flores: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SACREBLEU_SEED", str(SEED))
    if name == "TER":  # whole numbers of edits: many trials give just the real difference
        monkeypatch.setattr(significance, "_compute_p_value", share_at_least)
    metric, new_peer, count = METRICS[name]
    references = read_lines(flores / "ar-en/flores-test.en")[:count]
    outputs = {
        system: read_lines(flores / f"ar-en/flores-test.{system}.en")[:count] for system in SYSTEMS
    }
    tables = np.stack([statistics_of(metric, references, out) for out in outputs.values()])
    corpus = metric.aggregate.corpus
    scores = corpus(tables.sum(axis=1))
    ours = {
        (one.first, one.second): one
        for one in compare_pairs(tables, corpus, resamples=SAMPLES, trials=SAMPLES, seed=SEED)
    }
    peer = once(new_peer())
    for first in range(len(SYSTEMS) - 1):
        named = list(outputs.items())[first:]
        found = {}
        for kind in ("bs", "ar"):
            test = significance.PairedTest(
                named, {name: peer}, [references], test_type=kind, n_samples=SAMPLES
            )
            found[kind] = test()[1][name]
            theirs = [one.score for one in found[kind]]
            np.testing.assert_allclose(scores[first:], theirs, rtol=0, atol=1e-9)
        for second in range(first + 1, len(SYSTEMS)):
            mine, position = ours[first, second], second - first
            assert mine.p_value == pytest.approx(found["ar"][position].p_value, abs=1e-12)
            # sacreBLEU resamples in single precision
            peers = found["bs"][position].p_value
            assert mine.bootstrap_p_value == pytest.approx(peers, abs=1.5 / SAMPLES)


systems = st.integers(2, 9).flatmap(
    lambda units: st.lists(
        st.lists(st.integers(-9, 9), min_size=units, max_size=units), min_size=2, max_size=4
    )
)


def compare(rows: list[list[int]], **options) -> list[Comparison]:
    tables = np.stack([np.column_stack([row, np.ones(len(row))]) for row in rows]).astype(float)
    return compare_pairs(tables, mean, resamples=60, trials=60, seed=1, **options)


@given(systems)
@settings(max_examples=40)
def test_swapping_two_systems_mirrors_what_is_said_of_them(rows: list[list[int]]):
    for there in compare(rows):
        pair = (there.first, there.second)
        (back,) = compare(rows, pairs=[pair[::-1]])
        low, high = there.interval
        assert back.interval == pytest.approx((-high, -low))
        assert back.p_value == there.p_value
        assert back.bootstrap_p_value == there.bootstrap_p_value
        assert back.paired.difference == pytest.approx(-there.paired.difference)
        assert back.paired.skewness == pytest.approx(-there.paired.skewness)
        assert back.paired.standard_error == pytest.approx(there.paired.standard_error)


@given(systems)
@settings(max_examples=20)
def test_a_system_compared_with_itself_does_not_differ(rows: list[list[int]]):
    (own,) = compare([rows[0], rows[0]])
    assert own.p_value == own.bootstrap_p_value == 1
    assert own.interval == (0, 0)
    assert own.paired[:3] == (0, 0, 0)


def test_nor_does_it_where_sums_of_fractions_are_rounded():
    values = np.random.default_rng(5).normal(0.8, 0.1, 57)
    tables = np.stack([np.column_stack([values, np.ones(57)])] * 5)
    for own in compare_pairs(tables, mean, resamples=999, trials=999, seed=4):
        assert own.p_value == own.bootstrap_p_value == 1
        assert own.interval == pytest.approx((0, 0), abs=1e-12)


def test_scores_that_are_not_numbers_are_no_evidence():
    tables = np.ones((2, 3, 2))
    tables[1, 1, 0] = np.nan
    (found,) = compare_pairs(tables, mean, resamples=60, trials=60, seed=1)
    assert found.p_value == found.bootstrap_p_value == 1


def test_what_is_said_of_a_pair_does_not_depend_on_the_others_nor_on_blocks(
    monkeypatch: pytest.MonkeyPatch,
):
    rows = np.random.default_rng(6).integers(0, 9, (4, 50)).tolist()
    together = {(one.first, one.second): one for one in compare(rows)}
    assert list(together) == all_pairs(4)
    (alone,) = compare([rows[1], rows[3]])
    assert alone[2:] == together[1, 3][2:]
    for module in (bootstrap, randomization):
        monkeypatch.setattr(module, "_CELLS_PER_BLOCK", 100)
    assert compare(rows) == list(together.values())


def test_the_interval_of_few_units_reaches_as_far_as_students():
    """Ten units, compared with the textbook's interval of a paired mean."""
    from scipy.stats import t

    values = np.random.default_rng(10).normal(0, 1, (2, 10))
    tables = np.stack([np.column_stack([row, np.ones(10)]) for row in values])
    (found,) = compare_pairs(tables, mean, resamples=40_000, trials=40, seed=3)
    differences = values[0] - values[1]
    half = t.ppf(0.975, 9) * differences.std(ddof=1) / np.sqrt(10)
    low, high = found.interval
    assert high - low == pytest.approx(2 * half, rel=0.06)
    assert (low + high) / 2 == pytest.approx(differences.mean(), abs=0.1 * half)
