"""From hypotheses to scores."""

from __future__ import annotations

import numpy as np
import pytest
import sacrebleu

from evalharness.errors import EvalHarnessError
from evalharness.metrics import BLEU, CHRF, ErrorSpan, Metric, Remark
from evalharness.scoring import FEWEST_DOCUMENTS, Scoring, Translated, Unavailable, score
from evalharness.testsets import Bitext, Segment

from .plugins.own_metrics import Broken, Length


def pair(lang: str, hypotheses: list[str | None], *references: list[str]) -> Translated:
    """Hypotheses with the references of each, under the ids 1, 2, ..."""
    segments = tuple(
        Segment(str(n + 1), n, None, f"source {n}", tuple(of))
        for n, of in enumerate(references or [[]] * len(hypotheses))
    )
    made = Bitext("news", lang, "en", segments, "src.txt", len(segments), ("human",))
    return Translated(made, hypotheses)


def scored(metrics: list[Metric], *pairs: Translated, **absent: str) -> list[Scoring]:
    return score(metrics, pairs, resamples=40, seed=1, absent=absent)


@pytest.mark.parametrize("documents", [2, FEWEST_DOCUMENTS])
def test_documents_are_resampled_from_ten_on(documents: int, caplog: pytest.LogCaptureFixture):
    segments = tuple(
        Segment(str(n), n, f"d{n % documents}", "x", (f"the cat number {n}",)) for n in range(40)
    )
    bitext = Bitext("news", "tr", "en", segments, "src.txt", 40, ("human",))
    (made,) = scored([BLEU()], Translated(bitext, [f"the cat {n}" for n in range(40)]))
    if documents == FEWEST_DOCUMENTS:
        assert (made.resampling.unit, made.resampling.units) == ("document", FEWEST_DOCUMENTS)
        assert caplog.text == ""
    else:
        assert (made.resampling.unit, made.resampling.units) == ("segment", 40)
        assert "only 2 documents: intervals resample segments" in caplog.text


ONE = (["the cat sat", "a dog ran off"], [["the cat sat down"], ["the dog ran off"]])
TWO = (
    ["one red apple", "blue sea", "the sun is yellow"],
    [["a red apple", "one apple, red"], ["the blue sea"], ["a yellow sun", "the sun is yellow"]],
)


def test_a_metric_is_asked_once_for_all_pairs_and_each_has_its_own_scores():
    Length.asked.clear()
    metrics = [BLEU(), CHRF(), Length()]
    pairs = [pair("tr", ONE[0], *ONE[1]), pair("ar", TWO[0], *TWO[1])]
    together = scored(metrics, *pairs)
    assert Length.asked == [ONE[0] + TWO[0]]
    for made, (hypotheses, references) in zip(together, (ONE, TWO), strict=True):
        streams = [
            [of[n] if n < len(of) else None for of in references]
            for n in range(max(map(len, references)))
        ]
        by_name = {of.metric: of for of in made.scores}
        for name, peer in (("BLEU", sacrebleu.BLEU()), ("chrF2", sacrebleu.CHRF())):
            expected = peer.corpus_score(hypotheses, streams).score
            assert by_name[name].score == pytest.approx(expected, abs=1e-9)
        assert by_name["length"].score == np.mean([len(text) for text in hypotheses])
        assert made.statistics["BLEU"].shape[0] == len(hypotheses)
        assert list(made.segment_scores["length"]) == [len(text) for text in hypotheses]
    assert [of.scores for of in together] == [scored(metrics, of)[0].scores for of in pairs]


def test_a_pair_with_failed_segments_has_no_score_and_the_others_have_theirs():
    Length.asked.clear()
    failed, whole = scored([Length()], pair("tr", ["a", None]), pair("ar", ["ab", "abcd"]))
    assert failed.unavailable == (Unavailable("length", "1 of 2 segments failed"),)
    assert (failed.scores, failed.statistics) == ((), {})
    assert whole.scores[0].score == 3
    assert Length.asked == [["ab", "abcd"]]


def test_a_metric_that_needs_a_reference_is_absent_where_there_is_none():
    with_some, with_none = pair("tr", ["a", "b"], ["a"], []), pair("ar", ["a"])
    partly, none = scored([Length(needs_reference=True), Length("free")], with_some, with_none)
    assert [absent.reason for absent in (*partly.unavailable, *none.unavailable)] == [
        "needs a reference, and 1 of 2 segments have none",
        "needs a reference, and the test set has none",
    ]
    assert [of.metric for of in (*partly.scores, *none.scores)] == ["free", "free"]


def test_a_metric_that_is_absent_is_not_asked_for_anything():
    Length.asked.clear()
    (made,) = scored([Length(), Length("other")], pair("tr", ["a"]), length="not here")
    assert made.unavailable == (Unavailable("length", "not here"),)
    assert [of.metric for of in made.scores] == ["other"]
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
    assert [of.metric for of in first.scores] == ["length"]
    assert set(first.statistics) == {"length"}
    if turkish is None:
        (alone,) = scored([Length(), Length("broken", reads=2)], pairs[1])
        assert second.unavailable == ()
        assert [of.score for of in second.scores] == [of.score for of in alone.scores]
        assert second.remarks["broken"] == alone.remarks["broken"]
    else:
        assert second.unavailable == (Unavailable("broken", turkish),)


def test_a_row_too_few_is_an_error_and_shifts_nothing():
    class Short(Length):
        def statistics(self, segments, hypotheses):
            return super().statistics(segments, hypotheses[1:])

    with pytest.raises(EvalHarnessError, match="length: not a row for each of 3 segments"):
        scored([Short()], pair("tr", ["a", "b"]), pair("ar", ["c"]))


def test_remarks_stay_with_their_pair_and_silence_is_not_kept():
    metrics = [Length(reads=4), Length("silent")]
    first, second = scored(metrics, pair("tr", ["axxb", "long enough"]), pair("ar", ["a"]))
    assert first.remarks == {
        "length": [Remark(error_spans=(ErrorSpan(1, 3, "minor", 0.5),)), Remark(truncated=True)],
        "silent": [Remark(error_spans=(ErrorSpan(1, 3, "minor", 0.5),)), Remark()],
    }
    assert second.remarks == {}
