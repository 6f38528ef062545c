"""Builds tiny random COMET checkpoints, laid out as the hub's repositories are.

Every `build_<class>(folder, encoder_folder)` fills a folder with `hparams.yaml` and
`checkpoints/model.ckpt`, as training with Lightning left them; `build_encoder(folder)` fills the
second repository, which has the encoder's configuration and tokenizer (and here no weights). The
encoders are 32 wide but have the real 514 positions. Nothing is downloaded, and the same call
always gives the same weights.

A freshly initialised metric gives every text nearly the same score. `_redraw` widens the weights
until scores follow the texts, the layers are mixed unevenly, and the word-level head opens and
closes spans of every severity inside and at the end of texts.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import torch
import yaml
from transformers import (
    BertConfig,
    BertTokenizerFast,
    PretrainedConfig,
    XLMRobertaConfig,
    XLMRobertaTokenizerFast,
    XLMRobertaXLConfig,
)

from ...pieces import LETTERS, conversion, pieces, unigram_model

WIDTH = 32
LAYERS = 3
POSITIONS = 514
EMOJI = "😀👍🎉"

# Not MiniLM, whose tokenizer comet takes from the hub's xlm-roberta-base, whatever it is told.
ENCODERS = ("XLM-RoBERTa", "XLM-RoBERTa-XL", "BERT")
SIZE = {
    "hidden_size": WIDTH,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 4,
    "intermediate_size": 64,
}
ROBERTA_IDS = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2}

# What wmt22-comet-da's hparams.yaml says, at the tiny encoder's size.
TRAINING = {
    "activations": "Tanh",
    "batch_size": 4,
    "dropout": 0.1,
    "encoder_learning_rate": 1.0e-06,
    "encoder_model": "XLM-RoBERTa",
    "final_activation": None,
    "hidden_sizes": [48, 16],
    "keep_embeddings_frozen": True,
    "layer": "mix",
    "layer_norm": False,
    "layer_transformation": "sparsemax",
    "layerwise_decay": 0.95,
    "learning_rate": 1.5e-05,
    "loss": "mse",
    "nr_frozen_epochs": 0.3,
    "optimizer": "AdamW",
    "pool": "avg",
    "train_data": ["data/1720-da.csv"],
    "validation_data": ["data/wmt-ende-newstest2021.csv", "data/wmt-enru-newstest2021.csv"],
}
UNIFIED = {
    "input_segments": ["mt", "src", "ref"],
    "layer_transformation": "sparsemax_patch",
    "loss_lambda": 0.65,
    "sent_layer": "mix",
    "word_layer": LAYERS,
    "word_level_training": False,
}
XCOMET = {
    "layer_transformation": "sparsemax_patch",
    "cross_entropy_weights": [0.08, 0.486, 0.505, 0.533],
    "error_labels": ["minor", "major", "critical"],
    "loss_lambda": 0.055,
    "sent_layer": "mix",
    "word_layer": LAYERS,
    "word_level_training": True,
}
# What the scores are levelled on.
TEXTS = [
    "Türkiye ve Rusya ateşkes için anlaştı.",
    "Evet.",
    "Toplantı Moskova'da yapılacak, sonra herkes evine dönecek ve kimse bir şey bilmeyecek.",
    "أعلنت وزارة الخارجية البيان اليوم.",
    "نعم",
    "The weather is very nice today.",
    "No",
    "The meeting will be held in Moscow; the ministry announced it in a statement yesterday.",
]
# How wide each matrix is drawn, by the first pattern its name matches.
GAINS = {
    r"word_embeddings": WIDTH**0.5,
    r"_embeddings": 0.3 * WIDTH**0.5,
    r"attention\.self\.(query|key)": 1.0,
    r"^encoder": 1.5,
    r"estimator\.ff\.0": 1.0,
    r"hidden2tag": 2.0,
    r"": 1.5,
}


def build_encoder(folder: Path, encoder_model: str = "XLM-RoBERTa") -> Path:
    """The encoder's repository as COMET reads it: `config.json` and the tokenizer, no weights."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _word_pieces(folder) if encoder_model == "BERT" else _unigram_pieces(folder)
    tokenizer.save_pretrained(folder)
    _config(encoder_model, len(tokenizer)).save_pretrained(folder)
    return folder


def build_regression(folder: Path, encoder_folder: Path, **hparams: Any) -> Path:
    """wmt22-comet-da's class: source, translation and reference encoded one by one."""
    return _build(folder, encoder_folder, "regression_metric", TRAINING | hparams, seed=1)


def build_referenceless(folder: Path, encoder_folder: Path, **hparams: Any) -> Path:
    """wmt20-comet-qe-da's class: source and translation encoded one by one."""
    hparams = TRAINING | hparams
    return _build(folder, encoder_folder, "referenceless_regression_metric", hparams, seed=2)


def build_unified(folder: Path, encoder_folder: Path, **hparams: Any) -> Path:
    """A UnifiedMetric that scores with a reference: three joint encodings."""
    return _build(folder, encoder_folder, "unified_metric", TRAINING | UNIFIED | hparams, seed=3)


def build_unified_without_reference(folder: Path, encoder_folder: Path, **hparams: Any) -> Path:
    """wmt22-cometkiwi-da's class and segments: one joint encoding of translation and source."""
    return build_unified(folder, encoder_folder, **{"input_segments": ["mt", "src"], **hparams})


def build_xcomet(folder: Path, encoder_folder: Path, **hparams: Any) -> Path:
    """XCOMET-XL's class (its encoder too, with `encoder_model="XLM-RoBERTa-XL"`): error spans."""
    return _build(folder, encoder_folder, "xcomet_metric", TRAINING | XCOMET | hparams, seed=20)


