"""Comparing systems by checks: paired tests of rates, a family of its own for each check."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from evalharness.checks import CopiedSource, Empty
from evalharness.comparison import ByMetric, Comparison, compare_runs
from evalharness.config import CompareOptions

from ..conftest import CommandLine
from ..finished import BLEU, bitext, finished
from ..plugins.own_checks import Shouting

COUNT = 40
TEXTS = [f"the cat number {n} sat on mat {n % 7}" for n in range(COUNT)]
NEWS = bitext(TEXTS)


def shouting(*rows: int) -> list[str]:
    return [text.upper() if n in rows else text for n, text in enumerate(TEXTS)]


def compared(results: Path, *names: str, **options: object) -> Comparison:
    chosen = CompareOptions(examples=0, **options)
    return compare_runs(list(names), results, chosen, alpha=0.05, seed=1)


def checks_of(comparison: Comparison) -> dict[str, ByMetric]:
    return {check.column: check for section in comparison.sections for check in section.checks}


def test_rates_that_differ_are_tested_as_mcnemar_would(tmp_path: Path):
    checks = [Empty(), CopiedSource(), Shouting()]
    finished(tmp_path, "loud", NEWS, shouting(*range(12)), BLEU, checks=checks)
    finished(tmp_path, "calm", NEWS, shouting(0, 20), BLEU, checks=checks)
    comparison = compared(tmp_path, "loud", "calm")
    assert set(checks_of(comparison)) == {"shouting"}
    shown = checks_of(comparison)["shouting"]
    assert {label: score.score for label, score in shown.scores.items()} == {
        "calm": 2 / COUNT,
        "loud": 12 / COUNT,
    }
    (difference,) = shown.differences
    assert (difference.first, difference.second) == ("calm", "loud")
    assert difference.difference == pytest.approx(-10 / COUNT)
    assert (difference.won, difference.lost, difference.tied) == (11, 1, COUNT - 12)
    # Swapping the outputs of segments is McNemar's exact test where these are flagged or not.
    assert difference.p == pytest.approx(binomtest(1, 12).pvalue, abs=0.004)
    assert difference.significant


def test_each_check_is_a_family_of_its_own(tmp_path: Path):
    checks = [Shouting(), Shouting("quiet", 30)]
    for name, rows in (("a", range(3)), ("b", range(9)), ("c", range(20))):
        finished(tmp_path, name, NEWS, shouting(*rows), BLEU, checks=checks)
    comparison = compared(tmp_path, "a", "b", "c")
    assert comparison.family.tests == 3  # by BLEU; those by checks are counted with their check
    shown = checks_of(comparison)["shouting"]
    # Holm's correction of three tests, whatever else is asked: McNemar's 0.03125 and two smaller.
    raw = sorted(difference.p for difference in shown.differences)
    corrected = sorted(difference.p_corrected for difference in shown.differences)
    assert corrected == pytest.approx(np.maximum.accumulate([raw[0] * 3, raw[1] * 2, raw[2]]))


def test_equal_rates_are_shown_only_to_whoever_asks(tmp_path: Path):
    finished(tmp_path, "a", NEWS, shouting(1), BLEU, checks=[Shouting()])
    finished(tmp_path, "b", NEWS, shouting(2), BLEU, checks=[Shouting()])
    assert checks_of(compared(tmp_path, "a", "b")) == {}
    assert set(checks_of(compared(tmp_path, "a", "b", metrics=["shouting"]))) == {"shouting"}
    assert checks_of(compared(tmp_path, "a", "b", metrics=["BLEU"])) == {}


def test_another_way_of_looking_is_never_compared(tmp_path: Path):
    finished(tmp_path, "a", NEWS, shouting(1), BLEU, checks=[Shouting(least=1)])
    finished(tmp_path, "b", NEWS, shouting(2, 3), BLEU, checks=[Shouting(least=5)])
    comparison = compared(tmp_path, "a", "b")
    assert checks_of(comparison) == {}
    assert "news tr-en: shouting: 2 signatures, never compared with each other" in comparison.notes


def test_a_run_without_the_check_is_named_and_not_taken_for_zero(tmp_path: Path):
    finished(tmp_path, "a", NEWS, shouting(1), BLEU, checks=[Shouting()])
    finished(tmp_path, "b", NEWS, shouting(2, 3), BLEU)
    comparison = compared(tmp_path, "a", "b")
    assert checks_of(comparison) == {}
    assert "news tr-en: shouting only of a" in comparison.notes


def test_only_segments_that_could_be_judged_in_all_runs_count(tmp_path: Path):
    loud, calm = shouting(*range(12)), shouting()
    calm[0] = calm[39] = "..."  # no letters
    finished(tmp_path, "loud", NEWS, loud, BLEU, checks=[Shouting()])
    finished(tmp_path, "calm", NEWS, calm, BLEU, checks=[Shouting()])
    comparison = compared(tmp_path, "loud", "calm")
    shown = checks_of(comparison)["shouting"]
    assert shown.scores["loud"].score == 11 / 38
    (difference,) = shown.differences
    assert difference.difference == pytest.approx(-11 / 38)
    note = "news tr-en: shouting: only the 38 segments that it could judge in all runs"
    assert note in comparison.notes


def test_documents_are_swapped_where_they_are_known(tmp_path: Path):
    documents = bitext(TEXTS, documents=[f"d{n // 4}" for n in range(COUNT)])
    finished(tmp_path, "loud", documents, shouting(*range(8)), BLEU, checks=[Shouting()])
    finished(tmp_path, "calm", documents, shouting(), BLEU, checks=[Shouting()])
    (difference,) = checks_of(compared(tmp_path, "loud", "calm"))["shouting"].differences
    # Two documents differ: of four ways to swap them, two are as extreme as the real one.
    assert difference.p == pytest.approx(0.5, abs=0.02)


def test_statistics_that_give_another_rate_are_damaged(tmp_path: Path):
    run = finished(tmp_path, "a", NEWS, shouting(1), BLEU, checks=[Shouting()])
    wrong = replace(run.checks[0], count=2)
    with pytest.raises(Exception, match=r"give 1 of 40, scores\.json says 2 of 40"):
        run.flags(wrong)


def test_the_page_shows_checks_that_differ_and_says_how_they_are_corrected(
    tmp_path: Path, evalharness: CommandLine
):
    finished(tmp_path / "results", "loud", NEWS, shouting(*range(12)), BLEU, checks=[Shouting()])
    finished(tmp_path / "results", "calm", NEWS, shouting(0, 20), BLEU, checks=[Shouting()])
    outcome = evalharness("compare", "runs=[loud,calm]")
    assert outcome.code == 0, outcome.err
    shown = " ".join(outcome.out.split())
    assert "shouting ↓" in shown
    assert "−0.2500" in shown
    assert "shouting: the share of hypotheses that the check flags" in shown
    content = json.loads(evalharness("compare", "runs=[loud,calm]", "format=json").out)
    (check,) = content["sections"][0]["checks"]
    assert check["column"] == "shouting"
    assert check["comparisons"][0]["difference"] == pytest.approx(-0.25)
    rows = csv.DictReader(evalharness("compare", "runs=[loud,calm]", "format=csv").out.splitlines())
    assert [row["metric"] for row in rows] == ["BLEU", "shouting"]
    finished(tmp_path / "results", "soft", NEWS, shouting(5, 6), BLEU, checks=[Shouting()])
    assert "shouting ↓" not in evalharness("compare", "runs=[soft,calm]").out


def test_a_check_that_could_judge_less_of_one_run_and_fired_alike_is_left_out(tmp_path: Path):
    """Digits are no letters: nothing tells whether they shout."""
    for loud, names in (((), ("calm", "short")), ((0,), ("one", "same"))):
        finished(tmp_path, names[0], NEWS, shouting(*loud), BLEU, checks=[Shouting()])
        texts = ["12345" if n == 3 else text for n, text in enumerate(shouting(*loud))]
        finished(tmp_path, names[1], NEWS, texts, BLEU, checks=[Shouting()])
        comparison = compared(tmp_path, *names)
        assert checks_of(comparison) == {}
        assert not any("shouting" in note for note in comparison.notes)
