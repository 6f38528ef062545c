"""Where the truth is known, the tests err as rarely as they say, and find what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evalharness.metrics import BLEU, CHRF

from ..conftest import read_lines
from ..finished import statistics_of
from .simulation import (
    bound,
    correlated_documents,
    equal_systems,
    gate_at_its_margin,
    mean,
    power,
    table,
)

ROUGHLY = 0.065
"""The rate of a bootstrap interval, which is not exact where units are few."""


@pytest.fixture(scope="module")
def real(flores: Path) -> dict[str, np.ndarray]:
    """BLEU's statistics of three systems, and chrF2's of one with every 20th line cut in half."""
    references = read_lines(flores / "ar-en/flores-test.en")
    found = {}
    for system in ("bergamot-base", "bergamot-base-memory", "opusmt"):
        lines = read_lines(flores / f"ar-en/flores-test.{system}.en")
        found[system] = statistics_of(BLEU(), references, lines)
    cut = [line[: len(line) // 2] if n % 20 == 0 else line for n, line in enumerate(lines)]
    found["whole"] = statistics_of(CHRF(), references, lines)
    found["cut"] = statistics_of(CHRF(), references, cut)
    return found


def test_equal_systems_seldom_differ_and_families_of_them_no_more_often():
    experiments = 1000
    values = np.random.default_rng(0).exponential(1, (4, 2000))
    found = equal_systems(table(values), mean, 50, experiments, seed=1)
    assert found["randomization"] <= bound(experiments)
    assert found["any pair, Holm"] <= bound(experiments)
    assert found["interval"] <= bound(experiments, ROUGHLY)
    assert found["sacreBLEU's bootstrap"] > 0.08
    assert found["any pair, not corrected"] > 0.12


def test_equal_systems_of_real_outputs_seldom_differ_by_bleu(real: dict[str, np.ndarray]):
    experiments = 1000
    statistics = np.stack([real[name] for name in ("bergamot-base", "opusmt")])
    found = equal_systems(statistics, BLEU().aggregate.corpus, 60, experiments, seed=2)
    assert found["randomization"] <= bound(experiments)
    assert found["interval"] <= bound(experiments, ROUGHLY)


@pytest.mark.parametrize("documents", [10, 40])
def test_correlated_segments_deceive_unless_documents_are_resampled(documents: int):
    experiments = 600
    found = correlated_documents(documents, 0.3, experiments, seed=3)
    for answer in ("randomization", "not worse", "worse"):
        assert found[f"segments: {answer}"] > 0.15
        assert found[f"documents: {answer}"] <= bound(experiments)
    assert found["segments: interval"] > 0.15
    assert found["documents: interval"] <= bound(experiments, ROUGHLY)


@pytest.mark.parametrize("units", [20, 100, 500])
def test_the_gate_seldom_errs_where_a_candidate_is_worse_by_just_the_margin(
    units: int, real: dict[str, np.ndarray]
):
    candidate, baseline = real["bergamot-base-memory"], real["bergamot-base"]
    found = gate_at_its_margin(candidate, baseline, BLEU().aggregate.corpus, units, 1000, seed=4)
    assert max(found.values()) <= bound(1000)


def test_the_gate_seldom_errs_where_few_segments_differ_by_much(real: dict[str, np.ndarray]):
    corpus = CHRF().aggregate.corpus
    found = gate_at_its_margin(real["cut"], real["whole"], corpus, 200, 1500, seed=5)
    assert max(found.values()) <= bound(1500)


def test_power_is_what_was_asked_for():
    # 0.8 if the standard error were known, and not estimated from 60 units
    for share in power(60, 800, seed=6).values():
        assert share == pytest.approx(0.79, abs=0.05)
