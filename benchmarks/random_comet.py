"""A checkpoint of wmt22-comet-da's shape with random weights, built without a download."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from random_nllb import sentencepiece_protobuf

SEED = 1234
PIECES = 16_000

# The config.json of xlm-roberta-large.
SHAPE = {
    "vocab_size": 250_002,
    "hidden_size": 1024,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "intermediate_size": 4096,
    "max_position_embeddings": 514,
    "type_vocab_size": 1,
    "layer_norm_eps": 1e-5,
    "bos_token_id": 0,
    "pad_token_id": 1,
    "eos_token_id": 2,
}
# What decides about scores in the hparams.yaml of Unbabel/wmt22-comet-da.
HPARAMS = {
    "class_identifier": "regression_metric",
    "encoder_model": "XLM-RoBERTa",
    "layer": "mix",
    "layer_norm": False,
    "layer_transformation": "sparsemax",
    "pool": "avg",
    "hidden_sizes": [3072, 1024],
    "activations": "Tanh",
    "final_activation": None,
    "dropout": 0.1,
}


def build(folder: Path, lines: Sequence[str]) -> Path:
    """Writes the checkpoint as the hub holds it; the same lines always give the same files.

    Args:
        folder: Where to; nothing is done if it exists.
        lines: The text that the tokenizer's pieces are trained on.

    Returns:
        The folder.
    """
    if folder.exists():
        return folder
    import torch
    import yaml
    from transformers import XLMRobertaConfig

    unfinished = folder.with_name(f"{folder.name}.unfinished")
    encoder = encoder_of(unfinished)
    encoder.mkdir(parents=True, exist_ok=True)
    XLMRobertaConfig(**SHAPE).save_pretrained(encoder)
    _tokenizer(encoder / "sentencepiece.bpe.model", lines).save_pretrained(encoder)
    hparams = {**HPARAMS, "pretrained_model": str(encoder_of(folder))}
    (unfinished / "hparams.yaml").write_text(yaml.safe_dump(hparams), encoding="utf-8")
    checkpoint = {
        "state_dict": _model(encoder).state_dict(),
        "hyper_parameters": hparams,
        "pytorch-lightning_version": "1.3.5",
    }
    (unfinished / "checkpoints").mkdir(exist_ok=True)
    torch.save(checkpoint, unfinished / "checkpoints" / "model.ckpt")
    unfinished.rename(folder)
    return folder


def encoder_of(folder: Path) -> Path:
    """Returns where the encoder's tokenizer and configuration lie."""
    return folder / "encoder"


def _model(encoder: Path):
    import torch
    from comet.models import RegressionMetric

    options = {name: value for name, value in HPARAMS.items() if name != "class_identifier"}
    torch.manual_seed(SEED)
    return RegressionMetric(**options, pretrained_model=str(encoder), load_pretrained_weights=False)


def _tokenizer(file: Path, lines: Sequence[str]):
    import sentencepiece
    from transformers import XLMRobertaTokenizerFast

    with file.open("wb") as trained:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines),
            model_writer=trained,
            vocab_size=PIECES,
            model_type="unigram",
            num_threads=1,
            minloglevel=2,
        )
    with sentencepiece_protobuf():
        return XLMRobertaTokenizerFast(str(file), model_max_length=512)
