"""COMET's scores are those of unbabel-comet's own `predict`, however they are computed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import fmean

import numpy as np
import pytest
from transformers import AutoTokenizer

from evalharness.config import Dtype
from evalharness.errors import EvalHarnessError
from evalharness.metrics import Comet
from evalharness.metrics.comet.comet import References
from evalharness.values import Segment

from .conftest import KINDS, MakeMetric, TinyComet, outputs, outputs_of, scores
from .peer import AWKWARD, SEVERAL_REFERENCES, predict

VARIANTS: list[tuple[str, dict]] = [
    ("regression", {"layer_transformation": "sparsemax"}),
    ("regression", {"layer_transformation": "sparsemax_patch"}),
    ("regression", {"layer_norm": True}),
    ("regression", {"pool": "cls"}),
    ("regression", {"pool": "max"}),
    ("regression", {"layer": 1}),
    ("regression", {"final_activation": "Sigmoid"}),
    ("regression", {"encoder_model": "BERT"}),
    ("regression", {"encoder_model": "XLM-RoBERTa-XL"}),
    ("unified", {"layer_transformation": "sparsemax_patch"}),
    ("unified", {"encoder_model": "BERT"}),
    ("xcomet", {"encoder_model": "XLM-RoBERTa-XL"}),
]


def close(ours: Sequence[float], theirs: Sequence[float], within: float = 1e-5) -> None:
    assert np.abs(np.array(ours) - np.array(theirs)).max() < within


@pytest.mark.parametrize(
    ("kind", "hparams"),
    [
        *((kind, {}) for kind in KINDS),
        *VARIANTS[:2],
        *(pytest.param(*variant, marks=pytest.mark.sweep) for variant in VARIANTS[2:]),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value.values())),
)
def test_every_segment_has_the_score_of_predict(
    tiny: TinyComet, metric: MakeMetric, kind: str, hparams: dict
) -> None:
    checkpoint = tiny(kind, **hparams)
    expected = predict(checkpoint, AWKWARD)
    made = metric(checkpoint)
    judgement = made.judge(outputs(AWKWARD))
    close(judgement.segment_scores, expected.scores)
    whole = judgement.aggregate.corpus(judgement.statistics.sum(axis=0))
    assert whole == pytest.approx(fmean(expected.scores), abs=1e-5)


@pytest.mark.parametrize("kind", ["unified", "xcomet"])
def test_without_references_they_judge_by_the_source_as_predict_does(
    tiny: TinyComet, metric: MakeMetric, kind: str
) -> None:
    samples = [{"src": sample["src"], "mt": sample["mt"]} for sample in AWKWARD]
    made = metric(tiny(kind))
    assert not made.needs_reference
    close(scores(made, samples), predict(tiny(kind), samples).scores)
    assert made.signature(outputs(samples).bitext).startswith("nrefs:0|refs:none|")


def test_error_spans_are_those_of_predict(tiny: TinyComet, metric: MakeMetric) -> None:
    expected = predict(tiny("xcomet"), AWKWARD).error_spans
    assert expected is not None
    observations = metric(tiny("xcomet")).judge(outputs(AWKWARD)).observations
    found = [seen.get("error_spans", []) for seen in observations]
    assert [where(spans) for spans in found] == [where(spans) for spans in expected]
    assert {span["severity"] for spans in found for span in spans} > {"minor"}
    close(*([span["confidence"] for spans in both for span in spans] for both in (found, expected)))


def where(spans: Sequence[dict]) -> list[tuple[int, int, str]]:
    return [(span["start"], span["end"], span["severity"]) for span in spans]


@pytest.mark.parametrize("handling", list(References))
@pytest.mark.parametrize("kind", ["regression", "xcomet"])
def test_several_references_give_the_mean_or_the_best_of_their_scores(
    tiny: TinyComet, metric: MakeMetric, kind: str, handling: References
) -> None:
    expected = predict(tiny(kind), SEVERAL_REFERENCES)
    references = tuple(sample["ref"] for sample in SEVERAL_REFERENCES)
    sample = SEVERAL_REFERENCES[0]
    segment = Segment("one", 0, None, sample["src"], references)
    made = metric(tiny(kind), references=handling)
    judgement = made.judge(outputs_of([segment], [sample["mt"]]))
    score = judgement.statistics[0, 0]
    combine = max if handling is References.max else fmean
    assert score == pytest.approx(combine(expected.scores), abs=1e-5)
    assert judgement.signature.startswith(f"nrefs:3|refs:{handling.value}|")
    if expected.error_spans is not None:
        best = expected.error_spans[int(np.argmax(expected.scores))]
        (seen,) = judgement.observations
        assert where(seen.get("error_spans", [])) == where(best)


def test_segments_may_have_unequally_many_references(tiny: TinyComet, metric: MakeMetric) -> None:
    sample = SEVERAL_REFERENCES[0]
    references = tuple(sample["ref"] for sample in SEVERAL_REFERENCES)
    segments = [Segment(str(n), n, None, sample["src"], references[:n]) for n in (1, 2, 3)]
    made = metric(tiny("regression"))
    judgement = made.judge(outputs_of(segments, [sample["mt"]] * 3))
    theirs = predict(tiny("regression"), SEVERAL_REFERENCES).scores
    close(judgement.segment_scores, [fmean(theirs[:n]) for n in (1, 2, 3)])
    assert judgement.signature.startswith("nrefs:var|refs:mean|")


QUICK = ("regression", "unified")
ALL = [
    *QUICK,
    *(pytest.param(kind, marks=pytest.mark.sweep) for kind in KINDS if kind not in QUICK),
]


@pytest.mark.parametrize("kind", ALL)
def test_order_batches_and_company_change_nothing(
    tiny: TinyComet, metric: MakeMetric, kind: str, tmp_path
) -> None:
    whole = scores(metric(tiny(kind)), AWKWARD)
    shuffled = random.Random(1).sample(range(len(AWKWARD)), len(AWKWARD))
    for number, (budget, some) in enumerate(
        ((1, range(len(AWKWARD))), (100_000, shuffled), (700, shuffled[:7]))
    ):
        made = metric(tiny(kind), batch_tokens=budget, store=str(tmp_path / str(number)))
        close(scores(made, [AWKWARD[at] for at in some]), [whole[at] for at in some], 1e-6)


def test_bfloat16_is_another_number_with_another_signature(
    tiny: TinyComet, metric: MakeMetric
) -> None:
    exact, rough = (metric(tiny("regression"), dtype=dtype) for dtype in Dtype if dtype in USED)
    first, second = scores(exact, AWKWARD), scores(rough, AWKWARD)
    assert 1e-6 < np.abs(np.array(first) - np.array(second)).max() < 0.1
    bitext = outputs(AWKWARD).bitext
    assert "|dtype:bfloat16|" in rough.signature(bitext)
    assert rough.signature(bitext) != exact.signature(bitext)


USED = (Dtype.float32, Dtype.bfloat16)


@pytest.mark.parametrize("kind", KINDS)
def test_texts_whose_end_is_not_read_are_told(
    tiny: TinyComet, metric: MakeMetric, kind: str
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny(kind).parent / "encoder-usual")
    made = metric(tiny(kind))
    reads = made._comet.reads
    joint = made._comet.kind.encodes_jointly
    observations = made.judge(outputs(AWKWARD)).observations
    for sample, seen in zip(AWKWARD, observations, strict=True):
        counts = [len(tokenizer(sample[part])["input_ids"]) for part in reads]
        whole = [min(count, 510) for count in counts]  # with their special tokens, 2 each
        cut = any(count > 510 for count in counts) or (joint and sum(whole) > 512)
        assert seen.get("truncated", False) == cut, sample["mt"][:20]


def test_the_signature_names_all_that_the_number_depends_on(
    tiny: TinyComet, metric: MakeMetric
) -> None:
    bitext = outputs(AWKWARD).bitext
    made = metric(tiny("regression"))
    parts = dict(part.split(":", 1) for part in made.signature(bitext).split("|"))
    assert list(parts) == [
        *("nrefs", "checkpoint", "encoder", "dtype", "maxlen"),
        *("unbabel-comet", "transformers", "torch"),
    ]
    assert parts["maxlen"] == "510"
    other = metric(tiny("regression", layer=1)).signature(bitext)
    assert other.split("|checkpoint:")[1].split("|")[0] != parts["checkpoint"]
    elsewhere = metric(tiny("regression"), encoder=str(tiny("regression").parent / "encoder-usual"))
    assert elsewhere.signature(bitext) == made.signature(bitext)


def test_a_checkpoint_is_called_by_its_name(tiny: TinyComet) -> None:
    assert Comet("Unbabel/wmt22-comet-da@2760a22", store="s").name == "wmt22-comet-da"
    assert Comet("Unbabel/XCOMET-XL", store="s").name == "XCOMET-XL"
    assert Comet(str(tiny("regression")) + "/", store="s").name == "regression"
    assert Comet("a/b", store="s", name="mine").name == "mine"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": Dtype.int8}, r"dtype: unknown value 'int8'; float32 \| bfloat16"),
        ({"batch_tokens": 0}, "batch_tokens: 0 is less than 1"),
        ({"max_gb": -1.0}, "max_gb: -1.0 is no size"),
        ({"name": "a|b"}, "name: 'a|b' cannot name a column"),
    ],
)
def test_options_out_of_range_are_refused(options: dict, message: str) -> None:
    with pytest.raises(EvalHarnessError, match=message):
        Comet("Unbabel/wmt22-comet-da", store="s", **options)
