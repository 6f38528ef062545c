"""Checkpoints that are old, odd, damaged, unsafe, or not here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from evalharness.cache.judgements import Opinion
from evalharness.errors import EvalHarnessError
from evalharness.metrics import Comet
from evalharness.metrics.comet.checkpoint import ENCODERS
from evalharness.metrics.comet.comet import References

from ...hub_server import Hub, Repo, environment, serving
from . import odd_checkpoints
from .conftest import MakeMetric, MakeOdd, TinyComet, outputs, scores
from .peer import AWKWARD, predict

SAMPLES = AWKWARD[:4]


@pytest.mark.parametrize(
    "oddity",
    [
        odd_checkpoints.with_position_ids,
        odd_checkpoints.with_training_state,
        odd_checkpoints.with_old_serialization,
        odd_checkpoints.with_namespace,
        odd_checkpoints.with_attribute_dict,
    ],
)
def test_what_older_and_newer_programs_wrote_is_read(
    tiny: TinyComet, odd: MakeOdd, metric: MakeMetric, oddity
) -> None:
    expected = predict(tiny("regression"), SAMPLES).scores
    assert np.abs(np.array(scores(metric(odd(oddity)), SAMPLES)) - expected).max() < 1e-5


def test_nothing_in_a_checkpoint_is_executed(
    odd: MakeOdd, metric: MakeMetric, tmp_path: Path
) -> None:
    marker = tmp_path / "executed"
    made = metric(odd(odd_checkpoints.with_code, marker))
    with pytest.raises(
        EvalHarnessError, match=r"would have to execute posix.mkdir to be read, which is refused"
    ):
        scores(made, SAMPLES)
    assert not marker.exists()


@pytest.mark.parametrize(
    ("oddity", "message"),
    [
        (
            odd_checkpoints.without_tensor,
            r"1 weights are missing, such as estimator\.ff\.3\.weight",
        ),
        (odd_checkpoints.with_other_shape, r"size mismatch for estimator\.ff\.3\.weight"),
        (odd_checkpoints.without_state, "holds no state_dict and hyper_parameters"),
        (odd_checkpoints.without_hyper_parameters, "holds no state_dict and hyper_parameters"),
        (odd_checkpoints.truncated, "cannot be loaded"),
        (odd_checkpoints.with_pointer, "cannot be loaded"),
    ],
)
def test_a_damaged_checkpoint_is_refused_in_one_line(
    odd: MakeOdd, metric: MakeMetric, oddity, message: str
) -> None:
    with pytest.raises(EvalHarnessError, match=message) as caught:
        scores(metric(odd(oddity)), SAMPLES)
    assert "choose another metric.comet.checkpoint=" in str(caught.value)
    assert len(str(caught.value)) < 500


def test_what_is_no_comet_checkpoint_is_refused_before_anything_is_computed(
    odd: MakeOdd, metric: MakeMetric, tmp_path: Path
) -> None:
    folder = odd(odd_checkpoints.without_hparams)
    with pytest.raises(EvalHarnessError, match=r"no hparams\.yaml, which every COMET checkpoint"):
        metric(folder).missing_requirement()
    (tmp_path / "text.txt").write_text("no checkpoint")
    with pytest.raises(EvalHarnessError, match="a file, not a folder"):
        metric(tmp_path / "text.txt").missing_requirement()
    with pytest.raises(EvalHarnessError, match="no such folder"):
        metric(tmp_path / "nothing").missing_requirement()


def test_a_folder_without_weights_is_refused(odd: MakeOdd, metric: MakeMetric) -> None:
    with pytest.raises(EvalHarnessError, match=r"no checkpoints/model\.ckpt"):
        metric(odd(odd_checkpoints.without_checkpoint)).missing_requirement()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"class_identifier": "ranking_metric"}, r"a 'ranking_metric'; these are scored with: reg"),
        ({"class_identifier": "my_metric"}, "a 'my_metric'"),
        ({"class_identifier": None}, "a None"),
        ({"pretrained_model": 7}, "names no pretrained_model"),
        ({"encoder_model": "GPT"}, "an encoder 'GPT'"),
        ({"pretrained_model": "/nowhere/encoder"}, "/nowhere/encoder: no such folder"),
    ],
)
def test_hyperparameters_that_make_no_metric_are_told(
    odd: MakeOdd, metric: MakeMetric, changes: dict, message: str
) -> None:
    with pytest.raises(EvalHarnessError, match=message):
        metric(odd(odd_checkpoints.with_hparams, **changes)).missing_requirement()


@pytest.mark.parametrize("content", [b"- a list\n", b"\xff\xfe", b"a: [", b""])
def test_a_damaged_hparams_file_is_told(odd: MakeOdd, metric: MakeMetric, content: bytes) -> None:
    folder = odd(odd_checkpoints.with_training_state)
    (folder / "hparams.yaml").write_bytes(content)
    with pytest.raises(EvalHarnessError, match=r"hparams\.yaml:? (cannot be read|names no)"):
        metric(folder).missing_requirement()


def test_an_encoder_that_lies_elsewhere_can_be_named(
    tiny: TinyComet, odd: MakeOdd, metric: MakeMetric
) -> None:
    folder = odd(odd_checkpoints.with_hparams, pretrained_model="nobody/encoder")
    reason = metric(folder).missing_requirement()
    assert reason is not None
    assert reason.startswith("its encoder's nobody/encoder is not on this machine; python -m ev")
    encoder = tiny("regression").parent / "encoder-usual"
    named = metric(folder, encoder=str(encoder))
    assert named.missing_requirement() is None
    expected = predict(tiny("regression"), SAMPLES).scores
    assert np.abs(np.array(scores(named, SAMPLES)) - expected).max() < 1e-5


def test_scores_that_are_no_numbers_are_never_kept_and_said_with_what_mends_them(
    odd: MakeOdd, metric: MakeMetric, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = odd(odd_checkpoints.with_nan)
    for _ in range(2):
        made = metric(folder)
        caplog.clear()
        assert np.isnan(scores(made, SAMPLES)).all()
        warned = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
        assert warned == [
            "regression: 4 of 4 scores are no finite numbers: the checkpoint is damaged, or try"
            " another metric.comet.dtype="
        ]
    kept = [path.read_text() for path in tmp_path.glob("store/judgements/*/*.jsonl")]
    assert not any("score" in content for content in kept)


def test_embeddings_that_are_no_numbers_are_never_kept(
    odd: MakeOdd, metric: MakeMetric, tmp_path: Path
) -> None:
    folder = odd(odd_checkpoints.with_nan, "encoder.model.embeddings.LayerNorm.weight")
    assert np.isnan(scores(metric(folder), SAMPLES)).all()
    assert [path.stat().st_size for path in tmp_path.glob("store/embeddings/*/*.f32")] == [0]


@pytest.mark.parametrize("handling", list(References))
def test_one_reference_without_a_number_leaves_the_segment_without_one(
    tiny: TinyComet, metric: MakeMetric, handling: References
) -> None:
    made = metric(tiny("regression"), references=handling)
    good, bad = Opinion(0.5, False), Opinion(float("nan"), False)
    assert np.isnan(made._combine([good, bad]))
    assert np.isnan(made._combine([bad, good]))


def test_without_pkg_resources_nothing_is_loaded(
    tiny: TinyComet, metric: MakeMetric, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pkg_resources", None)
    made = metric(tiny("regression"))
    needs = "unbabel-comet needs pkg_resources; pip install 'setuptools<82'"
    assert made.missing_requirement() == needs
    with pytest.raises(EvalHarnessError, match="needs pkg_resources"):
        made.judge(outputs(SAMPLES))


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as hub:
        yield hub


STATES = """
import sys
from evalharness.metrics import Comet
from evalharness.metrics.comet.checkpoint import ENCODERS
from evalharness.values import Bitext, Segment
made = Comet("Unbabel/wmt22-comet-da@main", store=sys.argv[1])
print(made.missing_requirement())
for checkpoint in made.checkpoints():
    checkpoint.fetch()
