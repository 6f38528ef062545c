"""Checkpoints of strangers: none runs code, reads files elsewhere, or takes the machine with it.

Each one here ran code, or read what is not its own, before checkpoints were vetted, or is of the
kinds that transformers refuses by itself: pickles, headers that lie, chat templates. The code is
harmless: it makes a file.
"""

from __future__ import annotations

import ast
import json
import os
import pickle
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import evalharness
from evalharness.compute import architectures, loading
from evalharness.compute.gguf import check_header
from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint

from ...conftest import CommandLine, files_below, in_new_process
from ...hub_server import Repo, environment, serving
from .conftest import TURKISH, Tiny, configured, translations

pytestmark = pytest.mark.sweep

SEQ2SEQ = "AutoModelForSeq2SeqLM"


class Hostile:
    """A copy of a sound checkpoint to be changed, and code that leaves a mark when it runs."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.mark = folder.parent / "MARK"
        # A module of the same name and content would not be executed a second time.
        self.code = f"import pathlib\npathlib.Path({str(self.mark)!r}).touch()\n"

    def change(self, file: str, **values: Any) -> None:
        path = self.folder / file
        content = json.loads(path.read_bytes()) if path.exists() else {}
        path.write_text(json.dumps({**content, **values}), encoding="utf-8")

    def lightglue(self) -> dict[str, Any]:
        """A configuration that loads a second repository's code."""
        other = self.folder.parent / "second"
        other.mkdir(exist_ok=True)
        own = {"model_type": "own", "auto_map": {"AutoConfig": "configuration_own.Own"}}
        (other / "config.json").write_text(json.dumps(own))
        base = "from transformers import PretrainedConfig\nclass Own(PretrainedConfig): ...\n"
        (other / "configuration_own.py").write_text(self.code + base)
        detector = {"model_type": "own", "_name_or_path": str(other)}
        return {
            "model_type": "lightglue",
            "trust_remote_code": True,
            "keypoint_detector_config": detector,
        }


@pytest.fixture
def hostile(tiny: Tiny, tmp_path: Path) -> Hostile:
    return Hostile(shutil.copytree(tiny("nllb"), tmp_path / "lightglue" / "nllb"))


def nested(hostile: Hostile) -> None:
    (hostile.folder / "config.json").write_text(json.dumps(hostile.lightglue()))


def deeper(hostile: Hostile) -> None:
    parts = {"encoder": hostile.lightglue(), "decoder": {"model_type": "bert"}}
    content = {"model_type": "encoder-decoder", **parts}
    (hostile.folder / "config.json").write_text(json.dumps(content))


def by_the_folders_name(hostile: Hostile) -> None:
    content = {**hostile.lightglue(), "model_type": None}
    del content["model_type"]
    (hostile.folder / "config.json").write_text(json.dumps(content))


def in_another_version(hostile: Hostile) -> None:
    (hostile.folder / "config.4.0.0.json").write_text(json.dumps(hostile.lightglue()))
    hostile.change("config.json", configuration_files=["config.4.0.0.json"])


def outside_in_another_version(hostile: Hostile) -> None:
    (hostile.folder.parent / "config.4.0.0.json").write_text(json.dumps(hostile.lightglue()))
    hostile.change("config.json", configuration_files=["../config.4.0.0.json"])


def own_generation(hostile: Hostile) -> None:
    (hostile.folder / "custom_generate").mkdir()
    code = f"{hostile.code}def generate(model, *given, **options): ...\n"
    (hostile.folder / "custom_generate/generate.py").write_text(code)


RUNS = {
    nested: r"config\.json: model_type: 'lightglue' is no architecture that is loaded here",
    deeper: r"config\.json: \w+: ('lightglue' is no architecture|asks to trust code)",
    by_the_folders_name: r"config\.json: model_type: None is no architecture",
    in_another_version: r"config\S+: (configuration_files: names other files|model_type: 'light)",
    outside_in_another_version: r"config\.json: configuration_files: names other files",
    own_generation: r"custom_generate: holds code, which transformers would run",
}


@pytest.mark.parametrize("change", RUNS, ids=lambda change: change.__name__)
@pytest.mark.parametrize("engine", ["transformers", "ctranslate2"])
def test_code_is_never_run(hostile: Hostile, engine: str, change: Callable) -> None:
    change(hostile)
    store = f"store.dir={hostile.folder.parent / 'store'}"
    options = ["model=nllb", f"model.checkpoint={hostile.folder}", f"model.engine={engine}"]
    system = configured(*options, store)
    with pytest.raises(EvalHarnessError, match=RUNS[change]) as caught:
        translations(system, TURKISH[:1])
    assert not hostile.mark.exists()
    assert str(hostile.folder) in str(caught.value)
    assert "choose another model.checkpoint=" in str(caught.value)


