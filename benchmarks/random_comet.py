"""A checkpoint of wmt22-comet-da's shape with random weights, built without a download.

python benchmarks/random_comet.py FOLDER builds one by itself: 581 million parameters, 2.3 GB on
disk and 3 GB in memory meanwhile, in half a minute; --smaller is for a quick try.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from random_nllb import sentencepiece_protobuf

HERE = Path(__file__).resolve().parent
FLORES = HERE.parents[1] / "shared" / "data" / "flores-outputs"
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
# The same with less of everything, where only the way of the data matters.
SMALLER = SHAPE | {
    "vocab_size": 20_000,
    "hidden_size": 256,
    "num_hidden_layers": 6,
    "num_attention_heads": 4,
    "intermediate_size": 1024,
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


def main() -> None:
    """Builds the checkpoint that `comet.py` would build."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to; left as it is if it exists")
    parser.add_argument("--smaller", action="store_true", help="18 million parameters")
    options = parser.parse_args()
    sys.path.remove(str(HERE))  # from here on `comet` is unbabel-comet, not the file beside this
    build(options.folder.resolve(), training_lines(), SMALLER if options.smaller else SHAPE)


def training_lines() -> list[str]:
    """The Turkish, Arabic and English of FLORES and of systems that translated it."""
    paths = sorted(FLORES.glob("*/flores-test*"))
    texts = [path for path in paths if path.suffix in (".en", ".tr", ".ar")]
    return [line for path in texts for line in path.read_text(encoding="utf-8").splitlines()]


def build(folder: Path, lines: Sequence[str], shape: Mapping[str, float] = SHAPE) -> Path:
    """Writes the checkpoint as the hub holds it; the same lines always give the same files.

    Args:
        folder: Where to; nothing is done if it exists.
        lines: The text that the tokenizer's pieces are trained on.
        shape: The encoder's configuration.

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
    XLMRobertaConfig(**shape).save_pretrained(encoder)
    _tokenizer(encoder / "sentencepiece.bpe.model", lines).save_pretrained(encoder)
    hparams = {**HPARAMS, "pretrained_model": str(encoder_of(folder))}
    (unfinished / "hparams.yaml").write_text(yaml.safe_dump(hparams), encoding="utf-8")
    # What Lightning 1 wrote: its successor refuses a checkpoint that lacks one of these.
    checkpoint = {
        "epoch": 0,
        "global_step": 0,
        "pytorch-lightning_version": "1.3.5",
        "state_dict": _model(encoder).state_dict(),
        "callbacks": {},
        "optimizer_states": [],
        "lr_schedulers": [],
        "hparams_name": "kwargs",
        "hyper_parameters": hparams,
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
    model = RegressionMetric(
        **options, pretrained_model=str(encoder), load_pretrained_weights=False
    )
    with torch.no_grad():
        # Freshly drawn, scores differ by 0.02 and layers count the same; published ones by 0.1.
        for name, weight in model.estimator.named_parameters():
            if name.endswith("weight"):
                weight *= 2
        for scalar in model.layerwise_attention.scalar_parameters:
            scalar.normal_(0, 0.1)
    return model


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


if __name__ == "__main__":
    main()
