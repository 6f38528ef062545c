"""The stand-ins are what the tests of COMET take them for, by unbabel-comet's own account."""

from __future__ import annotations

import math
import pickle
import shutil
from pathlib import Path

import pytest
import torch
import yaml

from . import odd_checkpoints, peer, tiny_comet
from .conftest import TinyComet

CLASSES = {
    "regression": "RegressionMetric",
    "referenceless": "ReferencelessRegression",
    "unified": "UnifiedMetric",
    "unified_without_reference": "UnifiedMetric",
    "xcomet": "XCOMETMetric",
}
VARIANTS = [
    {"layer_transformation": "softmax"},
    {"layer_transformation": "sparsemax_patch"},
    {"layer_norm": True},
    {"pool": "cls"},
    {"pool": "max"},
    {"layer": 2},
    {"final_activation": "Sigmoid"},
]


@pytest.fixture
def own(tiny: TinyComet, tmp_path: Path) -> TinyComet:
    """Copies a tiny checkpoint, for a test that changes it."""

    def checkpoint(kind: str, **hparams: object) -> Path:
        return shutil.copytree(tiny(kind, **hparams), tmp_path / kind)

    return checkpoint


@pytest.mark.parametrize("kind", CLASSES)
def test_comet_loads_the_class_and_its_scores_follow_the_texts(tiny, kind):
    folder = tiny(kind)
    assert type(peer.load(folder)).__name__ == CLASSES[kind]
    assert_spread(peer.predict(folder, peer.AWKWARD).scores)


@pytest.mark.parametrize("hparams", VARIANTS, ids=str)
def test_every_variant_gives_scores_of_its_own(tiny, hparams):
    scores, usual = (
        peer.predict(tiny("regression", **changes), peer.SHORT).scores for changes in (hparams, {})
    )
    assert_spread(scores)
    assert (torch.tensor(scores) - torch.tensor(usual)).abs().max() > 1e-3


@pytest.mark.parametrize("encoder_model", tiny_comet.ENCODERS)
@pytest.mark.parametrize("kind", ["regression", "unified", "xcomet"])
def test_every_encoder_serves_every_class(tiny, kind, encoder_model):
    folder = tiny(kind, encoder_model=encoder_model)
    assert (
        type(peer.load(folder).encoder).__name__
        == {
            "XLM-RoBERTa": "XLMREncoder",
            "XLM-RoBERTa-XL": "XLMRXLEncoder",
            "BERT": "BERTEncoder",
        }[encoder_model]
    )
    assert_spread(peer.predict(folder, peer.AWKWARD).scores)


def test_the_same_call_gives_the_same_weights(tmp_path):
    encoder = tiny_comet.build_encoder(tmp_path / "encoder")
    one, two = (
        odd_checkpoints.read(tiny_comet.build_xcomet(tmp_path / name, encoder))["state_dict"]
        for name in ("one", "two")
    )
    assert all(torch.equal(weight, two[name]) for name, weight in one.items())


def test_layers_are_mixed_unevenly_and_none_alone(tiny):
    for kind in ("regression", "xcomet"):
        model = peer.load(tiny(kind)).eval()
        weights = torch.cat([*model.layerwise_attention.scalar_parameters])
        mixture = model.layerwise_attention.transform_fn(weights, dim=0)
        assert mixture.max() < 0.9
        assert mixture.unique().numel() == tiny_comet.LAYERS + 1


def test_a_patched_checkpoint_says_sparsemax_inside_and_is_mixed_by_softmax(tiny):
    folder = tiny("xcomet")
    assert odd_checkpoints.read(folder)["hyper_parameters"]["layer_transformation"] == "sparsemax"
    hparams = yaml.safe_load((folder / "hparams.yaml").read_text(encoding="utf-8"))
    assert hparams["layer_transformation"] == "sparsemax_patch"
    assert peer.load(folder).layerwise_attention.transform_fn is torch.softmax


