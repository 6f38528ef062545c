"""Weights and scores that are no numbers end a run: they never become a translation."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from evalharness.errors import EvalHarnessError

from ...conftest import CommandLine
from .conftest import TURKISH, Tiny, configured, translations
from .tiny_gguf import GGUF, build_gguf

# A matrix of the decoder of each, the one an encoder-decoder and the other a language model.
MATRICES = {"nllb": "decoder.layers.1.fc2", "qwen3": "layers.1.mlp.down_proj"}
Weights = dict[str, torch.Tensor]


def options(model: str, folder: Path, *more: str) -> list[str]:
    certain = ["model.temperature=0"] if model == "qwen3" else []
    command = [f"model={model}", f"model.checkpoint={folder}", "model.max_new_tokens=40"]
    return [*command, *certain, *more]


def changed(folder: Path, copy: Path, change: Callable[[Weights], None]) -> Path:
    """Copies a checkpoint with other weights."""
    shutil.copytree(folder, copy)
    weights = load_file(copy / "model.safetensors")
    change(weights)
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    return copy


def with_value(part: str, value: float) -> Callable[[Weights], None]:
    """Sets a single weight of the matrix whose name has this part."""

    def change(weights: Weights) -> None:
        (name,) = [name for name in weights if f"{part}.weight" in name]
        weights[name][3, 5] = value

    return change


@pytest.mark.parametrize("engine", ["transformers", "ctranslate2"])
@pytest.mark.parametrize(("model", "value"), [("nllb", "nan"), ("qwen3", "-inf")])
def test_a_weight_that_is_no_number_is_refused_by_name(
    evalharness: CommandLine,
    small: list[str],
    tiny: Tiny,
    tmp_path: Path,
    model: str,
    value: str,
    engine: str,
) -> None:
    change = with_value(MATRICES[model], float(value))
    folder = changed(tiny(model), tmp_path / "damaged", change)
    command = options(model, folder, f"model.engine={engine}")
    outcome = evalharness(*small, *command, "metric=bleu")
    assert outcome.code == 2, outcome
    line = outcome.err.splitlines()[-1]
    assert line.startswith(f"evalharness: error: {folder}: holds weights that are no finite number")
    assert f"{MATRICES[model]}.weight; copy a damaged checkpoint anew, or choose another" in line
    assert not list(tmp_path.glob("results/runs/*"))


def test_a_weight_in_gguf_that_is_no_number_is_refused_by_name(
    evalharness: CommandLine, small: list[str], tmp_path: Path
) -> None:
    outcomes = []
    for value in (0.1, float("nan")):
        folder = build_gguf(tmp_path / str(value), weight=value)
        command = options("smollm2", folder, f"model.gguf_file={GGUF}", f"results_dir=r{value}")
        outcomes.append(evalharness(*small, *command, "metric=bleu"))
    assert [outcome.code for outcome in outcomes] == [0, 2], outcomes
    line = outcomes[1].err.splitlines()[-1]
    assert "no finite numbers in float32, such as model.layers.0.mlp.down_proj.weight; " in line


def test_a_weight_too_great_for_the_format_is_refused(tiny: Tiny, tmp_path: Path) -> None:
    folder = changed(tiny("nllb"), tmp_path / "great", with_value(MATRICES["nllb"], 1e5))
    command = options("nllb", folder)
    translations(configured(*command, "dtype=float32"), TURKISH)
    with pytest.raises(EvalHarnessError, match=r"no finite numbers in float16, such as .*fc2\.w"):
        translations(configured(*command, "dtype=float16"), TURKISH)


@pytest.mark.parametrize("beams", [1, 3])
def test_scores_that_overflow_while_it_generates_are_an_error(
    tiny: Tiny, tmp_path: Path, beams: int
) -> None:
    def enlarge(weights: Weights) -> None:
        (name,) = [name for name in weights if "decoder.layer_norm.weight" in name]
        weights[name] *= 3e4  # in float16 a number as well, but its products with others are not

    folder = changed(tiny("nllb"), tmp_path / "great", enlarge)
    command = options("nllb", folder, f"model.beams={beams}")
    translations(configured(*command, "dtype=float32"), TURKISH)
    with pytest.raises(EvalHarnessError) as caught:
        translations(configured(*command, "dtype=float16"), TURKISH)
    assert str(caught.value) == (
        f"{folder}: gives no finite scores for '{TURKISH[0]}'; the checkpoint is damaged, or try"
        " another dtype="
    )


@pytest.mark.sweep
@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("model", MATRICES)
def test_a_converted_model_that_is_damaged_later_is_converted_anew(
    tiny: Tiny, tmp_path: Path, model: str, beams: int
) -> None:
    engine = ["model.engine=ctranslate2", f"store.dir={tmp_path}", f"model.beams={beams}"]
    command = options(model, tiny(model), *engine)
    sound = translations(configured(*command), TURKISH)
    weights = load_file(tiny(model) / "model.safetensors")
    (matrix,) = [values for name, values in weights.items() if f"{MATRICES[model]}.weight" in name]
    (converted,) = tmp_path.rglob("model.bin")
    content = converted.read_bytes()
    assert content.count(matrix[3].numpy().tobytes()) == 1
    broken = torch.full_like(matrix[3], torch.nan).numpy().tobytes()
    converted.write_bytes(content.replace(matrix[3].numpy().tobytes(), broken))
    assert translations(configured(*command), TURKISH) == sound
    assert converted.read_bytes() == content
