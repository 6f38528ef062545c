"""From hypotheses to scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sacrebleu

from evalharness.errors import EvalHarnessError
from evalharness.metrics import BLEU, CHRF, Metric
from evalharness.scoring import score
from evalharness.values import Bitext, Judgement, Outputs, Scoring, Segment, Unavailable

from .plugins.own_metrics import Broken, Length


def pair(lang: str, hypotheses: list[str | None], *references: list[str]) -> Outputs:
    """Hypotheses with the references of each, under the ids 1, 2, ..."""
    segments = tuple(
        Segment(str(n + 1), n, None, f"source {n}", tuple(several))
        for n, several in enumerate(references or [[]] * len(hypotheses))
    )
    made = Bitext("news", lang, "en", segments, "src.txt", len(segments), ("human",))
    return Outputs("a", made, tuple(hypotheses))


def scored(metrics: list[Metric], *pairs: Outputs, **absent: str) -> list[Scoring]:
    return score(metrics, pairs, resamples=40, seed=1, absent=absent)


@pytest.mark.parametrize(
    ("documents", "unit", "units", "method"),
    [
        (1, "segment", 40, "expanded"),
        (2, "document", 2, "jackknife"),
        (10, "document", 10, "expanded"),
    ],
)
def test_documents_are_the_units_and_are_resampled_from_ten_on(
    documents: int, unit: str, units: int, method: str
):
    segments = tuple(
        Segment(str(n), n, f"d{n % documents}", "x", (f"the cat number {n}",)) for n in range(40)
    )
    bitext = Bitext("news", "tr", "en", segments, "src.txt", 40, ("human",))
    (made,) = scored([BLEU()], Outputs("a", bitext, tuple(f"the cat {n}" for n in range(40))))
    how = made.resampling
    assert (how.unit, how.units, how.method) == (unit, units, method)
    assert how.one_document == (documents == 1)


def test_an_interval_holds_passes_that_differ_as_a_whole():
    """With two passes a standard error is half of their difference, and 1.96 of these hold both."""
    references = [[f"the number of cats is {n}"] for n in range(30)]
    first = pair("tr", [f"the number of cats is {n}" for n in range(30)], *references)
    second = replace(first, hypotheses=tuple(f"a count of cats, {n}" for n in range(30)))
    (one,) = scored([CHRF()], first)
    (both,) = scored([CHRF()], replace(first, samples=True, further=(second,)))
    (found,) = both.scores
    each = [
        sacrebleu.CHRF().corpus_score(made.texts, [[r for (r,) in references]]).score
        for made in (first, second)
    ]
    assert found.score == pytest.approx(np.mean(each), abs=1e-9)
    assert found.low <= min(each)
    assert found.high >= max(each) == 100  # where the scale ends
    assert found.signature == one.scores[0].signature
    assert one.scores[0].high - one.scores[0].low < each[0] - each[1]


ONE = (["the cat sat", "a dog ran off"], [["the cat sat down"], ["the dog ran off"]])
TWO = (
    ["one red apple", "blue sea", "the sun is yellow"],
    [["a red apple", "one apple, red"], ["the blue sea"], ["a yellow sun", "the sun is yellow"]],
)


def test_a_metric_is_asked_for_one_pair_at_a_time_and_each_has_its_own_scores():
    Length.asked.clear()
    metrics = [BLEU(), CHRF(), Length()]
    pairs = [pair("tr", ONE[0], *ONE[1]), pair("ar", TWO[0], *TWO[1])]
    together = scored(metrics, *pairs)
    assert Length.asked == [ONE[0], TWO[0]]
    for made, (hypotheses, references) in zip(together, (ONE, TWO), strict=True):
        streams = [
            [several[n] if n < len(several) else None for several in references]
            for n in range(max(map(len, references)))
        ]
        by_name = {scored.metric: scored for scored in made.scores}
        for name, peer in (("BLEU", sacrebleu.BLEU()), ("chrF2", sacrebleu.CHRF())):
            expected = peer.corpus_score(hypotheses, streams).score
            assert by_name[name].score == pytest.approx(expected, abs=1e-9)
        assert by_name["length"].score == np.mean([len(text) for text in hypotheses])
        assert made.judgements["BLEU"].statistics.shape[0] == len(hypotheses)
        assert list(made.judgements["length"].segment_scores) == [len(text) for text in hypotheses]
    assert [made.scores for made in together] == [
        scored(metrics, alone)[0].scores for alone in pairs
    ]


def test_a_pair_with_failed_segments_has_no_score_and_the_others_have_theirs():
    Length.asked.clear()
    failed, whole = scored([Length()], pair("tr", ["a", None]), pair("ar", ["ab", "abcd"]))
    assert failed.unavailable == (Unavailable("length", "1 of 2 segments failed"),)
    assert (failed.scores, failed.judgements) == ((), {})
    assert whole.scores[0].score == 3
    assert Length.asked == [["ab", "abcd"]]


def test_a_metric_that_needs_a_reference_is_absent_where_there_is_none():
    with_some, with_none = pair("tr", ["a", "b"], ["a"], []), pair("ar", ["a"])
    partly, none = scored([Length(needs_reference=True), Length("free")], with_some, with_none)
    assert [absent.reason for absent in (*partly.unavailable, *none.unavailable)] == [
        "needs a reference, and 1 of 2 segments have none",
        "needs a reference, and the test set has none",
    ]
    assert [scored.metric for scored in (*partly.scores, *none.scores)] == ["free", "free"]


def test_a_metric_that_is_absent_is_not_asked_for_anything():
    Length.asked.clear()
    (made,) = scored([Length(), Length("other")], pair("tr", ["a"]), length="not here")
    assert made.unavailable == (Unavailable("length", "not here"),)
    assert [scored.metric for scored in made.scores] == ["other"]
    assert len(Length.asked) == 1


@pytest.mark.parametrize(
    ("on", "turkish", "arabic"),
    [
        ("bad", None, "no finite number for segment 2 and 1 more; leave out the metric or the seg"),
        ("total", "no finite number for all segments together; leave out the metric", "no finite"),
    ],
)
def test_a_metric_without_a_finite_number_is_absent_for_that_pair_and_nothing_else_is(
    on: str, turkish: str | None, arabic: str
):
    broken = Broken(on=on, reads=2)
    pairs = [pair("ar", ["a", "bad", "bad"]), pair("tr", ["a", "bxxb", "c"])]
    first, second = scored([Length(), broken], *pairs)
    (absent,) = first.unavailable
    assert absent.reason.startswith(arabic)
    assert [scored.metric for scored in first.scores] == ["length"]
    assert set(first.judgements) == {"length"}
    if turkish is None:
        (alone,) = scored([Length(), Length("broken", reads=2)], pairs[1])
        assert second.unavailable == ()
        assert [scored.score for scored in second.scores] == [
            scored.score for scored in alone.scores
        ]
        ours, theirs = second.judgements["broken"], alone.judgements["broken"]
        assert ours.observations == theirs.observations
    else:
        assert second.unavailable == (Unavailable("broken", turkish),)


def test_a_row_too_few_is_an_error_and_shifts_nothing():
    class Short(Length):
        def judge(self, outputs: Outputs) -> Judgement:
            judgement = super().judge(outputs)
            return replace(judgement, statistics=judgement.statistics[1:])

    with pytest.raises(
        EvalHarnessError, match="length: statistics: 1 rows, not one for each of 2 segments"
    ):
        scored([Short()], pair("tr", ["a", "b"]), pair("ar", ["c"]))


def test_observations_stay_with_their_segment():
    (made,) = scored([Length(reads=4)], pair("tr", ["axxb", "long enough", "a"]))
    assert made.judgements["length"].observations == [
        {"error_spans": [{"start": 1, "end": 3, "severity": "minor"}]},
        {"truncated": True},
        {},
    ]


def test_a_metric_lets_go_before_the_next_one_begins():
    released: list[str] = []

    class Heavy(Length):
        def judge(self, outputs: Outputs) -> Judgement:
            assert self.name not in released
            return super().judge(outputs)

        def release(self) -> None:
            released.append(self.name)

    class Last(Length):
        def judge(self, outputs: Outputs) -> Judgement:
            assert released == ["heavy"]
            return super().judge(outputs)

    scored([Heavy("heavy"), Last("last")], pair("tr", ["a"]), pair("ar", ["b"]))
    assert released == ["heavy"]
