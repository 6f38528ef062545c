"""BLEU, chrF and TER against sacreBLEU's own public interface, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st

from evalharness.metrics import BLEU, CHRF, TER, Metric
from evalharness.stats.aggregates import Aggregate
from evalharness.values import Bitext, Judgement, Outputs, Segment

from ..conftest import read_lines

PAIRS = {
    "BLEU": (BLEU(), lambda: sacrebleu.BLEU()),
    "BLEU lower-cased": (BLEU(lowercase=True), lambda: sacrebleu.BLEU(lowercase=True)),
    "BLEU floor": (
        BLEU(smooth_method="floor", tokenize="intl"),
        lambda: sacrebleu.BLEU(smooth_method="floor", tokenize="intl"),
    ),
    "BLEU add-k": (
        BLEU(smooth_method="add-k", smooth_value=0.5, tokenize="char"),
        lambda: sacrebleu.BLEU(smooth_method="add-k", smooth_value=0.5, tokenize="char"),
    ),
    "chrF2": (CHRF(), lambda: sacrebleu.CHRF()),
    "chrF2++": (CHRF(word_order=2), lambda: sacrebleu.CHRF(word_order=2)),
    "chrF3": (CHRF(beta=3, whitespace=True), lambda: sacrebleu.CHRF(beta=3, whitespace=True)),
    "chrF eps": (CHRF(eps_smoothing=True), lambda: sacrebleu.CHRF(eps_smoothing=True)),
    "TER": (TER(), lambda: sacrebleu.TER()),
    "TER cased": (
        TER(case_sensitive=True, normalized=True),
        lambda: sacrebleu.TER(case_sensitive=True, normalized=True),
    ),
}
FOUR = {"BLEU": BLEU(), "chrF2": CHRF(), "chrF2++": CHRF(word_order=2), "TER": TER()}

words = st.lists(
    st.sampled_from(["the", "cat", "Sat", "on", "mat", ".", "42", "é", "猫"]), max_size=9
)
sentence = words.map(" ".join)


def bitext_of(references: Sequence[Sequence[str]], target: str = "en") -> Bitext:
    segments = tuple(
        Segment(str(position), position, None, "x", tuple(refs))
        for position, refs in enumerate(references)
    )
    return Bitext("news", "tr", target, segments, "src.txt", len(segments), ("human",))


def judged(
    metric: Metric, references: Sequence[Sequence[str]], hypotheses: Sequence[str], target="en"
) -> Judgement:
    return metric.judge(Outputs("a", bitext_of(references, target), tuple(hypotheses)))


def score(metric: Metric, references: Sequence[Sequence[str]], hypotheses: list[str]) -> float:
    judgement = judged(metric, references, hypotheses)
    return float(judgement.aggregate.corpus(judgement.statistics.sum(axis=0)))


@pytest.mark.parametrize("case", PAIRS)
@given(
    st.integers(1, 3).flatmap(
        lambda n: st.lists(
            st.tuples(sentence, st.lists(sentence, min_size=n, max_size=n)), min_size=1, max_size=6
        )
    )
)
def test_scores_and_signature_equal_sacrebleus(case: str, corpus: list[tuple[str, list[str]]]):
    ours, peer = PAIRS[case][0], PAIRS[case][1]()
    hypotheses = [hypothesis for hypothesis, _ in corpus]
    references = [refs for _, refs in corpus]
    theirs = peer.corpus_score(hypotheses, list(zip(*references, strict=True)))
    assert score(ours, references, hypotheses) == pytest.approx(theirs.score, abs=1e-9)
    assert ours.signature(bitext_of(references)) == str(peer.get_signature())
    assert ours.name == theirs.name


@pytest.mark.parametrize("name", FOUR)
@given(
    st.lists(
        st.tuples(sentence, st.lists(sentence, min_size=1, max_size=3)), min_size=2, max_size=6
    )
)
def test_uneven_numbers_of_references_equal_sacrebleus(
    name: str, corpus: list[tuple[str, list[str]]]
):
    ours = FOUR[name]
    peer = PAIRS[name][1]()
    hypotheses = [hypothesis for hypothesis, _ in corpus]
    references = [refs for _, refs in corpus]
    streams = [[refs[n] if n < len(refs) else None for refs in references] for n in range(3)]
    streams = [stream for stream in streams if any(ref is not None for ref in stream)]
    theirs = peer.corpus_score(hypotheses, streams)
    assert score(ours, references, hypotheses) == pytest.approx(theirs.score, abs=1e-9)
    assert ours.signature(bitext_of(references)) == str(peer.get_signature())


SENTENCE_PEERS = {
    "BLEU": sacrebleu.sentence_bleu,
    "chrF2": sacrebleu.sentence_chrf,
    "chrF2++": lambda hyp, refs: sacrebleu.sentence_chrf(hyp, refs, word_order=2),
    "TER": sacrebleu.sentence_ter,
}


@pytest.mark.parametrize("name", FOUR)
def test_segment_scores_equal_sacrebleus_sentence_scores(name: str, flores: Path):
    references = read_lines(flores / "ar-en/flores-test.en")[:200]
    hypotheses = read_lines(flores / "ar-en/flores-test.argos.en")[:200]
    ours = judged(FOUR[name], [[ref] for ref in references], hypotheses).segment_scores
    theirs = [
        SENTENCE_PEERS[name](hyp, [ref]).score
        for hyp, ref in zip(hypotheses, references, strict=True)
    ]
    np.testing.assert_allclose(ours, theirs, atol=1e-9, rtol=0)


@pytest.mark.parametrize("name", FOUR)
def test_two_references_of_ntrex_equal_sacrebleus(name: str, shared_data: Path):
    folder = shared_data / "ntrex"
    first = read_lines(folder / "newstest2019-src.eng.txt")[:150]
    second = read_lines(folder / "newstest2019-ref.eng-GB.txt")[:150]
    hypotheses = [*second[75:], *first[:75]]  # wrong for both, in the right language
    theirs = PAIRS[name][1]().corpus_score(hypotheses, [first, second])
    ours = score(FOUR[name], list(zip(first, second, strict=True)), hypotheses)
    assert ours == pytest.approx(theirs.score, abs=1e-9)


@pytest.mark.parametrize(("name", "perfect"), [("BLEU", 100), ("chrF2", 100), ("TER", 0)])
def test_the_reference_itself_is_perfect(name: str, perfect: float):
    references = ["the cat sat on the mat .", "it saw another cat there ."]
    metric = FOUR[name]
    assert score(metric, [[ref] for ref in references], references) == pytest.approx(perfect)
    judgement = judged(metric, [[ref] for ref in references], references)
    assert judgement.higher_is_better == (perfect == 100)
    assert judgement.segment_scores == pytest.approx([perfect, perfect])


def test_corpus_scores_keep_the_shape_of_their_totals():
    references = [["the cat sat on the mat ."], ["a dog"], ["it rains"]]
    judgement = judged(BLEU(), references, ["the cat sat", "a dog", "rain"])
    bleu: Aggregate = judgement.aggregate
    totals = np.stack([judgement.statistics, judgement.statistics * 2])
    scores = bleu.corpus(totals)
    assert scores.shape == (2, 3)
    assert scores[0, 1] == bleu.corpus(judgement.statistics[1])


@pytest.mark.parametrize(
    ("target", "hypothesis", "reference"),
    [
        ("zh-Hans", "猫坐在垫子上。", "猫坐在红垫子上。"),
        ("de", "Die Katze saß auf der Matte.", "Die Katze saß auf der roten Matte."),
    ],
)
def test_the_tokenizer_is_that_of_the_target_language(target, hypothesis, reference):
    peer = sacrebleu.BLEU(trg_lang=target.partition("-")[0])
    ours = judged(BLEU(), [[reference]], [hypothesis], target)
    expected = peer.corpus_score([hypothesis], [[reference]]).score
    total = ours.aggregate.corpus(ours.statistics.sum(axis=0))
    assert float(total) == pytest.approx(expected, abs=1e-9)
    assert ours.signature == str(peer.get_signature())


def test_a_failed_segment_cannot_be_judged():
    with pytest.raises(ValueError, match="1 of 2 segments failed"):
        BLEU().judge(Outputs("a", bitext_of([["the cat"], ["a dog"]]), ("the cat", None)))