def test_the_command_line_says_it_in_one_line(
    hostile: Hostile, evalharness: CommandLine, small: list[str]
) -> None:
    nested(hostile)
    outcome = evalharness(*small, "metric=bleu", "model=nllb", f"model.checkpoint={hostile.folder}")
    assert outcome.code == 2
    (line,) = [line for line in outcome.err.splitlines() if line.startswith("evalharness: error")]
    assert "'lightglue' is no architecture that is loaded here" in line
    assert "Traceback" not in outcome.err
    assert not hostile.mark.exists()


def test_no_second_repository_is_downloaded(
    hostile: Hostile, small: list[str], tmp_path: Path
) -> None:
    second = hostile.lightglue()
    second["keypoint_detector_config"]["_name_or_path"] = "own/code"
    (hostile.folder / "config.json").write_text(json.dumps(second))
    with serving() as hub:
        hub.repos |= {"own/model": Repo(), "own/code": Repo()}
        hub.repos["own/model"].push(files_below(hostile.folder))
        hub.repos["own/code"].push(files_below(hostile.folder.parent / "second"))
        command = [*small, "metric=bleu", "model=nllb", "model.checkpoint=own/model"]
        reached = environment(tmp_path / "home", hub.url)
        done = in_new_process(*command, cwd=tmp_path, **reached)
        assert done.returncode == 2
        assert "'lightglue' is no architecture that is loaded here" in done.stderr
        assert not [asked for asked in hub.requests if "own/code" in asked]
        assert [asked for asked in hub.requests if "own/model" in asked]
    assert not hostile.mark.exists()


