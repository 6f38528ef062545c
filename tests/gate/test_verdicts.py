"""The gate's decisions: what its bounds promise, and how often it errs, measured."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evalharness.gate.rate_questions import RateChange
from evalharness.gate.report import Outcome
from evalharness.gate.verdicts import POWER, Answer, Question, judge, units_needed
from evalharness.stats import PairedDifference, PassNoise, paired_difference, sum_by_document
from evalharness.stats.rates import Flags

ALPHA = 0.05
PASSES = (Outcome.PASS, Outcome.BETTER)


def question(
    difference: float,
    error: float,
    margin: float = 1.0,
    units: int = 100,
    skewness: float = 0.0,
) -> Question:
    return Question(PairedDifference(difference, error, skewness, units - 1, units), margin)


ONE_QUESTION = {
    "the same output": (question(0, 0), Outcome.PASS),
    "a little worse, and sure": (question(-0.5, 0.1), Outcome.PASS),
    "a little worse, and unsure": (question(-0.5, 1), Outcome.INCONCLUSIVE),
    "worse by the margin itself": (question(-1, 0.001), Outcome.INCONCLUSIVE),
    "worse": (question(-1.5, 0.1), Outcome.FAIL),
    "perhaps worse": (question(-1.5, 1), Outcome.INCONCLUSIVE),
    "better": (question(0.5, 0.1), Outcome.BETTER),
    "perhaps better": (question(0.1, 0.1), Outcome.PASS),
    "worse by a constant": (question(-2, 0), Outcome.FAIL),
}


@pytest.mark.parametrize("case", ONE_QUESTION)
def test_a_question_alone(case: str):
    asked, outcome = ONE_QUESTION[case]
    (answer,) = judge([asked], ALPHA)
    assert answer.outcome is outcome


def test_no_question_has_no_answer():
    assert judge([], ALPHA) == []


def test_the_bounds_of_a_question_alone_are_those_of_the_textbook():
    (answer,) = judge([question(-0.3, 0.4, units=30)], ALPHA)
    assert (answer.low, answer.high) == pytest.approx(stats.t.interval(0.9, 29, -0.3, 0.4))
    assert answer.p_not_worse == pytest.approx(stats.t.sf(0.7 / 0.4, 29))
    assert answer.p_worse == pytest.approx(stats.t.cdf(0.7 / 0.4, 29))
    assert answer.p_better == pytest.approx(stats.t.sf(-0.3 / 0.4, 29))


def test_more_questions_ask_for_more_evidence():
    unsure = question(-0.4, 0.3)
    assert judge([unsure], ALPHA)[0].outcome is Outcome.PASS
    assert [answer.outcome for answer in judge([unsure] * 3, ALPHA)] == [Outcome.INCONCLUSIVE] * 3
    clear = question(0, 0.01)
    assert judge([clear, unsure, clear], ALPHA)[1].outcome is Outcome.PASS  # Holm, not Bonferroni


gains = st.tuples(
    st.floats(-5, 5), st.floats(0.01, 3), st.floats(0.01, 3), st.integers(2, 5000), st.floats(-5, 5)
).map(lambda drawn: question(*drawn))


@settings(max_examples=60, deadline=None)
@given(st.lists(gains, min_size=1, max_size=12))
def test_verdicts_and_bounds_never_disagree(questions: list[Question]):
    for (gain, margin, _), answer in zip(questions, judge(questions, ALPHA), strict=True):
        assert answer.low <= gain.difference <= answer.high
        slack = 1e-9 * (1 + abs(answer.low) + abs(answer.high))
        if answer.outcome in PASSES:
            assert answer.low >= -margin - slack
        elif answer.outcome is Outcome.FAIL:
            assert answer.high <= -margin + slack
        else:
            assert answer.low <= -margin + slack
            assert answer.high >= -margin - slack


@settings(max_examples=60, deadline=None)
@given(st.lists(gains, min_size=1, max_size=12))
def test_an_open_question_needs_the_units_of_an_unchanged_system(questions: list[Question]):
    for asked, answer in zip(questions, judge(questions, ALPHA), strict=True):
        if answer.outcome is Outcome.INCONCLUSIVE:
            # (2.49 SE / margin) ** 2 for one question of many units at a level of 0.05
            quantile = stats.norm.ppf(1 - answer.level) + stats.norm.ppf(0.8)
            least = asked.gain.units * (quantile * asked.gain.standard_error / asked.margin) ** 2
            assert units_needed(asked, answer) >= min(least, 1e12) * (1 - 1e-9)
        else:
            assert units_needed(asked, answer) == asked.gain.units


@pytest.mark.parametrize("gain", [-1.0, -0.6, -0.2, 0.1])
def test_what_was_measured_does_not_change_how_many_units_it_takes(gain: float):
    asked = question(gain, 0.7, units=4000)
    (answer,) = judge([asked], ALPHA)
    assert answer.outcome is Outcome.INCONCLUSIVE
    assert units_needed(asked, answer) == pytest.approx(4000 * (2.4865 * 0.7) ** 2, rel=1e-3)


def test_an_unchanged_system_passes_on_so_many_units_as_often_as_was_said():
    asked = question(-0.4, 0.5, units=40)
    (answer,) = judge([asked], ALPHA)
    needed = int(units_needed(asked, answer))
    generator = np.random.default_rng(3)
    spread = asked.gain.standard_error * math.sqrt(asked.gain.units)
    outcomes = []
    for _ in range(1000):
        differences = generator.normal(0, spread, needed)
        error = float(stats.sem(differences))
        again = question(float(differences.mean()), error, units=needed)
        outcomes.append(judge([again], ALPHA)[0].outcome)
    passed = sum(outcome in (Outcome.PASS, Outcome.BETTER) for outcome in outcomes)
    assert passed / 1000 == pytest.approx(POWER, abs=3 * math.sqrt(0.16 / 1000))


def test_no_number_of_units_settles_what_passes_differ_by():
    alone = question(-0.4, 0.5, units=40)
    passes = PassNoise(between=0.25, residual=0.01, units=40, passes=3)
    for noise, is_settled in (((), True), ((passes, None), False)):
        asked = alone._replace(noise=noise)
        (answer,) = judge([asked], ALPHA)
        assert answer.outcome is Outcome.INCONCLUSIVE
        assert math.isfinite(units_needed(asked, answer)) is is_settled


@pytest.mark.parametrize("changed", [0, 1, 3])
def test_an_unchanged_rate_passes_on_so_many_segments_at_least_as_often_as_was_said(changed: int):
    asked = RateChange(Flags(changed, changed, 300), 0.015)
    if changed == 0:
        asked = RateChange(Flags(0, 0, 100), 0.015)
    (answer,) = judge([asked], ALPHA)
    assert answer.outcome is Outcome.INCONCLUSIVE
    needed, rate = int(units_needed(asked, answer)), changed / 300
    chances = stats.binom.pmf(range(needed + 1), needed, rate)
    passed = sum(
        chance
        for newly, chance in enumerate(chances[: needed // 10])
        if judge([RateChange(Flags(newly, newly, needed), 0.015)], ALPHA)[0].outcome in PASSES
    )
    assert passed >= POWER


def test_no_number_settles_a_rate_that_moves_by_more_than_the_margin_without_a_change():
    asked = RateChange(Flags(30, 30, 1000), 0.01)  # 3 % newly flagged, 3 % no longer
    (answer,) = judge([asked], ALPHA)
    assert answer.outcome is Outcome.INCONCLUSIVE
    assert units_needed(asked, answer) == math.inf


DOCUMENTS, SEGMENTS, TRIALS = 12, 8, 1000
MOST = ALPHA + 3 * math.sqrt(ALPHA * (1 - ALPHA) / TRIALS)


def ratio(totals: np.ndarray) -> np.ndarray:
    return 100 * totals[..., 0] / totals[..., 1]


def trial(
    generator: np.random.Generator, loss: float, unit: Callable[[np.ndarray], np.ndarray]
) -> list[tuple[PairedDifference, ...]]:
    """Gains on two language pairs under two metrics that share what is wrong with an output.

    Segments have words and matches of theirs; documents share how much worse the candidate is, and
    both metrics see it. In expectation the candidate loses exactly so many points per 100 words.
    """
    gains = []
    for _ in range(2):
        words = generator.integers(10, 40, DOCUMENTS * SEGMENTS).astype(float)
        shared = np.repeat(generator.normal(0, 0.08, DOCUMENTS), SEGMENTS)
        for _ in range(2):
            noise = generator.normal(0, 0.1, len(words))
            baseline = 0.6 + generator.normal(0, 0.1, len(words))
            candidate = baseline - loss / 100 + shared + noise
            tables = [np.column_stack([words * share, words]) for share in (candidate, baseline)]
            gains.append(paired_difference(*map(unit, tables), ratio))
    return gains


def by_document(table: np.ndarray) -> np.ndarray:
    return sum_by_document(table, np.repeat(np.arange(DOCUMENTS), SEGMENTS))


def rate(
    loss: float, margin: float, errs: Callable[[Answer], bool], unit: Callable = by_document
) -> float:
    """How often any question of the gate is answered wrongly."""
    generator = np.random.default_rng(7)
    wrong = 0
    for _ in range(TRIALS):
        questions = [Question(gain, margin) for gain in trial(generator, loss, unit)]
        wrong += any(map(errs, judge(questions, ALPHA)))
    return wrong / TRIALS


def test_under_a_loss_of_the_margin_it_errs_at_most_alpha_of_the_time_in_either_direction():
    assert rate(2, 2, lambda answer: answer.outcome in PASSES) <= MOST
    assert rate(2, 2, lambda answer: answer.outcome is Outcome.FAIL) <= MOST


def test_without_a_loss_it_fails_and_names_improvements_at_most_alpha_of_the_time():
    assert rate(0, 0.1, lambda answer: answer.outcome is Outcome.FAIL) <= MOST
    assert rate(0, 0.1, lambda answer: answer.outcome is Outcome.BETTER) <= MOST


@pytest.mark.sweep
def test_segments_of_documents_taken_for_independent_would_err_far_more_often():
    errs = rate(2, 2, lambda answer: answer.outcome in PASSES, unit=lambda table: table)
    assert errs > 2 * MOST
