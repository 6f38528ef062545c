"""A checkpoint of NLLB-200-distilled-600M's shape with random weights, built without a download."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SEED = 1234
PIECES = 16_000

# The config.json of facebook/nllb-200-distilled-600M.
SHAPE = {
    "vocab_size": 256_206,
    "d_model": 1024,
    "encoder_layers": 12,
    "decoder_layers": 12,
    "encoder_attention_heads": 16,
    "decoder_attention_heads": 16,
    "encoder_ffn_dim": 4096,
    "decoder_ffn_dim": 4096,
    "activation_function": "relu",
    "max_position_embeddings": 1024,
    "scale_embedding": True,
    "bos_token_id": 0,
    "pad_token_id": 1,
    "eos_token_id": 2,
    "decoder_start_token_id": 2,
}
_IDS = ("bos_token_id", "pad_token_id", "eos_token_id", "decoder_start_token_id")


def build(folder: Path, lines: Sequence[str]) -> None:
    """Writes the checkpoint as the hub holds it; the same lines always give the same files.

    Args:
        folder: Where to; nothing is done if it exists.
        lines: The text that the tokenizer's pieces are trained on.
    """
    if folder.exists():
        return
    import torch
    from transformers import GenerationConfig, M2M100Config, M2M100ForConditionalGeneration

    unfinished = folder.with_name(f"{folder.name}.unfinished")
    unfinished.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(unfinished / "sentencepiece.bpe.model", lines)
    torch.manual_seed(SEED)
    model = M2M100ForConditionalGeneration(M2M100Config(**SHAPE))
    with torch.no_grad():
        # The end's score is 0 at every step, and the largest of 256,206 random ones is above it.
        model.get_output_embeddings().weight[SHAPE["eos_token_id"]] = 0.0
    model.generation_config = GenerationConfig(
        max_length=200, **{name: SHAPE[name] for name in _IDS}
    )
    model.save_pretrained(unfinished)
    tokenizer.save_pretrained(unfinished)
    unfinished.rename(folder)


def _tokenizer(file: Path, lines: Sequence[str]):
    import sentencepiece
    from transformers import NllbTokenizerFast

    with file.open("wb") as trained:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines),
            model_writer=trained,
            vocab_size=PIECES,
            model_type="bpe",
            num_threads=1,
            minloglevel=2,
        )
    with sentencepiece_protobuf():
        return NllbTokenizerFast(str(file), model_max_length=1024)


@contextmanager
def sentencepiece_protobuf() -> Iterator[None]:
    """Lends transformers' older copy of a module that sentencepiece 0.2.2's protobuf breaks."""
    name = "sentencepiece.sentencepiece_model_pb2"
    try:
        importlib.import_module(name)
    except ImportError:
        sys.modules[name] = importlib.import_module(
            "transformers.utils.sentencepiece_model_pb2_new"
        )
        try:
            yield
        finally:
            del sys.modules[name]
    else:
        yield
