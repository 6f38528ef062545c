"""The engine `ctranslate2`: converts a checkpoint once, and runs it in 8 bits on processors."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from evalharness.config import Dtype
from evalharness.disk import locked, sync, try_lock
from evalharness.errors import EvalHarnessError
from evalharness.hub import read_json, sha256_of
from evalharness.systems.neural.engine import Decoding, Output, TokenIds
from evalharness.systems.neural.finite import check_weights
from evalharness.systems.neural.transformers_engine import load_weights
from evalharness.terminal import working
from evalharness.values.outputs import Facts

log = logging.getLogger(__name__)

_CONFIG, _ABOUT = "config.json", "evalharness.json"
# CTranslate2 4.8.5 converts them without complaint, but drops the scaling of their positions, and
# goes wrong on prompts longer than their sliding window.
_CONVERTED_WRONGLY = ("gemma3", "gemma3_text")


class CTranslate2Engine:
    """A converted model, on one device.

    CTranslate2 speaks in tokens, the harness in their ids: `to_tokens` and `to_ids` translate.
    """

    def __init__(
        self,
        folder: Path,
        *,
        decoder_only: bool,
        device: str,
        dtype: Dtype,
        to_tokens: Callable[[TokenIds], list[str]],
        to_ids: Callable[[list[str]], TokenIds],
        ends: Sequence[int],
    ) -> None:
        """Loads a converted model.

        Args:
            folder: What `converted` returned.
            decoder_only: Whether it is a language model.
            device: Where it computes, as `resolve_device` says.
            dtype: In which number format.
            to_tokens: From token ids to tokens.
            to_ids: And back.
            ends: The ids of the tokens that end an output.
        """
        import ctranslate2
        import torch

        kind, _, index = device.partition(":")
        self._decoder_only = decoder_only
        self._to_tokens, self._to_ids, self._ends = to_tokens, to_ids, list(ends)
        loader = ctranslate2.Generator if decoder_only else ctranslate2.Translator
        self._model: Any = loader(
            str(folder),
            device=kind,
            device_index=int(index or 0),
            compute_type=dtype.value,
            intra_threads=torch.get_num_threads(),  # its own default is four
        )

    def generate(
        self, inputs: Sequence[TokenIds], decoding: Decoding, say: Mapping[str, int | str]
    ) -> list[Output]:
        """Generates with CTranslate2's own options all set; see `Engine.generate`."""
        tokens = [self._to_tokens(ids) for ids in inputs]
        options: dict[str, Any] = {
            "beam_size": decoding.beams,
            "patience": 1,
            "length_penalty": 1,
            "repetition_penalty": decoding.repetition_penalty,
            "no_repeat_ngram_size": 0,
            "sampling_topk": 1,
            "end_token": self._to_tokens(self._ends),
            "return_end_token": True,
            "return_scores": True,
            "max_batch_size": 0,
        }
        limit = decoding.max_new_tokens
        if self._decoder_only:
            made = self._model.generate_batch(
                tokens, max_length=limit, min_length=0, include_prompt_in_result=False, **options
            )
            return [self._output(list(one.sequences_ids[0]), one.scores[0]) for one in made]
        forced = [self._to_tokens([int(say["forced_bos_token_id"])])] if say else []
        made = self._model.translate_batch(
            tokens,
            target_prefix=forced * len(tokens) or None,
            max_input_length=0,
            max_decoding_length=limit,
            min_decoding_length=0,
            **options,
        )
        return [self._output(self._to_ids(one.hypotheses[0]), one.scores[0]) for one in made]

    def _output(self, ids: TokenIds, score: float) -> Output:
        finished = bool(ids) and ids[-1] in self._ends
        return Output(ids[:-1] if finished else ids, finished, math.isfinite(score))


def check_runs_on(device: str, dtype: Dtype) -> None:
    """Checks that CTranslate2 computes on a device in a number format.

    Raises:
        EvalHarnessError: It does not.
    """
    import ctranslate2

    kind, _, index = device.partition(":")
    if kind not in ("cpu", "cuda"):
        raise EvalHarnessError(
            "CTranslate2 does not run there", where=f"device={device}", hint="use device=cpu"
        )
    known = ctranslate2.get_supported_compute_types(kind, int(index or 0))
    if dtype.value not in known:
        names = sorted(known & {dtype.value for dtype in Dtype})
        raise EvalHarnessError(
            f"CTranslate2 does not compute in it on {device}",
            where=f"dtype={dtype.value}",
            hint=f"choose one of {', '.join(names)}",
        )