bitext = Bitext("t", "tr", "en", (Segment("1", 0, None, "a", ("b",)),), "src", 1, ("human",))
print(made.missing_requirement(), made.signature(bitext))
"""


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_weights_and_encoder_come_from_the_hub_the_encoder_without_weights(
    odd: MakeOdd, tiny: TinyComet, hub: Hub, tmp_path: Path
) -> None:
    folder = odd(odd_checkpoints.with_hparams, pretrained_model="xlm/encoder")
    comet, encoder = Repo(), Repo()
    hub.repos.update({"Unbabel/wmt22-comet-da": comet, "xlm/encoder": encoder})
    first = comet.push({**files(folder), "README.md": b"a card"})
    weights = {"model.safetensors": b"x", "pytorch_model.bin": b"x", "onnx/model.onnx": b"x"}
    second = encoder.push({**files(tiny("regression").parent / "encoder-usual"), **weights})
    done = subprocess.run(
        [sys.executable, "-c", STATES, str(tmp_path / "store")],
        env={**os.environ, **environment(tmp_path / "home", hub.url)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    before, after = done.stdout.splitlines()
    assert before.startswith("not on this machine; python -m evalharness fetch metric=comet")
    message, signature = after.split(" ", 1)
    assert message == "None"
    assert f"|checkpoint:Unbabel/wmt22-comet-da@{first[:10]}|" in signature
    assert f"|encoder:xlm/encoder@{second[:10]}|" in signature
    got = [request for request in hub.asked() if "resolve" in request]
    assert not [request for request in got if any(name in request for name in weights)]
    assert [request for request in got if "model.ckpt" in request]


def test_the_command_that_fetches_is_as_short_as_can_be() -> None:
    usual = "Unbabel/wmt22-comet-da@2760a223ac957f30acfb18c8aa649b01cf1d75f2"
    made = Comet(usual, store="s")
    assert (
        made.missing_requirement()
        == "not on this machine; python -m evalharness fetch metric=comet"
    )
    other = Comet("Unbabel/wmt20-comet-da", store="s").missing_requirement()
    assert other is not None
    assert other.endswith("fetch metric=comet metric.comet.checkpoint=Unbabel/wmt20-comet-da")


def test_the_encoders_are_those_of_unbabel_comet() -> None:
    from comet.encoders import str2encoder

    assert set(ENCODERS) == set(str2encoder)
