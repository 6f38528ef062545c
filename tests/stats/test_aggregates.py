"""An aggregate written as JSON reads back and scores as sacreBLEU does; nothing else is taken."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
import sacrebleu

from evalharness.metrics import BLEU, CHRF, TER, MeanAggregate
from evalharness.results import aggregate_of
from evalharness.stats.aggregates import read_aggregate
from evalharness.values import Bitext, Outputs, Score, Segment

HYPOTHESES = ["the cat sat on a mat", "a dog barked", "it rained all day long in the town"]
REFERENCES = ["the cat sat on the mat", "the dog barked", "it rained for a whole day in town"]
OPTIONS = {
    "BLEU": [
        {},
        {"lowercase": True, "tokenize": "char"},
        {"smooth_method": "floor", "smooth_value": 0.25},
        {"smooth_method": "add-k", "effective_order": True},
        {"smooth_method": "none"},
    ],
    "CHRF": [{}, {"word_order": 2}, {"beta": 3, "char_order": 4}, {"eps_smoothing": True}],
    "TER": [{}, {"case_sensitive": True}],
}
CASES = [(kind, options) for kind, several in OPTIONS.items() for options in several]


@pytest.mark.parametrize(("kind", "options"), CASES)
def test_what_is_written_and_what_a_signature_says_both_score_as_sacrebleu(
    kind: str, options: dict[str, object]
):
    metric = {"BLEU": BLEU, "CHRF": CHRF, "TER": TER}[kind](**options)
    segments = tuple(Segment(str(n), n, None, "", (ref,)) for n, ref in enumerate(REFERENCES))
    bitext = Bitext("news", "tr", "en", segments, "src.txt", len(segments), ("human",))
    table = metric.judge(Outputs("a", bitext, tuple(HYPOTHESES))).statistics
    peer = getattr(sacrebleu, kind)(**options)
    expected = peer.corpus_score(HYPOTHESES, [REFERENCES]).score
    written = json.loads(json.dumps(asdict(metric.aggregate)))
    of_signature = aggregate_of(
        Score(
            peer.corpus_score(HYPOTHESES, [REFERENCES]).name,
            0,
            0,
            0,
            str(peer.get_signature()),
            True,
        )
    )
    for aggregate in (read_aggregate(written), of_signature):
        assert aggregate is not None
        assert aggregate.width == table.shape[1]
        assert float(aggregate.corpus(table.sum(axis=0))) == pytest.approx(expected, abs=1e-9)
    single = sacrebleu.BLEU(**{**options, "effective_order": True}) if kind == "BLEU" else peer
    sentences = [
        single.sentence_score(hypothesis, [reference]).score
        for hypothesis, reference in zip(HYPOTHESES, REFERENCES, strict=True)
    ]
    np.testing.assert_allclose(
        read_aggregate(written).segment_scores(table), sentences, atol=1e-9, rtol=0
    )


def test_a_mean_is_weighted():
    table = np.array([[2.0, 1.0], [3.0, 3.0]])
    assert float(MeanAggregate().corpus(table.sum(axis=0))) == (2 * 1 + 1 * 3) / 4
    assert list(MeanAggregate().segment_scores(table)) == [2.0, 1.0]


BLEU_FACTS = {
    "formula": "bleu",
    "smooth_method": "exp",
    "smooth_value": 0.0,
    "effective_order": False,
}
CHRF_FACTS = {
    "formula": "chrf",
    "char_order": 6,
    "word_order": 0,
    "beta": 2,
    "eps_smoothing": False,
}
WRONG = {
    "no mapping": "bleu",
    "no formula": {"smooth_method": "exp"},
    "a formula that is no word": {"formula": ["bleu"]},
    "an option too many": {**BLEU_FACTS, "_target_": "os.system"},
    "an option too few": {"formula": "chrf", "beta": 2},
    "a smoothing that there is not": {**BLEU_FACTS, "smooth_method": "${oc.env:HOME}"},
    "a negative smoothing": {**BLEU_FACTS, "smooth_value": -1.0},
    "an endless smoothing": {**BLEU_FACTS, "smooth_value": float("inf")},
    "no number": {**BLEU_FACTS, "smooth_value": float("nan")},
    "a word for a truth": {**BLEU_FACTS, "effective_order": "false"},
    "a number for a truth": {**BLEU_FACTS, "effective_order": 0},
    "a truth for a number": {**CHRF_FACTS, "beta": True},
    "too many orders": {**CHRF_FACTS, "char_order": 10**9},
    "a weight of 0": {**CHRF_FACTS, "beta": 0},
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_aggregate_is_refused(case: str):
    with pytest.raises((TypeError, ValueError)):
        read_aggregate(WRONG[case])


def test_an_unknown_formula_is_no_aggregate():
    assert read_aggregate({"formula": "os.system", "command": "true"}) is None
    assert read_aggregate(None) is None


@pytest.mark.parametrize(
    ("metric", "signature"),
    [
        ("BLEU", "reads:1000"),
        ("BLEU", "nrefs:1|case:mixed|eff:no|tok:13a|smooth:evil|version:2.6.0"),
        ("chrF2++", "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0"),
        ("chrF999", "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0"),
        ("chrF2", "nrefs:1|case:mixed|eff:yes|nc:many|nw:0|space:no|version:2.6.0"),
        ("TER", "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0"),
        ("length", ""),
    ],
)
def test_a_signature_that_is_none_of_ours_says_no_formula(metric: str, signature: str):
    assert aggregate_of(Score(metric, 0, 0, 0, signature, True)) is None
