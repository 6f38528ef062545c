"""From looks to rates: exact intervals, the references as control group, checks that fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from evalharness.checks import CheckResult, CopiedSource, Empty, find, look_at
from evalharness.errors import EvalHarnessError
from evalharness.scoring import score
from evalharness.stats.aggregates import MeanAggregate
from evalharness.stats.rates import clopper_pearson
from evalharness.values import CheckRate, Outputs

from ..finished import bitext
from ..plugins.own_checks import Echo, Shouting
from .looking import outputs_of


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def looked(check: Any, outputs: Outputs) -> CheckResult:
    made = look_at(check, outputs)
    assert made is not None
    return made


@given(st.integers(1, 3000), st.data(), st.sampled_from([0.9, 0.95, 0.99]))
def test_intervals_are_scipys_exact_ones(total: int, data: st.DataObject, level: float):
    count = data.draw(st.integers(0, total))
    theirs = binomtest(count, total).proportion_ci(level, method="exact")
    assert clopper_pearson(count, total, level) == pytest.approx(
        (theirs.low, theirs.high), abs=1e-9
    )


def test_where_nothing_could_be_looked_at_the_interval_is_everything():
    assert clopper_pearson(0, 0) == (0, 1)
    made = looked(CopiedSource(), outputs_of(["7", None], ["7", "bir"]))
    assert (made.rate.count, made.rate.applicable, made.rate.rate) == (0, 0, 0)
    assert (made.rate.low, made.rate.high) == (0, 1)


@given(st.lists(st.sampled_from(["ONE", "two", "", None]), min_size=1, max_size=30))
def test_the_rate_is_the_mean_of_its_rows(hypotheses: list[str | None]):
    made = looked(Shouting(), outputs_of(hypotheses))
    counted = [text for text in hypotheses if text]  # texts without letters are not applicable
    assert (made.rate.count, made.rate.applicable) == (counted.count("ONE"), len(counted))
    mean = MeanAggregate().corpus(made.statistics.sum(axis=0))
    assert np.isnan(mean) if not counted else mean == made.rate.rate
    assert [hypotheses[at] for at in made.seen] == ["ONE"] * made.rate.count
    assert made.rate.segment_ids == tuple(str(at + 1) for at in made.seen)


def test_the_same_look_is_taken_at_each_reference_by_its_name():
    made = looked(
        Shouting(),
        outputs_of(
            ["ONE", "two", "THREE"],
            references=[("Uno", "EIN"), ("DOS", "ZWEI"), ("tres", "DREI")],
            names=("spanish", "german"),
        ),
    )
    assert made.rate.reference_counts == {"spanish": 1, "german": 3}
    assert made.references["spanish"].tolist() == [[0, 1], [1, 1], [0, 1]]
    assert made.rate.count == 2


def test_references_without_a_name_are_called_by_letters_and_a_gap_in_them_is_left_out():
    outputs = outputs_of(["one", "two"], references=[("UNO", "ein"), ("DOS",)])
    made = looked(Shouting(), outputs)
    assert made.rate.reference_counts == {"A": 1, "B": 0}
    assert made.references["A"].tolist() == [[1, 1], [0, 0]]


def test_the_prompt_reaches_the_check():
    made = looked(Echo(), outputs_of(["one"], prompt="Translate into English:"))
    assert made.rate.signature == "prompt:Translate into English:"


def test_a_failed_segment_is_not_looked_at():
    made = looked(Empty(), outputs_of([None, "", "x"]))
    assert made.statistics.tolist() == [[0, 0], [1, 1], [0, 1]]


@pytest.mark.parametrize(
    ("sees", "words"),
    [
        (ZeroDivisionError("oh"), "fails on segment 1: ZeroDivisionError: oh"),
        ({1, 2}, "saw in segment 1 cannot be kept as JSON: .*set"),
        (float("nan"), "saw in segment 1 cannot be kept as JSON: .*ValueError"),
        ("\ud800", "saw in segment 1 cannot be kept as JSON: .*surrogate"),
        ("x" * 2**21, "saw in segment 1 cannot be kept as JSON: .*larger than 1 MiB"),
        (nested(70), "saw in segment 1 cannot be kept as JSON: .*more than 64 deep"),
        (False, "saw False in segment 1; return None where a text is right"),
    ],
)
def test_a_check_that_fails_names_itself_and_the_segment(sees: object, words: str):
    with pytest.raises(EvalHarnessError, match=f"check.echo: .*{words}"):
        look_at(Echo(sees=sees), outputs_of(["one"]))


def test_a_look_at_itself_that_never_ends_is_no_json():
    circle: list[object] = []
    circle.append(circle)
    with pytest.raises(EvalHarnessError, match="cannot be kept as JSON"):
        look_at(Echo(sees=circle), outputs_of(["one"]))


@pytest.mark.parametrize("sees", [0, "", [], {"spans": [[0, 3]]}])
def test_what_is_false_in_python_is_something_that_was_seen(sees: object):
    made = looked(Echo(sees=sees), outputs_of(["one"]))
    assert made.rate.count == 1
    assert made.seen == {0: sees}


def test_findings_rest_on_segments_that_are_there():
    (finding,) = find(Shouting(), outputs_of(["x", "x", "y"]))
    assert (finding.finding, list(finding.segment_ids)) == ("constant", ["1", "2"])
    assert find(Shouting(), outputs_of(["x", "y"])) == ()
    assert find(Empty(), outputs_of(["", ""])) == ()

    class Elsewhere(Shouting):
        def findings(self, outputs: Outputs) -> Any:
            return [replace(finding, segment_ids=("17",))]

    with pytest.raises(EvalHarnessError, match="there is no segment '17'"):
        find(Elsewhere(), outputs_of(["x"]))


def test_outputs_scored_together_have_the_checks_of_outputs_scored_alone():
    """References are looked at once for the systems of the same segments, and for no others."""
    same, empty = bitext(["one", "two", "three"]), bitext(["one", "", "three"])
    made = [
        Outputs(f"system {number}", bitext_, ("", "two", "three"), prompt=prompt)
        for number, (bitext_, prompt) in enumerate(
            [(same, None), (same, None), (empty, None), (same, "Translate."), (empty, None)]
        )
    ]
    checks = (Empty(), CopiedSource())

    def looked(*outputs: Outputs) -> list[list[CheckRate]]:
        scorings = score([], outputs, resamples=10, seed=1, absent={}, checks=checks)
        return [[result.rate for result in one.checks] for one in scorings]

    together = looked(*made)
    assert together == [one for outputs in made for one in looked(outputs)]
    (counts,) = (rate.reference_counts for rate in together[2] if rate.check == "empty")
    assert sum(counts.values()) == 1
