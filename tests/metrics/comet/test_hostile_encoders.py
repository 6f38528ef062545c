"""COMET checkpoints and encoders of strangers; see systems/neural/test_hostile_checkpoints.py."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from evalharness.errors import EvalHarnessError

from .conftest import MakeMetric, TinyComet, scores
from .test_checkpoints import SAMPLES

pytestmark = pytest.mark.sweep


@pytest.fixture
def encoder(tiny: TinyComet, tmp_path: Path) -> Path:
    """A copy of a sound encoder."""
    return shutil.copytree(tiny("regression").parent / "encoder-usual", tmp_path / "encoder")


def nested(encoder: Path, code: str) -> None:
    """Without a class of its own the tokenizer asks for the configuration, which loads another."""
    other = encoder.parent / "second"
    other.mkdir()
    own = {"model_type": "own", "auto_map": {"AutoConfig": "configuration_own.Own"}}
    (other / "config.json").write_text(json.dumps(own))
    base = "from transformers import PretrainedConfig\nclass Own(PretrainedConfig): ...\n"
    (other / "configuration_own.py").write_text(code + base)
    tokenizer = json.loads((encoder / "tokenizer_config.json").read_bytes())
    del tokenizer["tokenizer_class"]
    (encoder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    config = json.loads((encoder / "config.json").read_bytes())
    config["model_type"], config["trust_remote_code"] = "lightglue", True
    config["keypoint_detector_config"] = {"model_type": "own", "_name_or_path": str(other)}
    (encoder / "config.json").write_text(json.dumps(config))


def kernel(encoder: Path, code: str) -> None:
    config = json.loads((encoder / "config.json").read_bytes())
    config["_attn_implementation_internal"] = "attacker/kernel"
    (encoder / "config.json").write_text(json.dumps(config))


def another_architecture(encoder: Path, code: str) -> None:
    config = json.loads((encoder / "config.json").read_bytes())
    (encoder / "config.json").write_text(json.dumps({**config, "model_type": "llama"}))


REFUSED = {
    nested: r"config\.json: model_type: 'lightglue' is no architecture that is loaded here",
    kernel: r"config\.json: _attn_implementation_internal: 'attacker/kernel' is none of",
    another_architecture: r"config\.json: model_type: 'llama' is no architecture",
}


@pytest.mark.parametrize("change", REFUSED, ids=lambda change: change.__name__)
def test_an_encoder_that_names_code_is_refused(
    tiny: TinyComet, metric: MakeMetric, encoder: Path, change: Callable[[Path, str], None]
) -> None:
    mark = encoder.parent / "MARK"
    change(encoder, f"import pathlib\npathlib.Path({str(mark)!r}).touch()\n")
    with pytest.raises(EvalHarnessError, match=REFUSED[change]) as caught:
        scores(metric(tiny("regression"), encoder=str(encoder)), SAMPLES)
    assert not mark.exists()
    assert "choose another metric.comet.encoder=" in str(caught.value)


LETTERS = "abcdefghijklmnopqrst"  # each stands for twice as much as the one before
ALIASES = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}]\n" for old, new in pairwise(LETTERS)
)
MERGES = "a: &a {k: v}\n" + "".join(
    f"{new}: &{new} {{<<: [*{old}, *{old}]}}\n" for old, new in pairwise(LETTERS)
)
MANY = "cannot be read: more than 100000 values"
DEEP = "cannot be read: values lie more than 64 deep in each other"
HPARAMS = {
    "code": ("encoder_model: !!python/object/apply:os.mkdir [MARK]", "cannot be read"),
    "aliases of aliases": (f"{ALIASES}encoder_model: *t", MANY),
    "merges of merges": (MERGES, MANY),
    "too deep": (f"encoder_model: {'[' * 65}{']' * 65}", DEEP),
    "far too deep": (f"encoder_model: {'[' * 5000}", DEEP),
    "too large": ("# " + "x" * 2**20, "cannot be read: larger than 1 MiB"),
}


@pytest.mark.parametrize("case", HPARAMS)
def test_hyperparameters_are_plain_values_within_bounds(
    tiny: TinyComet,
    metric: MakeMetric,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    case: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    addition, message = HPARAMS[case]
    folder = shutil.copytree(tiny("regression"), tmp_path / "comet")
    path = folder / "hparams.yaml"
    sound = path.read_text().replace("encoder_model: XLM-RoBERTa\n", "")
    path.write_text(f"{sound}{addition}\n")
    with pytest.raises(EvalHarnessError, match=rf"hparams\.yaml: {message}") as caught:
        metric(folder).missing_requirement()
    assert "\n" not in str(caught.value)
    assert not Path("MARK").exists()
