"""Which files of a checkpoint are wanted, whether all are there, and what the small ones say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from evalharness import reading
from evalharness.errors import EvalHarnessError

_TEXT = ("*.json", "*.txt", "*.jinja")
_VOCABULARY = (
    "tokenizer.json",
    "*.model",
    "*.spm",
    "*.tiktoken",
    "vocab*.json",
    "vocab*.txt",
    "vocab.bpe",
    "merges.txt",
    "dict.txt",
    "bpe.codes",
)
# Of other frameworks, of training, and of the formats that are not chosen.
_UNWANTED = (
    ".*",
    "tf_*",
    "flax_*",
    "rust_*",
    "onnx*",
    "openvino*",
    "consolidated*",
    "params.json",
    "adapter_config.json",  # of weights that are not downloaded
    "trainer_state.json",
    "*.index.json",
)
_TOKENIZER_CONFIG = "tokenizer_config.json"
# The tokenizers of transformers that work on bytes or code points, and have no vocabulary.
_WITHOUT_VOCABULARY = ("ByT5Tokenizer", "CanineTokenizer", "PerceiverTokenizer")
# A single file, or the shards that an index names; the first of these that is there.
_WEIGHTS = (
    ("model.safetensors", r"model-\d+-of-\d+\.safetensors"),
    ("pytorch_model.bin", r"pytorch_model-\d+-of-\d+\.bin"),
)


@dataclass(frozen=True)
class Files:
    """What is wanted of a checkpoint, and what is wanting in it.

    Attributes:
        rest: Everything but the weights; downloaded first.
        weights: The weights; downloaded last, so that where they are, everything is.
        missing: What a loader would look for in vain, in words.
    """

    rest: tuple[str, ...]
    weights: tuple[str, ...]
    missing: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All wanted files, in the order of their download."""
        return (*self.rest, *self.weights)


Select = Callable[[Sequence[str]], Files]
"""From the names of all files, `/` between folders, to those that are wanted.

A wanted file that is not among them is missing.
"""


def transformers_files(names: Sequence[str]) -> Files:
    """Selects what transformers loads: configuration, tokenizer and one set of weights.

    Safetensors are preferred to pickles. Code, and the weights of other frameworks, are never
    wanted, nor is anything in a subfolder.
    """
    root = sorted(name for name in names if "/" not in name)
    weights, index = _weights(root)
    rest = [name for name in root if _matches(name, (*_TEXT, *_VOCABULARY))]
    rest = [name for name in rest if not _matches(name, _UNWANTED) or name == index]
    missing = []
    if "config.json" not in root:
        missing.append("config.json")
    if not any(_matches(name, (*_VOCABULARY, _TOKENIZER_CONFIG)) for name in rest):
        missing.append("tokenizer (tokenizer.json, *.model, *.spm, vocab.json, vocab.txt, ...)")
    if not weights:
        missing.append("weights (model.safetensors, pytorch_model.bin, or shards with their index)")
    return Files(tuple(rest), tuple(weights), tuple(missing))


def with_gguf(select: Select) -> Select:
    """Also selects GGUF files, which hold configuration, tokenizer and weights in one."""

    def selected(names: Sequence[str]) -> Files:
        files = select(names)
        gguf = tuple(sorted(name for name in names if _is_gguf(name)))
        missing = () if gguf and not files.weights else files.missing
        return Files(files.rest, files.weights + gguf, missing)

    return selected


def first_missing(names: Sequence[str], select: Select) -> str | None:
    """Returns what is missing among the names of all files, in words; `None` if nothing is."""
    files = select(names)
    return next((name for name in (*files.missing, *files.names) if name not in names), None)


def files_in(folder: Path) -> list[str]:
    """Returns the names of the files in a folder and its subfolders, `/` between folders."""
    paths = [*folder.glob("*"), *folder.glob("*/*")]
    return sorted(path.relative_to(folder).as_posix() for path in paths if path.is_file())


def lacking(folder: Path, select: Select) -> str | None:
    """Returns what a loader would look for in vain in a folder, in words; `None` if it is whole.

    Shards are compared with the index that names them, the tokenizer with its class.
    """
    names = files_in(folder)
    files = select(names)
    if missing := first_missing(names, select):
        return f"no {missing}"
    if any(_is_gguf(name) for name in files.weights):
        return None
    for name in files.rest:
        shards = _weight_map(folder / name) if name.endswith(".index.json") else set()
        if absent := sorted(shards - set(files.weights)):
            return f"no {absent[0]}, one of {len(shards)} shards that {name} names"
    if _TOKENIZER_CONFIG in files.rest and not any(_matches(n, _VOCABULARY) for n in files.names):
        kind = str(_object(folder / _TOKENIZER_CONFIG).get("tokenizer_class", ""))
        if kind not in _WITHOUT_VOCABULARY:
            some = ", ".join(_VOCABULARY[:5])
            return f"no vocabulary for its {kind or 'tokenizer'} ({some}, ...)"
    return None


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 (hex) of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(path: Path) -> Any:
    """Reads a JSON file that a stranger wrote, within bounds.

    Raises:
        EvalHarnessError: It is no regular file, is too large, or cannot be read.
        ValueError: It is no JSON, or its values lie too deep in each other.
    """
    try:
        return reading.read_json(path, finite=False)
    except OSError as error:
        raise EvalHarnessError(f"cannot be read: {error.strerror}", where=path) from error
    except ValueError as error:
        raise ValueError(f"{path.name} is no JSON: {error}") from error


def read_yaml(path: Path) -> Any:
    """Reads a YAML file that a stranger wrote, within bounds: no tag makes objects.

    Raises:
        EvalHarnessError: It is no regular file, is too large or too deep, or is no such YAML.
    """
    try:
        return reading.read_yaml(path)
    except (OSError, yaml.YAMLError) as error:
        why = getattr(error, "strerror", None) or error
        raise EvalHarnessError(f"cannot be read: {why}", where=path) from error


def _weights(names: Sequence[str]) -> tuple[list[str], str | None]:
    """The weights and, of shards, their index."""
    for single, pattern in _WEIGHTS:
        if single in names:
            return [single], None
        index = f"{single}.index.json"
        shards = [name for name in names if re.fullmatch(pattern, name)]
        if index in names and shards:
            return shards, index
    return [], None


def _is_gguf(name: str) -> bool:
    return "/" not in name and name.lower().endswith(".gguf")


def _weight_map(index: Path) -> set[str]:
    weight_map = _object(index).get("weight_map")
    return set(map(str, weight_map.values())) if isinstance(weight_map, dict) else set()


def _object(path: Path) -> dict[str, object]:
    """The content; nothing if it cannot be read, which is for its loader to say."""
    try:
        content = read_json(path)
    except (EvalHarnessError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