def converted(checkpoint: Path, identity: Facts, dtype: Dtype, store: Path) -> Path:
    """Converts a checkpoint of transformers, once for all runs that share the store.

    Args:
        checkpoint: The checkpoint's folder.
        identity: What tells it from others.
        dtype: The format of the converted weights.
        store: The store's folder.

    Returns:
        The folder of the converted model.

    Raises:
        EvalHarnessError: CTranslate2 knows no such architecture, or the store cannot be written.
    """
    facts = {**identity, "dtype": dtype.value, "ctranslate2": version("ctranslate2")}
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
    folder = store / "ctranslate2" / digest
    if _is_as_made(folder, facts):
        return folder
    try:
        with locked(folder.parent, f"{digest}.lock", "store.dir"):
            if not _is_as_made(folder, facts):
                if folder.exists():
                    log.warning("%s: not as it was made; converted anew", folder)
                    shutil.rmtree(folder)
                _remove_abandoned(folder.parent)
                log.info("converting %s for CTranslate2 (%s), once", checkpoint, dtype.value)
                _convert(checkpoint, dtype, facts, folder)
    except OSError as error:
        if error.errno is None:  # transformers says so that it cannot read the checkpoint
            raise
        raise EvalHarnessError(
            f"cannot be written: {error.strerror or error}",
            where=folder.parent,
            hint="free the place or choose another store.dir=",
        ) from error
    return folder


def _remove_abandoned(conversions: Path) -> None:
    """Removes what killed processes left of conversions, also of other checkpoints."""
    for partial in conversions.glob("*.partial"):
        with partial.with_suffix(".lock").open("ab") as lock:
            if try_lock(lock):
                shutil.rmtree(partial, ignore_errors=True)


def _is_as_made(folder: Path, facts: Facts) -> bool:
    """Whether a converted model is there, made of that, and no file of it has changed since."""
    try:
        noted = read_json(folder / _ABOUT)
        return bool(noted == {"made_from": facts, "sha256": _digests(folder)})
    except (EvalHarnessError, OSError, ValueError):
        return False


def _digests(folder: Path) -> dict[str, str]:
    paths = [path for path in sorted(folder.iterdir()) if path.name != _ABOUT]
    if strange := [path.name for path in paths if path.is_symlink() or not path.is_file()]:
        raise ValueError(f"{strange[0]} is no regular file")
    return {path.name: sha256_of(path) for path in paths}


def _convert(checkpoint: Path, dtype: Dtype, facts: Facts, folder: Path) -> None:
    from ctranslate2.converters import TransformersConverter

    class _Converter(TransformersConverter):  # type: ignore[misc]
        def load_model(self, model_class: Any, folder: str, **options: Any) -> Any:
            model = load_weights(model_class, Path(folder), **options)
            check_weights(model, Path(folder))  # 8 bits would make numbers of them
            return model

    architecture = read_json(checkpoint / _CONFIG).get("model_type")
    if architecture in _CONVERTED_WRONGLY:
        raise EvalHarnessError(
            f"CTranslate2 cannot run {architecture} right: it drops the scaling of positions",
            where="model.engine",
            hint="use model.engine=transformers",
        )
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)  # of a killed process: whoever is here has the lock
    try:
        with working("converting for CTranslate2"):
            _Converter(str(checkpoint)).convert(str(partial), quantization=dtype.value)
    except (AttributeError, NotImplementedError, ValueError) as error:  # what its loaders raise
        raise EvalHarnessError(
            f"CTranslate2 cannot convert this {architecture}: {str(error).splitlines()[0]}",
            where="model.engine",
            hint="use model.engine=transformers",
        ) from error
    about = {"made_from": facts, "sha256": _digests(partial)}
    (partial / _ABOUT).write_text(json.dumps(about, indent=2), encoding="utf-8")
    for path in partial.iterdir():
        with path.open("rb") as file:
            sync(file)
    partial.rename(folder)
