"""What a metric may say: numbers of the right shape, texts, and observations that JSON can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from evalharness.errors import EvalHarnessError
from evalharness.metrics import Judgement, MeanAggregate, Outputs, judge
from evalharness.values import Bitext, Segment

from ..conftest import CommandLine, files_below
from ..plugins.own_metrics import Length

COUNT = 3
DEEP: list[Any] = []
for _ in range(70):
    DEEP = [DEEP]


def outputs() -> Outputs:
    segments = tuple(Segment(str(n), n, None, "bir", ("one",)) for n in range(COUNT))
    bitext = Bitext("t", "tr", "en", segments, "src", COUNT, ("human",))
    return Outputs("system", bitext, ("one", "two", "three"))


class Odd(Length):
    """Says something else than `Length`."""

    change: Callable[[Judgement], Any] = staticmethod(lambda judgement: judgement)

    def judge(self, outputs: Outputs) -> Judgement:
        changed: Judgement = type(self).change(super().judge(outputs))
        return changed


def odd(change: Callable[[Judgement], Any]) -> Odd:
    kind = type("Odd", (Odd,), {"change": staticmethod(change)})
    made: Odd = kind()
    return made


def fields(**changes: Any) -> Callable[[Judgement], Any]:
    return lambda judgement: replace(judgement, **changes)


def fails(judgement: Judgement) -> Any:
    raise KeyError("oh")


BAD: Mapping[str, tuple[Callable[[Judgement], Any], str]] = {
    "nothing": (lambda judgement: None, r"judge\(\) returned NoneType, no Judgement"),
    "an exception": (fails, "fails on tr-en: KeyError: 'oh'"),
    "a row too few": (
        fields(segment_scores=np.zeros(2)),
        "segment_scores: 2 rows, not one for each of 3 segments",
    ),
    "a column too many": (
        fields(statistics=np.zeros((COUNT, 5))),
        r"statistics are float64 \(3, 5\), not numbers \(3, 2\)",
    ),
    "rows of scores": (fields(segment_scores=np.zeros((COUNT, 1))), "segment_scores are float64"),
    "rows of several lengths": (
        fields(statistics=[[1, 2], [1], [1, 2]]),
        "statistics are no array",
    ),
    "complex numbers": (fields(segment_scores=np.zeros(COUNT, dtype=complex)), "complex128"),
    "texts": (fields(segment_scores=np.array(["1", "2", "3"])), "segment_scores are <U1"),
    "objects": (fields(segment_scores=np.array([1, None, 2])), "segment_scores are object"),
    "no formula": (fields(aggregate=None), "its aggregate is None, no formula"),
    "a formula's facts": (fields(aggregate={"formula": "mean"}), "its aggregate is {'formula'"),
    "no signature": (fields(signature=None), "signature is None, no str"),
    "another signature": (
        fields(signature="other:1"),
        "its judgement says 'other:1', its signature",
    ),
    "a direction in words": (fields(higher_is_better="yes"), "higher_is_better is 'yes', no bool"),
    "a numpy direction": (fields(higher_is_better=np.bool_(True)), "higher_is_better is"),
    "a unit that is no text": (fields(unit=5), "unit is 5, no str"),
    "an observation too few": (fields(observations=[{}]), "1 observations, not one for each of 3"),
    "an observation that is none": (fields(observations=[1, 2, 3]), "an observation is no object"),
    "not a number": (
        fields(observations=[{"x": float("nan")}, {}, {}]),
        "an observation cannot be kept as JSON",
    ),
    "numpy's own": (fields(observations=[{"x": np.int64(1)}, {}, {}]), "cannot be kept as JSON"),
    "too deep": (fields(observations=[{"x": DEEP}, {}, {}]), "cannot be kept as JSON"),
    "too large": (fields(observations=[{"x": "x" * 2**21}, {}, {}]), "cannot be kept as JSON"),
    "half a character": (fields(observations=[{"x": "\ud800"}, {}, {}]), "cannot be kept as JSON"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_kept_is_one_line_that_names_the_metric(case: str):
    change, message = BAD[case]
    with pytest.raises(EvalHarnessError, match=f"^length: .*{message}") as caught:
        judge(odd(change), outputs())
    assert "leave it out of 'metric=[...]'" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.uint8])
def test_numbers_of_another_kind_are_the_same_numbers(dtype: type):
    rows = np.arange(COUNT * 2).reshape(COUNT, 2)
    change = fields(statistics=rows.astype(dtype), segment_scores=[1, 2, 3])
    found = judge(odd(change), outputs())
    assert found.statistics.dtype == found.segment_scores.dtype == np.float64
    assert found.statistics.tolist() == rows.tolist()
    assert found.segment_scores.tolist() == [1, 2, 3]
    assert MeanAggregate().corpus(found.statistics.sum(axis=0)) == 6 / 9


@pytest.mark.parametrize("name", ["system", "rank_low", "check_empty", "BLEU_low", "x_high"])
def test_a_metric_that_is_called_like_another_column_is_refused(
    name: str, evalharness: CommandLine, small: list[str], own_metrics: None
):
    own = f"+metric.own={{_target_:own_metrics.Length,name:{name}}}"
    outcome = evalharness("model=copy", *small, "metric=bleu", own)
    assert outcome.code == 2
    assert f"metric: {name!r} is the name of another column" in outcome.err


def test_a_wrong_answer_leaves_what_was_there(
    evalharness: CommandLine, small: list[str], own_metrics: None, tmp_path
):
    assert evalharness("model=copy", *small, "metric=[bleu,chrf]").code == 0
    before = files_below(tmp_path / "results/runs")
    own = "+metric.own={_target_:own_metrics.Unsigned}"
    outcome = evalharness("model=copy", *small, "metric=bleu", own)
    assert (outcome.code, outcome.err.count("evalharness: error:")) == (2, 1)
    assert "length: signature is 5, no str" in outcome.err
    assert files_below(tmp_path / "results/runs") == before
