"""What a checkpoint says is vetted before transformers reads it: none of it may name code.

transformers 4.57 follows what configurations say further than `trust_remote_code=False` reaches: a
nested configuration may set it to true and name another repository (LightGlue), an attention
implementation may be a repository of kernels, a tokenizer's class may be any name of transformers,
`custom_generate/generate.py` of a folder is run unasked, and an adapter (PEFT) loads a second
checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache, partial
from pathlib import Path
from typing import Any

from evalharness.compute.gguf import check_header
from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint, read_json

ENCODERS = frozenset({"bert", "rembert", "xlm-roberta", "xlm-roberta-xl"})
"""The architectures of COMET's encoders."""

# They fetch kernels, or unpickle, whatever their configuration says.
_FETCHING = frozenset({"falcon_mamba", "mamba", "transfo-xl"})
_FETCHING_TOKENIZERS = frozenset({"RagTokenizer", "RealmTokenizer", "TransfoXLTokenizer"})
_ATTENTION = ("eager", "sdpa", "flash_attention_2", "flash_attention_3", "flex_attention")
# They are read by an installed package alone; mxfp4, for one, fetches kernels.
_QUANTIZED = ("awq", "bitsandbytes", "compressed-tensors", "fp8", "gptq")
# Files whose keys are tokens, or that transformers does not read.
_NO_CONFIGURATION = ("tokenizer.json", "vocab*.json", "added_tokens.json", "trainer_state.json")
_SMALL_FILES = (
    "*.json",
    "*.jinja",
    "*.model",
    "*.spm",
    "*.tiktoken",
    "*.bpe",
    "*.codes",
    "vocab*.txt",
    "merges.txt",
    "dict.txt",
)
_SMALL_BYTES = 256_000_000  # Gemma 3's tokenizer.json has 33 MB
_OTHER_FILES = (
    "configuration_files",
    "fast_tokenizer_files",
    "init_inputs",
    "transformers_weights",
)
_FILE_NAMES = ("_file", "_spm", "vocab")
# What is made one by one: ten million layers take hours and all memory before any weight is read.
_COUNTED = ("layer", "layers", "blocks", "experts", "depth")  # how such keys end
_MOST_PARTS = 10_000
_CODE_FOLDER, _ADAPTER = "custom_generate", "adapter_config.json"

Objection = Callable[[Any], str | None]


def architectures(model_class: str) -> frozenset[str]:
    """Returns the `model_type`s that transformers loads as a model for translation.

    Args:
        model_class: `AutoModelForSeq2SeqLM` or `AutoModelForCausalLM`.
    """
    from transformers.models.auto import modeling_auto

    names = {
        "AutoModelForSeq2SeqLM": modeling_auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
        "AutoModelForCausalLM": modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    }
    return frozenset(names[model_class]) - _FETCHING


def vet(folder: Path, checkpoint: Checkpoint, known: Collection[str]) -> None:
    """Refuses a checkpoint that would make transformers run, fetch or read something else.

    Args:
        folder: What `Checkpoint.folder` returned.
        checkpoint: What lies there, for errors.
        known: The `model_type`s that are loaded: `architectures`, or `ENCODERS`.

    Raises:
        EvalHarnessError: It would, or a file is no regular file, or too large.
        ValueError: A configuration is no JSON, or a GGUF file's header lies.
    """
    hint = f"choose another {checkpoint.key}="
    if (folder / _CODE_FOLDER).exists():
        raise EvalHarnessError(
            "holds code, which transformers would run", where=folder / _CODE_FOLDER, hint=hint
        )
    if (folder / _ADAPTER).exists():
        raise EvalHarnessError(
            "an adapter, which names another checkpoint to load",
            where=folder / _ADAPTER,
            hint=f"give {checkpoint.key}= a checkpoint that it is merged into",
        )
    for path in folder.glob("*.gguf"):
        if path.is_file():
            check_header(path)
    for path in sorted([*folder.glob("*"), *folder.glob("*/*.jinja")]):
        if not _matches(path, _SMALL_FILES):
            continue
        _check_size(path)
        is_configuration = path.suffix.lower() == ".json" and not _matches(path, _NO_CONFIGURATION)
        if is_configuration and (reason := _objection(path, known)):
            raise EvalHarnessError(reason, where=path, hint=hint)


def check_architecture(config: Any, known: Collection[str], checkpoint: Checkpoint) -> None:
    """Refuses an architecture that is not loaded; GGUF files name theirs outside of any JSON.

    Args:
        config: What transformers has read.
        known: The `model_type`s that are loaded.
        checkpoint: Where it was read, for the error.

    Raises:
        EvalHarnessError: It is none of `known`, or has more layers than are loaded.
    """
    reason = None if config.model_type in known else _no_architecture(config.model_type)
    for key, value in _entries(config.to_dict()):
        reason = reason or _too_many(key, value)
    if reason:
        raise EvalHarnessError(
            reason, where=checkpoint.name, hint=f"choose another {checkpoint.key}="
        )