def _config(encoder_model: str, vocabulary: int) -> PretrainedConfig:
    roberta = {
        "vocab_size": vocabulary,
        "max_position_embeddings": POSITIONS,
        "type_vocab_size": 1,
        "layer_norm_eps": 1e-5,
        **ROBERTA_IDS,
        **SIZE,
    }
    if encoder_model == "XLM-RoBERTa":
        return XLMRobertaConfig(architectures=["XLMRobertaForMaskedLM"], **roberta)
    if encoder_model == "XLM-RoBERTa-XL":
        return XLMRobertaXLConfig(architectures=["XLMRobertaXLForMaskedLM"], **roberta)
    return BertConfig(vocab_size=vocabulary, max_position_embeddings=512, **SIZE)


def _unigram_pieces(folder: Path) -> XLMRobertaTokenizerFast:
    file = folder / "sentencepiece.bpe.model"
    file.write_bytes(unigram_model(LETTERS + EMOJI))
    with conversion():
        return XLMRobertaTokenizerFast(str(file), model_max_length=POSITIONS - 2)


def _word_pieces(folder: Path) -> BertTokenizerFast:
    """BERT's vocabulary: the sentencepiece model's pieces, written its way, and every letter."""
    model = unigram_model(LETTERS + EMOJI)
    words = [piece[1:] if piece.startswith("▁") else f"##{piece}" for piece in pieces(model)]
    letters = [form for letter in LETTERS + EMOJI for form in (letter, f"##{letter}")]
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = dict.fromkeys([*special, *filter(None, words), *letters])
    file = folder / "vocab.txt"
    file.write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    return BertTokenizerFast(str(file), do_lower_case=False, model_max_length=512)


def _build(
    folder: Path, encoder_folder: Path, class_identifier: str, hparams: dict[str, Any], seed: int
) -> Path:
    from comet.models import str2model

    hparams = {**hparams, "pretrained_model": str(encoder_folder)}
    # hparams.yaml was mended on the hub, model.ckpt was not, and the layers were mixed by softmax
    # all along (issue 244 of unbabel-comet).
    patched = hparams["layer_transformation"] == "sparsemax_patch"
    trained = hparams | ({"layer_transformation": "sparsemax"} if patched else {})
    used = hparams | ({"layer_transformation": "softmax"} if patched else {})
    model_class = str2model[class_identifier]
    accepted = set(inspect.signature(model_class).parameters)
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(seed)
        model = model_class(
            **{name: value for name, value in used.items() if name in accepted},
            load_pretrained_weights=False,
        )
        _redraw(model)
        _level(model.eval())
    trained |= {"class_identifier": class_identifier, "load_pretrained_weights": True}
    _write(folder, model.state_dict(), trained, hparams | {"class_identifier": class_identifier})
    return folder


def _redraw(model: torch.nn.Module) -> None:
    """Draws every weight anew, wide enough that scores follow the texts."""
    for name, weight in model.named_parameters():
        if weight.dim() == 2:
            gain = next(gain for pattern, gain in GAINS.items() if re.search(pattern, name))
            weight.normal_(0, gain / weight.shape[1] ** 0.5)
        elif "scalar_parameters" in name:
            weight.normal_(0, 0.3)
        elif name.endswith("gamma"):
            weight.fill_(1.1)
        elif "LayerNorm.weight" in name or "layer_norm.weight" in name:
            weight.normal_(1, 0.1)
        else:
            weight.normal_(0, 0.1)


def _level(model: torch.nn.Module) -> None:
    """Moves the scores to where published ones are, and makes the severities equally frequent."""
    last = [part for part in model.estimator.ff if isinstance(part, torch.nn.Linear)][-1]
    spread, centre = torch.std_mean(_outputs(model, last))
    # XCOMET cuts its scores at 1, so some are above.
    cut = model.hparams.class_identifier == "xcomet_metric"
    middle, goal = (0.9, 0.3) if cut else (0.6, 0.15)
    if last is not model.estimator.ff[-1]:
        goal *= 4  # the activation flattens what follows
    ratio = goal / spread
    last.weight *= ratio
    last.bias.copy_(middle - (centre - last.bias) * ratio)
    if model.hparams.get("word_level_training"):
        logits = _outputs(model, model.hidden2tag)
        model.hidden2tag.bias -= logits.mean(dim=0)
        model.hidden2tag.bias[0] += 1.0  # no error


def _outputs(model: torch.nn.Module, layer: torch.nn.Module) -> torch.Tensor:
    """What a layer puts out for `TEXTS`."""
    outputs: list[torch.Tensor] = []
    hook = layer.register_forward_hook(lambda *call: outputs.append(call[-1]))
    samples = [
        {"src": one, "mt": two, "ref": three}
        for one, two, three in zip(TEXTS, TEXTS[1:] + TEXTS[:1], TEXTS[2:] + TEXTS[:2], strict=True)
    ]
    batch = model.prepare_sample(samples, stage="predict")
    for inputs in [batch] if "src_input_ids" in batch else batch:
        model(**inputs)
    hook.remove()
    return torch.cat([output.flatten(0, -2) for output in outputs])


def _write(
    folder: Path, state: dict[str, torch.Tensor], trained: dict[str, Any], hparams: dict[str, Any]
) -> None:
    """Writes the two files of the hub's repository."""
    checkpoint = {
        "epoch": 3,
        "global_step": 121_492,
        "pytorch-lightning_version": "1.3.5",
        "state_dict": state,
        "callbacks": {},
        "optimizer_states": [],
        "lr_schedulers": [],
        "hparams_name": "kwargs",
        "hyper_parameters": trained,
    }
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    torch.save(checkpoint, folder / "checkpoints" / "model.ckpt")
    (folder / "hparams.yaml").write_text(yaml.safe_dump(hparams), encoding="utf-8")