CODE = "attacker/code--own.Own"
CONFIG, TOKENIZER = "config.json", "tokenizer_config.json"
REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "code, named": (CONFIG, {"auto_map": {SEQ2SEQ: CODE}}, "auto_map"),
    "code, deeply named": (CONFIG, {"a": [{"b": {"auto_map": {"A": CODE}}}]}, "auto_map"),
    "trust, deeply": (CONFIG, {"text_config": {"trust_remote_code": 1}}, "trust_remote_code"),
    "trust in settings": ("generation_config.json", {"trust_remote_code": True}, "trust_remote"),
    "trust in a processor": ("processor_config.json", {"auto_map": {"A": CODE}}, "auto_map"),
    "a tokenizer's code": (TOKENIZER, {"auto_map": {"AutoTokenizer": [CODE, None]}}, "auto_map"),
    "no tokenizer": (TOKENIZER, {"tokenizer_class": "LightGlueConfig"}, "tokenizer_class"),
    "pickles": (TOKENIZER, {"tokenizer_class": "TransfoXLTokenizer"}, "tokenizer_class"),
    "no tokenizer in config": (CONFIG, {"tokenizer_class": "pipeline"}, "tokenizer_class"),
    "a kernel": (CONFIG, {"_attn_implementation_internal": "attacker/kernel"}, "_attn_impl"),
    "a kernel, plainly": (CONFIG, {"attn_implementation": "attacker/kernel@main:x"}, "attn_impl"),
    "a wrapped kernel": (CONFIG, {"_attn_implementation": "sdpa|attacker/kernel"}, "_attn_impl"),
    "a kernel for a part": (CONFIG, {"attn_implementation": {"text": "attacker/k"}}, "attn_impl"),
    "kernels that unpack": (
        CONFIG,
        {"quantization_config": {"quant_method": "mxfp4"}},
        "quantization_config",
    ),
    "another part": (CONFIG, {"vision_config": {"model_type": "timm_backbone"}}, "model_type"),
    "fetched kernels": (CONFIG, {"model_type": "mamba"}, "model_type"),
    "layers without end": (CONFIG, {"encoder_layers": 10**7}, "encoder_layers"),
    "inner layers": (CONFIG, {"text_config": {"num_hidden_layers": 10**9}}, "num_hidden_layers"),
    "weights elsewhere": (CONFIG, {"transformers_weights": "../w.safetensors"}, "transformers_w"),
    "a vocabulary elsewhere": (TOKENIZER, {"tokenizer_file": "../elsewhere"}, "tokenizer_file"),
    "a vocabulary by place": (TOKENIZER, {"init_inputs": ["/etc/hostname"]}, "init_inputs"),
    "another tokenizer": (
        TOKENIZER,
        {"fast_tokenizer_files": ["../tokenizer.4.json"]},
        "fast_tokenizer_files",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_names_code_or_files_elsewhere_is_refused(hostile: Hostile, case: str) -> None:
    file, values, key = REFUSED[case]
    (hostile.folder.parent / "elsewhere").write_text("{}")
    hostile.change(file, **values)
    system = configured("model=nllb", f"model.checkpoint={hostile.folder}")
    with pytest.raises(EvalHarnessError, match=rf"{file}: \w*{key}\w*: ") as caught:
        system._reader("tr", "en")
    assert len(str(caught.value)) < 500


def test_an_adapter_is_refused_since_it_names_another_checkpoint(hostile: Hostile) -> None:
    hostile.change("adapter_config.json", base_model_name_or_path="attacker/code")
    system = configured("model=nllb", f"model.checkpoint={hostile.folder}")
    with pytest.raises(EvalHarnessError, match=r"adapter_config\.json: an adapter, which names"):
        system._reader("tr", "en")


def test_makers_leave_harmless_traces_that_are_no_reason_to_refuse(hostile: Hostile) -> None:
    nowhere = "/home/maker/models/tokenizer.json"
    traces = {"special_tokens_map_file": nowhere, "name_or_path": "/home/maker/models"}
    hostile.change(TOKENIZER, vocab_file=None, init_inputs=[], **traces)
    hostile.change(CONFIG, _name_or_path="maker/model", trust_remote_code=False)
    hostile.change(CONFIG, shared_expert_intermediate_size=20_480, block_size=65_536)
    hostile.change(CONFIG, attn_implementation=None, _attn_implementation_autoset=True)
    system = configured("model=nllb", f"model.checkpoint={hostile.folder}")
    assert system._reader("tr", "en").config.model_type == "m2m_100"


LARGE = ": cannot be read: larger than 16 MiB"
DEEP = " is no JSON: values lie more than 64 deep in each other"
BOUNDS: dict[str, tuple[Callable[[Path], object], str]] = {
    "too large": (lambda path: os.truncate(path, 17_000_000), LARGE),
    "too deep": (lambda path: path.write_text('{"a":' * 65 + "1" + "}" * 65), DEEP),
    "far too deep": (lambda path: path.write_text('{"a":' * 10**5), DEEP),
    "a pipe": (lambda path: (path.unlink(), os.mkfifo(path)), ": not a regular file"),
}


@pytest.mark.parametrize("case", BOUNDS)
@pytest.mark.parametrize("file", ["generation_config.json", "special_tokens_map.json"])
def test_small_files_are_bounded_before_they_are_read(
    hostile: Hostile, case: str, file: str
) -> None:
    spoil, message = BOUNDS[case]
    (hostile.folder / file).touch()
    spoil(hostile.folder / file)
    system = configured("model=nllb", f"model.checkpoint={hostile.folder}")
    with pytest.raises(EvalHarnessError, match=rf"{file}{message}"):
        system._reader("tr", "en")


def test_what_vetting_overlooks_is_not_run_all_the_same(hostile: Hostile) -> None:
    from transformers import AutoConfig

    second = hostile.lightglue()["keypoint_detector_config"]["_name_or_path"]
    with (
        pytest.raises(EvalHarnessError, match="would have to be executed to be loaded"),
        loading(Checkpoint(str(hostile.folder)), architectures(SEQ2SEQ)),
    ):
        AutoConfig.from_pretrained(second, trust_remote_code=True)
    assert not hostile.mark.exists()
    AutoConfig.from_pretrained(second, trust_remote_code=True)  # outside, who trusts it runs it
    assert hostile.mark.exists()


def test_no_kernel_is_fetched_while_a_checkpoint_is_loaded(hostile: Hostile) -> None:
    from transformers import modeling_utils

    with (
        pytest.raises(EvalHarnessError, match="would have to be executed"),
        loading(Checkpoint(str(hostile.folder)), architectures(SEQ2SEQ)),
    ):
        modeling_utils.load_and_register_kernel("attacker/kernel")


# What loads something by a name or folder, and the modules that do so inside `loading`.
LOADERS = {
    "from_pretrained": {
        "systems/neural/reader.py",
        "systems/neural/transformers_engine.py",
    },
    "TransformersConverter": {"systems/neural/ctranslate2_engine.py"},
    "str2model": {"metrics/comet/network.py"},
    "torch.load": {"metrics/comet/network.py"},
    "pipeline": set(),
    "hf_hub_download": {"hub/repository.py"},
    "snapshot_download": {"hub/repository.py"},  # with local_files_only: it finds a commit
    "load_from_checkpoint": set(),
    "download_model": set(),
}


def test_nothing_else_in_the_harness_loads_a_checkpoint() -> None:
    root = Path(evalharness.__file__).parent
    found: dict[str, set[str]] = {name: set() for name in LOADERS}
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            used = ast.unparse(node) if isinstance(node, (ast.Attribute, ast.Name)) else ""
            for name in LOADERS:
                if used == name or used.endswith(f".{name}"):
                    found[name].add(path.relative_to(root).as_posix())
    assert found == LOADERS


class Code:
    """Unpickling makes a folder."""

    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., None], tuple[str]]:
        return os.mkdir, (str(self.mark),)


