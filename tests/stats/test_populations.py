"""On test sets of real outputs, intervals, families and ranges err as rarely as is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evalharness.metrics import CHRF

from ..conftest import read_lines
from ..finished import statistics_of
from .populations import coverage, family_errors, population, ranges_hold
from .simulation import bound

SYSTEMS = ("google", "microsoft", "bergamot-base", "nllb", "opusmt")
CORPUS = CHRF().aggregate.corpus


@pytest.fixture(scope="module")
def real(flores: Path) -> np.ndarray:
    """chrF2's statistics of five systems."""
    references = read_lines(flores / "ar-en/flores-test.en")
    outputs = [read_lines(flores / f"ar-en/flores-test.{name}.en") for name in SYSTEMS]
    return np.stack([statistics_of(CHRF(), references, lines) for lines in outputs])


def four_lines(real: np.ndarray) -> np.ndarray:
    """Documents of four lines, which FLORES takes from one article."""
    return population(real, [str(n // 4) for n in range(real.shape[1])], seed=1)


@pytest.mark.parametrize(("unit", "size"), [("segment", 30), ("document", 6), ("document", 20)])
def test_intervals_of_few_units_hold_the_truth(unit: str, size: int, real: np.ndarray):
    units = population(real, None, seed=1) if unit == "segment" else four_lines(real)
    assert coverage(units[0], CORPUS, unit, size, 300) >= 0.88


@pytest.mark.sweep
@pytest.mark.parametrize("documents", [10, 30])
def test_families_of_equal_systems_seldom_show_a_difference(documents: int, real: np.ndarray):
    assert family_errors(four_lines(real), CORPUS, documents, 200) <= bound(200)


@pytest.mark.sweep
def test_ranges_hold_all_true_ranks(real: np.ndarray):
    assert ranges_hold(four_lines(real), CORPUS, 15, 150) >= 1 - bound(150)
