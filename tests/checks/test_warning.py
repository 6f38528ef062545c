"""The rule for warnings on tables of flags that are laid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from evalharness.checks import make_rate, with_warnings
from evalharness.values import Bitext, CheckResult, Segment

N = 1000


def bitext(maker: str = "human", documents: int = 0) -> Bitext:
    segments = tuple(
        Segment(str(n), n, str(n * documents // N) if documents else None, f"s {n}", ("r",))
        for n in range(N)
    )
    return Bitext("news", "tr", "en", segments, "s", N, (maker,))


def flags(rows: range) -> np.ndarray:
    table = np.column_stack([np.zeros(N), np.ones(N)])
    table[list(rows), 0] = 1
    return table


def result(rows: range, *references: range, structural: bool = False) -> CheckResult:
    tables = {"AB"[at]: flags(one) for at, one in enumerate(references)}
    counts = {name: int(table[:, 0].sum()) for name, table in tables.items()}
    rate = make_rate("c", "s", flags(rows), counts, [str(n) for n in rows])
    return CheckResult(replace(rate, structural=structural), flags(rows), {}, tables)


def judged(*results: CheckResult, maker: str = "human", documents: int = 0):
    return [one.rate for one in with_warnings(results, bitext(maker, documents))]


def test_a_structural_check_that_flags_no_reference_warns_from_the_first_segment():
    one, none = judged(
        result(range(1), range(0), structural=True), result(range(0), range(0), structural=True)
    )
    assert (one.warn, none.warn) == (True, False)
    flagged = judged(result(range(1, 5), range(1), structural=True))[0]
    assert not flagged.warn
    assert flagged.p_corrected == pytest.approx(6 / 32)


def test_the_largest_p_value_of_all_references_counts_and_holms_correction_follows():
    first, second = judged(
        result(range(40), range(40, 50), range(40, 75)), result(range(9), range(900, 902))
    )
    largest = binomtest(40, 75, alternative="greater").pvalue
    smaller = binomtest(9, 11, alternative="greater").pvalue
    assert second.p_corrected == pytest.approx(2 * smaller)
    assert first.p_corrected == pytest.approx(max(largest, 2 * smaller))


@pytest.mark.parametrize(
    ("count", "references", "warn"),
    [
        (20, 1, False),  # 2 points above: its bound is below
        (27, 1, False),
        (35, 1, True),
        (14, 2, False),
        (25, 2, True),  # the bound is above 1 point, which is enough with two references
        (25, 1, False),
    ],
)
def test_a_stylistic_check_has_to_be_above_the_references_by_one_or_two_points(
    count: int, references: int, warn: bool
):
    (rate,) = judged(result(range(count), *[range(0)] * references))
    assert rate.p_corrected is not None
    assert rate.p_corrected < 0.001
    assert rate.warn is warn


def test_documents_are_exchanged_as_a_whole():
    rows = range(100)  # all in the first of ten documents of 100 segments
    (rate,) = judged(result(rows, range(0)), documents=10)
    assert (rate.p_corrected, rate.warn) == (0.5, False)


@pytest.mark.parametrize("maker", ["machine-drafted", "post-edited", "none"])
def test_without_human_references_structural_rates_alone_warn_by_their_exact_bound(maker: str):
    references = [] if maker == "none" else [range(0)]
    few, many, style = judged(
        result(range(5), *references, structural=True),
        result(range(7), *references, structural=True),
        result(range(500), *references),
        maker=maker,
    )
    low = [binomtest(n, N).proportion_ci(0.95, "exact").low for n in (5, 7)]
    assert low[0] < 0.002 < low[1]
    assert (few.warn, many.warn, style.warn) == (False, True, False)
    assert few.p_corrected is None


def test_references_of_unstated_origin_count_as_human():
    (rate,) = judged(result(range(1), range(0), structural=True), maker="unstated")
    assert rate.warn