def test_error_spans_open_and_close_everywhere_with_every_severity(tiny):
    samples = [sample for sample in peer.AWKWARD if sample["mt"].strip()]
    _, found = peer.predict(tiny("xcomet"), samples)
    ends = [
        (span, len(sample["mt"]))
        for sample, spans in zip(samples, found, strict=True)
        for span in spans
    ]
    assert any(not spans for spans in found)
    assert any(len(spans) > 1 for spans in found)
    assert {span["severity"] for span, _ in ends} == {"minor", "major", "critical"}
    assert any(span["start"] == 0 and span["end"] < length for span, length in ends)
    assert any(span["start"] > 0 and span["end"] < length for span, length in ends)
    assert any(span["end"] == length for span, length in ends)


def test_xcomet_cuts_some_scores_at_one_and_not_others(tiny):
    regressions = unweighted_scores(tiny("xcomet"))
    assert 0 < (regressions > 1).sum() < len(regressions)


def test_texts_are_as_awkward_as_they_say(tiny):
    tokenizer = peer.load(tiny("regression")).encoder.tokenizer
    texts = [text for sample in peer.AWKWARD for text in sample.values()]
    lengths = [len(tokenizer(text).input_ids) for text in texts]
    assert min(lengths) == 2  # no text: its beginning and its end only
    assert 600 <= max(lengths) <= 800
    assert sum(length > tiny_comet.POSITIONS - 4 for length in lengths) > 5
    assert len(set(texts)) < len(texts)
    for text in ("Türkiye'nin ışığı", "أعلنت وزارة الخارجية", "the quick brown fox", "😀👍🎉"):
        assert tokenizer.unk_token_id not in tokenizer(text).input_ids
    assert tokenizer.unk_token_id in tokenizer("🙈").input_ids


@pytest.mark.parametrize(
    "age", ["with_position_ids", "with_training_state", "with_old_serialization"]
)
def test_the_age_of_a_checkpoint_changes_no_score(tiny, own, age):
    samples = peer.AWKWARD[:5]
    folder = getattr(odd_checkpoints, age)(own("regression"))
    assert peer.predict(folder, samples) == peer.predict(tiny("regression"), samples)


def test_loading_without_care_runs_the_code(own, tmp_path):
    marker = tmp_path / "made by unpickling"
    folder = odd_checkpoints.with_code(own("regression"), marker)
    file = folder / "checkpoints" / "model.ckpt"
    with pytest.raises(pickle.UnpicklingError, match=r"unsupported GLOBAL posix\.mkdir"):
        torch.load(file, weights_only=True)
    assert not marker.exists()
    torch.load(file, weights_only=False)
    assert marker.exists()


@pytest.mark.parametrize("wrapped", ["with_namespace", "with_attribute_dict"])
def test_wrapped_hyperparameters_are_not_plain_data(own, wrapped):
    folder = getattr(odd_checkpoints, wrapped)(own("regression"))
    with pytest.raises(pickle.UnpicklingError, match="Unsupported global"):
        odd_checkpoints.read(folder)


def test_not_a_number_reaches_every_score(own):
    folder = odd_checkpoints.with_nan(own("regression"))
    assert all(map(math.isnan, peer.predict(folder, peer.AWKWARD[:3]).scores))


def test_comet_itself_does_not_notice_a_missing_tensor(own):
    peer.load(odd_checkpoints.without_tensor(own("regression")))


@pytest.mark.parametrize(
    "damage",
    ["truncated", "with_pointer", "with_other_shape", "without_state", "without_hparams"],
)
def test_comet_itself_stumbles_over_a_damaged_checkpoint(own, damage):
    folder = getattr(odd_checkpoints, damage)(own("regression"))
    with pytest.raises(Exception):  # noqa: B017 - whatever it raises
        peer.load(folder)


def unweighted_scores(folder: Path) -> torch.Tensor:
    model = peer.load(folder).eval()
    with torch.inference_mode():
        batch = model.prepare_for_inference(peer.SHORT)
        return torch.cat([model(**inputs).score for inputs in batch])


def assert_spread(scores: list[float]) -> None:
    assert all(map(math.isfinite, scores))
    assert torch.tensor(scores).std() > 0.05
    assert len({round(score, 4) for score in scores}) >= 10