def test_a_pickle_with_code_is_refused(hostile: Hostile) -> None:
    (hostile.folder / "model.safetensors").unlink()
    torch.save({"model.shared.weight": Code(hostile.mark)}, hostile.folder / "pytorch_model.bin")
    with pytest.raises(pickle.UnpicklingError):
        torch.load(hostile.folder / "pytorch_model.bin", weights_only=True)
    system = configured("model=nllb", f"model.checkpoint={hostile.folder}")
    with pytest.raises(EvalHarnessError, match="cannot be loaded") as caught:
        translations(system, TURKISH[:1])
    assert not hostile.mark.exists()
    assert "\n" not in str(caught.value)


HEADERS = {
    "longer than the file": struct.pack("<Q", 2**40) + b"{}",
    "longer than memory": struct.pack("<Q", 2**63) + b"{}",
    "offsets beyond the end": b'{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}',
    "a size that overflows": b'{"a":{"dtype":"F32","shape":[4294967296,4294967296],'
    b'"data_offsets":[0,0]}}',
}


@pytest.mark.parametrize("case", HEADERS)
def test_a_header_of_safetensors_that_lies_is_refused(hostile: Hostile, case: str) -> None:
    header = HEADERS[case]
    content = struct.pack("<Q", len(header)) + header if header.startswith(b"{") else header
    (hostile.folder / "model.safetensors").write_bytes(content)
    system = configured("model=nllb", f"model.checkpoint={hostile.folder}")
    with pytest.raises(EvalHarnessError, match="cannot be loaded"):
        translations(system, TURKISH[:1])


def gguf(*, pairs: int = 1, tensors: int = 0, rest: bytes = b"") -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, tensors, pairs) + rest


def gguf_string(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


ARCHITECTURE = gguf_string("general.architecture") + struct.pack("<I", 8)
GGUFS = {
    "more pairs than bytes": gguf(pairs=2**60),
    "more tensors than bytes": gguf(pairs=0, tensors=2**60),
    "a text longer than the file": gguf(rest=struct.pack("<Q", 2**60)),
    "a list longer than the file": gguf(rest=gguf_string("a") + struct.pack("<IIQ", 9, 4, 2**60)),
    "an architecture of its own": gguf(rest=ARCHITECTURE + gguf_string("lightglue")),
}


@pytest.mark.parametrize("case", GGUFS)
def test_a_gguf_file_that_lies_is_refused(tmp_path: Path, case: str) -> None:
    folder = tmp_path / "gguf"
    folder.mkdir()
    (folder / "model.gguf").write_bytes(GGUFS[case])
    command = [f"model.checkpoint={folder}", "model.gguf_file=model.gguf"]
    with pytest.raises(EvalHarnessError, match="cannot be loaded"):
        configured("model=smollm2", *command)._reader("tr", "en")


def test_a_sound_gguf_file_is_read_and_a_part_of_its_header_is_not(tmp_path: Path) -> None:
    from gguf import GGUFReader, GGUFWriter

    path = tmp_path / "model.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_block_count(2)
    writer.add_token_list(["<unk>", "elma", "armut"])
    writer.add_array("scores", [0.5, 1.5])
    writer.add_array("lists", [1, 2, 3])
    writer.add_float32("epsilon", 1e-5)
    writer.add_tensor("a", np.zeros((2, 3), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    check_header(path)
    content, header = path.read_bytes(), GGUFReader(path).data_offset  # padded to 32 bytes
    for length in range(header - 32):
        path.write_bytes(content[:length])
        with pytest.raises(ValueError, match="GGUF"):
            check_header(path)


TEMPLATES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.mkdir('MARK') }}",
    "{{ raise_exception.__globals__['__builtins__']['open']('MARK', 'w') }}",
    "{{ messages.append('x') }}",
]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_chat_template_stays_in_its_sandbox(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = shutil.copytree(tiny("qwen3"), tmp_path / "qwen3")
    (folder / "chat_template.jinja").write_text(template)
    system = configured("model=qwen3", f"model.checkpoint={folder}")
    with pytest.raises(EvalHarnessError, match=r"its chat template does not take model\.messages"):
        system.encode(system._reader("tr", "en"), "elma", "tr", "en")
    assert not Path("MARK").exists()
