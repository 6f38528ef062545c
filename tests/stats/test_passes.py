"""What passes of a sampling system differ by: a peer's analysis of variance, and known truths."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st

from evalharness.metrics import BLEU, CHRF, TER
from evalharness.stats import (
    Interval,
    aligned,
    contributions,
    noisy_p_value,
    paired_difference,
    pass_noise,
    widened_difference,
    widened_interval,
)
from evalharness.stats.aggregates import MeanAggregate, PassesAggregate, read_aggregate

from ..conftest import read_lines
from ..finished import statistics_of
from .sampled import coverage, drawn, false_differences, passes
from .simulation import bound

EXPERIMENTS = 300
SYSTEMS = ("opusmt", "argos", "nllb", "bergamot-base")
MOOD = 0.5
"""With it the systems' passes vary by as much as 100 segments do."""


def means(values: np.ndarray) -> tuple[np.ndarray, PassesAggregate]:
    """The statistics of values of shape (n_units, n_passes), whose mean is the score."""
    pairs = np.stack([values, np.ones_like(values)], axis=-1)
    return pairs.reshape(len(values), -1), PassesAggregate(values.shape[1], MeanAggregate())


def residual_mean_square(values: np.ndarray) -> float:
    """That of the two-way layout, by least squares on indicators of units and passes."""
    units, count = values.shape
    rows, columns = np.indices(values.shape)
    design = np.hstack([np.eye(units)[rows.ravel()], np.eye(count)[columns.ravel()]])
    fitted = design @ np.linalg.lstsq(design, values.ravel(), rcond=None)[0]
    return float(((values.ravel() - fitted) ** 2).sum() / ((units - 1) * (count - 1)))


@given(st.integers(2, 12), st.integers(2, 6), st.integers(0, 10**6))
def test_the_variances_are_those_of_the_two_way_analysis_of_variance(
    units: int, count: int, seed: int
):
    generator = np.random.default_rng(seed)
    values = generator.normal(0, 1, (units, count)) + generator.normal(0, 1, count)
    noise = pass_noise(*means(values))
    assert noise is not None
    assert noise.between == pytest.approx(values.mean(axis=0).var(ddof=1) / count)
    assert noise.residual == pytest.approx(residual_mean_square(values) / units / count)


@pytest.mark.parametrize("shared", [0.0, 0.3])
def test_the_variance_of_what_passes_share_is_estimated_without_bias(shared: float):
    generator = np.random.default_rng(0)
    found = []
    for _ in range(4000):
        values = generator.normal(0, 1, (20, 1)) + generator.normal(0, 0.5, (20, 4))
        noise = pass_noise(*means(values + generator.normal(0, shared, 4)))
        assert noise is not None
        found.append(4 * (noise.between - noise.residual))
    error = np.std(found) / np.sqrt(len(found))
    assert np.mean(found) == pytest.approx(shared**2, abs=4 * error)


def test_the_score_of_several_passes_is_the_mean_of_sacrebleus(flores: Path):
    references = read_lines(flores / "ar-en/flores-test.en")[:50]
    lines = [read_lines(flores / f"ar-en/flores-test.{name}.en")[:50] for name in SYSTEMS]
    for metric, peer in (
        (BLEU(), sacrebleu.BLEU),
        (CHRF(), sacrebleu.CHRF),
        (TER(), sacrebleu.TER),
    ):
        tables = [statistics_of(metric, references, texts) for texts in lines]
        aggregate = PassesAggregate(len(tables), metric.aggregate)
        theirs = [peer().corpus_score(texts, [references]).score for texts in lines]
        total = float(aggregate.corpus(np.hstack(tables).sum(axis=0)))
        assert total == pytest.approx(np.mean(theirs), abs=1e-9)
        noise = pass_noise(np.hstack(tables), aggregate)
        assert noise is not None
        assert noise.between == pytest.approx(np.var(theirs, ddof=1) / len(theirs))
        worth = np.stack([contributions(table, metric.aggregate.corpus) for table in tables]).T
        assert noise.residual == pytest.approx(residual_mean_square(worth) / 50 / len(tables))


def test_a_system_that_was_run_once_has_no_noise_of_passes_and_changes_nothing():
    values = np.random.default_rng(1).normal(0, 1, (30, 1))
    table = np.hstack([values, np.ones_like(values)])
    assert pass_noise(table, MeanAggregate()) is None
    interval = Interval(-1.0, 2.0)
    assert widened_interval(interval, 0.5, 1.0, [None, None]) is interval
    paired = paired_difference(table, 2 * table, MeanAggregate().corpus)
    assert widened_difference(paired, [None, None]) is paired
    assert noisy_p_value(0.02, paired, [None, None]) == 0.02


def test_passes_that_are_equal_say_what_one_says():
    values = np.random.default_rng(2).normal(0, 1, (30, 1))
    table, aggregate = means(np.repeat(values, 3, axis=1))
    noise = pass_noise(table, aggregate)
    assert noise is not None
    assert noise.variance == pytest.approx(0, abs=1e-12)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(0, 10**6))