def _objection(path: Path, known: Collection[str]) -> str | None:
    """What is wrong with a configuration, in words."""
    content = read_json(path)
    allowed: Collection[str] = known
    if path.name.lower() == "config.json":
        model_type = content.get("model_type") if isinstance(content, dict) else None
        if not isinstance(model_type, str) or model_type not in known:
            return f"model_type: {_no_architecture(model_type)}"
        allowed = _parts(model_type)
    refused: dict[str, Objection] = {
        "trust_remote_code": lambda value: "asks to trust code" if value else None,
        "auto_map": lambda value: "names code of its own" if value else None,
        "model_type": lambda value: None if value in tuple(allowed) else _no_architecture(value),
        "tokenizer_class": _no_tokenizer,
        "quantization_config": _no_quantization,
        "compression_config": _no_quantization,
    }
    refused |= dict.fromkeys(_OTHER_FILES, lambda value: "names other files" if value else None)
    for key, value in _entries(content):
        if reason := _too_many(key, value):
            return reason
        objection = refused.get(key)
        if "attn_implementation" in key:
            objection = _no_attention
        elif key.endswith(_FILE_NAMES):
            objection = partial(_elsewhere, path.parent)
        if objection is not None and (reason := objection(value)):
            return f"{key}: {reason}"
    return None


def _check_size(path: Path) -> None:
    """Refuses what is no regular file, such as a pipe, and what is too large."""
    if not path.is_file():
        raise EvalHarnessError("not a regular file", where=path)
    if (size := path.stat().st_size) > _SMALL_BYTES:
        raise EvalHarnessError(
            f"has {size} bytes; such a file may have {_SMALL_BYTES}",
            where=path,
            hint="choose another checkpoint, or a copy without what is not needed",
        )


def _entries(content: Any) -> Iterator[tuple[str, Any]]:
    """Yields every key with its value, at any depth."""
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value.items()
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _too_many(key: object, value: Any) -> str | None:
    counted = isinstance(key, str) and key.lower().endswith(_COUNTED)
    if not (counted and isinstance(value, int) and value > _MOST_PARTS):
        return None
    return f"{key}: {_short(value)}, more than the {_MOST_PARTS} that are loaded"


def _no_architecture(model_type: object) -> str:
    return f"{_short(model_type)} is no architecture that is loaded here"


def _parts(model_type: str) -> frozenset[str]:
    """The `model_type`s that may stand inside a configuration of this one."""
    from transformers import CONFIG_MAPPING

    declared = CONFIG_MAPPING[model_type].sub_configs.values()
    named = {getattr(part, "model_type", model_type) for part in declared}
    text = architectures("AutoModelForSeq2SeqLM") | architectures("AutoModelForCausalLM")
    return text | ENCODERS | named


def _no_tokenizer(value: Any) -> str | None:
    if value is None or (isinstance(value, str) and value.removesuffix("Fast") in _tokenizers()):
        return None
    return f"{_short(value)} is no tokenizer that is loaded here"


@cache
def _tokenizers() -> frozenset[str]:
    """The classes of tokenizers, without the `Fast` at their end."""
    from transformers.models.auto.tokenization_auto import TOKENIZER_MAPPING_NAMES

    named = {str(name) for pair in TOKENIZER_MAPPING_NAMES.values() for name in pair if name}
    return frozenset(name.removesuffix("Fast") for name in named - _FETCHING_TOKENIZERS)


def _no_attention(value: Any) -> str | None:
    inner = list(value.values()) if isinstance(value, dict) else [value]
    named = [name for name in inner if not (name is None or isinstance(name, bool))]
    strange = [name for name in named if name not in _ATTENTION]
    return f"{_short(strange[0])} is none of {', '.join(_ATTENTION)}" if strange else None


def _no_quantization(value: Any) -> str | None:
    if value is None:
        return None
    method = value.get("quant_method", "bitsandbytes") if isinstance(value, dict) else value
    return None if method in _QUANTIZED else f"{_short(method)} is none of {', '.join(_QUANTIZED)}"


def _elsewhere(folder: Path, value: Any) -> str | None:
    """Published checkpoints name files of their makers' machines, which exist nowhere else."""
    if not isinstance(value, str) or not 0 < len(value) < 1000 or not (folder / value).exists():
        return None
    return None if (folder / value).parent == folder else "names a file outside the checkpoint"


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:80]}..."


def _matches(path: Path, patterns: Iterable[str]) -> bool:
    """Without regard to case: some file systems have none."""
    return any(fnmatchcase(path.name.lower(), pattern) for pattern in patterns)
