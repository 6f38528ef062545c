"""The engine `transformers`: any of its checkpoints, through the Auto classes and `generate`."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evalharness.compute import placing, warn_if_slow
from evalharness.config import Dtype
from evalharness.errors import EvalHarnessError
from evalharness.systems.neural.engine import Decoding, Output, TokenIds
from evalharness.systems.neural.finite import FiniteScores, check_weights
from evalharness.systems.neural.sampling import SeededDraws

log = logging.getLogger(__name__)

# What a checkpoint's own generation settings may say; all else is set explicitly.
_KEPT = ("bos_token_id", "decoder_start_token_id", "bad_words_ids")
_SEAMLESS_CODES = "text_decoder_lang_to_code_id"


class TransformersEngine:
    """A model of transformers, in evaluation mode on one device."""

    def __init__(
        self,
        folder: Path,
        model_class: str,
        pad_token_id: int,
        device: str,
        dtype: Dtype,
        ends: Sequence[int],
        gguf_file: str | None = None,
    ) -> None:
        """Loads the weights; no code of the checkpoint is executed, and no pickle beyond tensors.

        Args:
            folder: The checkpoint's folder.
            model_class: The Auto class.
            pad_token_id: What inputs are padded with.
            device: Where it computes, as `resolve_device` says.
            dtype: In which number format.
            ends: The tokens that end an output.
            gguf_file: The file of the weights where they are of that format.

        Raises:
            EvalHarnessError: The checkpoint does not hold all the weights of its architecture, or
                not as numbers.
        """
        import torch
        import transformers

        loader = getattr(transformers, model_class)
        precision = getattr(torch, dtype.value)
        self._model = load_weights(loader, folder, dtype=precision, gguf_file=gguf_file)
        with placing(device):
            if device == "cpu":
                warn_if_slow(dtype, "dtype")
            self._model.to(device).eval()
        check_weights(self._model, folder)
        self._device = device
        self._encodes = bool(self._model.config.is_encoder_decoder)
        own = self._model.generation_config
        self._pad = pad_token_id
        self._facts = {name: value for name in _KEPT if (value := getattr(own, name)) is not None}
        self._seamless_codes = getattr(own, _SEAMLESS_CODES, None)
        self._ends = list(ends)

    def generate(
        self, inputs: Sequence[TokenIds], decoding: Decoding, say: Mapping[str, int | str]
    ) -> list[Output]:
        """Pads the inputs (decoders to the left) and generates; see `Engine.generate`."""
        import torch

        width = max(map(len, inputs))
        gaps = [[self._pad] * (width - len(ids)) for ids in inputs]
        rows = [
            [*ids, *gap] if self._encodes else [*gap, *ids]
            for ids, gap in zip(inputs, gaps, strict=True)
        ]
        real = [[1] * len(ids) for ids in inputs]
        masks = [
            [*mask, *[0] * len(gap)] if self._encodes else [*[0] * len(gap), *mask]
            for mask, gap in zip(real, gaps, strict=True)
        ]
        self._model.generation_config = self._settings(decoding)
        finite = FiniteScores(len(inputs))
        draws = [SeededDraws(inputs, width, decoding)] if decoding.temperature else []
        with torch.inference_mode():
            made = self._model.generate(
                input_ids=torch.tensor(rows, device=self._device),
                attention_mask=torch.tensor(masks, device=self._device),
                logits_processor=[finite, *draws],
                **say,
            )
        start = 1 if self._encodes else width
        return [
            self._output(row[start:], numbers)
            for row, numbers in zip(made.tolist(), finite.by_text(), strict=True)
        ]

    def _output(self, ids: list[int], finite: bool) -> Output:
        for position, token in enumerate(ids):
            if token in self._ends:
                return Output(ids[:position], True, finite)
        return Output(ids, False, finite)

    def _settings(self, decoding: Decoding) -> Any:
        from transformers import GenerationConfig

        settings = GenerationConfig(
            **self._facts,
            pad_token_id=self._pad,
            eos_token_id=self._ends,
            num_beams=decoding.beams,
            early_stopping=decoding.beams > 1,
            length_penalty=1.0,
            max_new_tokens=decoding.max_new_tokens,
            repetition_penalty=decoding.repetition_penalty,
            do_sample=False,  # SeededDraws draws
        )
        if self._seamless_codes is not None:
            setattr(settings, _SEAMLESS_CODES, self._seamless_codes)
        return settings


def load_weights(model_class: Any, folder: Path, **options: Any) -> Any:
    """Loads a model of transformers; what its checkpoint lacks is never made up.

    Args:
        model_class: The class, or an Auto class.
        folder: The checkpoint's folder.
        options: More of `from_pretrained`'s.

    Raises:
        EvalHarnessError: The checkpoint does not hold all the weights of its architecture.
    """
    model, loading = model_class.from_pretrained(
        folder,
        local_files_only=True,
        trust_remote_code=False,
        weights_only=True,
        output_loading_info=True,
        **options,
    )
    if absent := [*loading["missing_keys"], *(key for key, *_ in loading["mismatched_keys"])]:
        raise EvalHarnessError(
            f"lacks {len(absent)} of the weights of {type(model).__name__}, such as"
            f" {sorted(absent)[0]}; they would be random",
            where=folder,
            hint="choose another model.checkpoint=",
        )
    return model