def test_alignment_leaves_every_score_as_it_is(counts: list[int], seed: int):
    generator = np.random.default_rng(seed)
    made = []
    for count in counts:
        table, aggregate = means(generator.normal(0, 1, (6, max(2, count))))
        made.append((table, aggregate) if count > 1 else (table[:, :2], aggregate.each))
    tables, aggregate = aligned(*zip(*made, strict=True))
    assert len({table.shape for table in tables}) == 1
    for table, (own, before) in zip(tables, made, strict=True):
        weights = generator.integers(0, 3, 6).astype(float) + 0.5
        expected = before.corpus(weights @ own)
        assert aggregate.corpus(weights @ table) == pytest.approx(expected)
        np.testing.assert_allclose(
            aggregate.segment_scores(table), before.segment_scores(own), atol=1e-12
        )


@pytest.mark.parametrize(
    "facts",
    [
        {"passes": 1},
        {"passes": 10**9},
        {"passes": "2"},
        {"passes": True},
        {"passes": 2, "each": {"formula": "passes", "passes": 2, "each": {"formula": "ter"}}},
        {"passes": 2, "each": {"formula": "ter", "more": 1}},
        {"passes": 2, "each": 3},
        {"passes": 2, "more": 1},
    ],
)
def test_an_aggregate_of_passes_that_is_none_is_refused(facts: dict[str, object]):
    with pytest.raises((TypeError, ValueError)):
        read_aggregate({"formula": "passes", "each": {"formula": "ter"}, **facts})


def test_an_unknown_formula_of_passes_is_unknown():
    facts = {"formula": "passes", "passes": 2, "each": {"formula": "mine"}}
    assert read_aggregate(facts) is None


@pytest.fixture(scope="module")
def systems(flores: Path) -> np.ndarray:
    """chrF's statistics of four systems on FLORES."""
    references = read_lines(flores / "ar-en/flores-test.en")
    lines = [read_lines(flores / f"ar-en/flores-test.{name}.en") for name in SYSTEMS]
    return np.stack([statistics_of(CHRF(), references, texts) for texts in lines])


def test_intervals_of_five_passes_hold_the_true_score_and_those_of_one_do_not(
    systems: np.ndarray,
):
    found = {
        count: coverage(systems, CHRF().aggregate, 100, MOOD, count, EXPERIMENTS, seed=count)
        for count in (1, 5)
    }
    assert found[1]["units alone"] == found[1]["passes too"] < 0.87
    assert found[5]["units alone"] < found[5]["passes too"]
    assert 1 - found[5]["passes too"] <= bound(EXPERIMENTS, 0.065)


def test_draws_of_single_segments_are_in_the_interval_of_one_pass_already(systems: np.ndarray):
    for count in (1, 5):
        found = coverage(systems, CHRF().aggregate, 100, 0.0, count, EXPERIMENTS, seed=count)
        assert 1 - found["units alone"] <= bound(EXPERIMENTS, 0.065)
        assert 1 - found["passes too"] <= bound(EXPERIMENTS, 0.065)


def test_a_sampling_system_seldom_differs_from_itself(systems: np.ndarray):
    """Exchanging units alone is about these passes, and errs about other ones."""
    found = false_differences(systems, CHRF().aggregate, 100, MOOD, (5, 3), EXPERIMENTS, seed=3)
    assert found["exchange alone"] > 0.25
    for answer in ("with passes", "interval", "gate"):
        assert found[answer] <= bound(EXPERIMENTS)


@pytest.mark.sweep
@pytest.mark.parametrize("mood", [0.0, 0.2, 0.5])
@pytest.mark.parametrize("units", [100, 400])
def test_levels_are_kept_whatever_passes_share(systems: np.ndarray, units: int, mood: float):
    aggregate = CHRF().aggregate
    found = coverage(systems, aggregate, units, mood, 5, 600, seed=1)
    assert 1 - found["passes too"] <= bound(600, 0.065)
    wrong = false_differences(systems, aggregate, units, mood, (5, 5), 600, seed=2)
    assert max(wrong["with passes"], wrong["gate"]) <= bound(600)


def test_a_pass_holds_each_unit_once(systems: np.ndarray):
    generator = np.random.default_rng(3)
    made = drawn(systems, 0.3, generator)
    assert all(any((row == one).all() for one in systems[:, at]) for at, row in enumerate(made))
    table, aggregate = passes(systems, 0.3, 2, CHRF().aggregate, generator)
    assert table.shape == (systems.shape[1], aggregate.width)


def test_systems_without_a_common_number_of_passes_are_refused():
    made = [means(np.ones((3, count))) for count in (16, 17, 19)]
    with pytest.raises(ValueError, match="5168 passes"):
        aligned(*zip(*made, strict=True))
    tables, _ = aligned(*zip(*made[:2], strict=True))
    assert tables[0].shape == tables[1].shape
