"""Builds tiny random checkpoints of the translation families, as the hub's own classes save them.

Every `build_<family>(folder)` fills the folder with what `save_pretrained` writes: the family's
real configuration, model and tokenizer classes, a vocabulary trained on the project's statements,
two layers of width 32 and 64 positions. Nothing is downloaded, and the same call always gives the
same weights. The language tokens, special ids and generation settings are those of the published
checkpoint; the translations are noise that depends on the source.

A freshly initialised model repeats one token for ever, whatever the source. `_redraw` and `_level`
give the weights what a stand-in needs: outputs that follow the source and wander, an end of
sentence that is often chosen, special tokens that hardly ever are. Seeds are picked so that ten
sources give ten outputs, greedily and with four beams.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import (
    GenerationConfig,
    M2M100Config,
    M2M100ForConditionalGeneration,
    M2M100Tokenizer,
    MarianConfig,
    MarianMTModel,
    MarianTokenizer,
    MBart50TokenizerFast,
    MBartConfig,
    MBartForConditionalGeneration,
    NllbTokenizerFast,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    SeamlessM4TTokenizerFast,
    SeamlessM4Tv2Config,
    SeamlessM4Tv2Model,
    T5Config,
    T5ForConditionalGeneration,
    T5TokenizerFast,
)
from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES

from ...pieces import conversion, pieces, unigram_model

POSITIONS = 64
WIDTH = 32

# The size of the families with BART's parameter names; so few positions that tests reach the limit.
BART_SIZE = {
    "d_model": WIDTH,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": POSITIONS,
    "scale_embedding": True,
}
FAIRSEQ_IDS = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
# The gain of every matrix, by the first pattern its name matches.
GAINS = {
    r"shared|embed|lm_head|relative": 0.3 * WIDTH**0.5,
    r"\.(q|k|q_proj|k_proj)\.": 2.0,
    r"encoder_attn|cross_attention|EncDecAttention": 4.0,
    r"self_attn|SelfAttention": 1.0,
    "": 3.0,
}
SEAMLESS_LANGUAGES = ("arb", "ces", "deu", "eng", "fra", "rus", "spa", "tur")


def build_nllb(folder: Path) -> Path:
    """NLLB-200: an M2M100 model under `NllbTokenizer` and its 202 codes such as `tur_Latn`."""
    with conversion():
        tokenizer = NllbTokenizerFast(_spm_file(folder), model_max_length=POSITIONS)
    config = M2M100Config(
        vocab_size=len(tokenizer), activation_function="relu", **BART_SIZE, **FAIRSEQ_IDS
    )
    model = _random(M2M100ForConditionalGeneration, config, tokenizer, seed=9)
    return _save(folder, model, tokenizer, GenerationConfig(max_length=200, **FAIRSEQ_IDS))


def build_m2m100(folder: Path) -> Path:
    """M2M100: `vocab.json` beside the sentencepiece model, and codes such as `__tr__`."""
    return _m2m100(folder, decoder_layers=2, seed=30)


def build_small100(folder: Path) -> Path:
    """SMaLL-100: M2M100's files with a shallow decoder, and a tokenizer file that no longer works.

    As published, the tokenizer's configuration names `M2M100Tokenizer`; the card asks for the class
    in `tokenization_small100.py`, which fails on transformers 4.57, so here it fails as well.
    """
    _m2m100(folder, decoder_layers=1, seed=11)
    tokenization = 'raise ImportError("SMALL100Tokenizer fails on transformers 4.57")\n'
    (folder / "tokenization_small100.py").write_text(tokenization, encoding="utf-8")
    return folder


def build_mbart50(folder: Path) -> Path:
    """mBART-50 many-to-one: codes such as `tr_TR`, and `en_XX` forced in the checkpoint itself."""
    with conversion():
        tokenizer = MBart50TokenizerFast(
            _spm_file(folder), bos_token="<s>", model_max_length=POSITIONS
        )
    config = MBartConfig(
        vocab_size=len(tokenizer),
        activation_function="relu",
        tokenizer_class="MBart50Tokenizer",
        normalize_before=True,  # as published; transformers has forgotten it, CTranslate2 has not
        **BART_SIZE,
        **FAIRSEQ_IDS,
    )
    generation = GenerationConfig(
        forced_bos_token_id=tokenizer.convert_tokens_to_ids("en_XX"),
        forced_eos_token_id=2,
        max_length=POSITIONS,  # published: 200 of 1024 learned positions
        num_beams=5,
        early_stopping=True,
        **FAIRSEQ_IDS,
    )
    model = _random(MBartForConditionalGeneration, config, tokenizer, seed=16)
    return _save(folder, model, tokenizer, generation)


def build_madlad400(folder: Path) -> Path:
    """MADLAD-400: T5 without sentinels, target codes such as `<2en>` as vocabulary pieces."""
    codes = ("<2en>", "<2tr>", "<2ar>")
    file = _spm_file(folder, "spiece.model", codes)
    with conversion():
        tokenizer = T5TokenizerFast(
            file,
            bos_token="<s>",
            pad_token="<s>",
            extra_ids=0,
            additional_special_tokens=[],
            legacy=True,
        )
    ids = {"pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 0}
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=WIDTH,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        n_positions=POSITIONS,
        bos_token_id=1,
        **ids,
    )
    model = _random(T5ForConditionalGeneration, config, tokenizer, seed=10, symbols=codes)
    return _save(folder, model, tokenizer, GenerationConfig(**ids))


def build_opus_mt(folder: Path) -> Path:
    """OPUS-MT: Marian for one pair, two sentencepiece models, one `vocab.json`, no language tag."""
    source, target = (_spm_file(folder, name) for name in ("source.spm", "target.spm"))
    vocab = _vocabulary(folder, ("</s>", "<unk>"), ("<pad>",))
    tokenizer = MarianTokenizer(
        source, target, vocab, source_lang="tr", target_lang="en", model_max_length=POSITIONS
    )
    pad = len(tokenizer) - 1
    ids = {"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": pad, "decoder_start_token_id": pad}
    config = MarianConfig(
        vocab_size=len(tokenizer), activation_function="swish", **BART_SIZE, **ids
    )
    generation = GenerationConfig(
        bad_words_ids=[[pad]], forced_eos_token_id=0, max_length=POSITIONS, num_beams=4, **ids
    )
    model = _random(MarianMTModel, config, tokenizer, seed=7)
    return _save(folder, model, tokenizer, generation)


def build_seamless(folder: Path) -> Path:
    """SeamlessM4T v2: the whole model, speech parts too, of which text to text loads its share."""
    codes = [f"__{code}__" for code in SEAMLESS_LANGUAGES]
    with conversion():
        tokenizer = SeamlessM4TTokenizerFast(
            _spm_file(folder), additional_special_tokens=codes, model_max_length=POSITIONS
        )
    model = _random(SeamlessM4Tv2Model, _seamless_config(len(tokenizer)), tokenizer, seed=5)
    targets = {code: tokenizer.convert_tokens_to_ids(f"__{code}__") for code in SEAMLESS_LANGUAGES}
    generation = GenerationConfig(
        bos_token_id=2,
        pad_token_id=0,
        eos_token_id=3,
        decoder_start_token_id=3,
        max_new_tokens=256,
        text_decoder_lang_to_code_id=targets,
    )
    return _save(folder, model, tokenizer, generation)


def _seamless_config(vocabulary: int) -> SeamlessM4Tv2Config:
    """Every part at its smallest; the published ids are the configuration's defaults."""
    small = {"layers": 2, "ffn_dim": 64, "attention_heads": 4}
    text = {f"{part}_{key}": n for part in ("encoder", "decoder") for key, n in small.items()}
    units = {f"t2u_{key}": 1 if key.endswith("layers") else n for key, n in text.items()}
    return SeamlessM4Tv2Config(
        vocab_size=vocabulary,
        hidden_size=WIDTH,
        max_position_embeddings=POSITIONS,
        **text,
        **units,
        t2u_vocab_size=32,
        t2u_max_position_embeddings=POSITIONS,
        t2u_variance_predictor_embed_dim=WIDTH,
        t2u_variance_predictor_hidden_dim=8,
        char_vocab_size=32,
        speech_encoder_layers=1,
        speech_encoder_attention_heads=4,
        speech_encoder_intermediate_size=64,
        feature_projection_input_dim=16,
        conv_depthwise_kernel_size=3,
        upsample_initial_channel=32,
        unit_hifi_gan_vocab_size=32,
        unit_embed_dim=8,
        lang_embed_dim=8,
        spkr_embed_dim=8,
        vocoder_num_langs=2,
        vocoder_num_spkrs=2,
    )


def _m2m100(folder: Path, decoder_layers: int, seed: int) -> Path:
    """What M2M100 and SMaLL-100 share; the model has the eight rows no token uses, as published."""
    vocab = _vocabulary(folder, ("<s>", "<pad>", "</s>", "<unk>"))
    tokenizer = M2M100Tokenizer(
        vocab,
        _spm_file(folder),
        # Given, as in the published files: the class forgets them, and would not skip them.
        additional_special_tokens=[f"__{code}__" for code in FAIRSEQ_LANGUAGE_CODES["m2m100"]],
        model_max_length=POSITIONS,
    )
    config = M2M100Config(
        vocab_size=len(tokenizer) + tokenizer.num_madeup_words,
        activation_function="relu",
        **BART_SIZE | {"decoder_layers": decoder_layers},
        **FAIRSEQ_IDS,
    )
    generation = GenerationConfig(max_length=200, num_beams=5, early_stopping=True, **FAIRSEQ_IDS)
    model = _random(M2M100ForConditionalGeneration, config, tokenizer, seed)
    return _save(folder, model, tokenizer, generation)


def _spm_file(
    folder: Path, name: str = "sentencepiece.bpe.model", symbols: tuple[str, ...] = ()
) -> str:
    """The path of the sentencepiece model, written into the folder under the family's name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(unigram_model(symbols=symbols))
    return str(folder / name)


def _vocabulary(folder: Path, first: Sequence[str], last: Sequence[str] = ()) -> str:
    """The path of a written `vocab.json`: the special tokens around the pieces, in order."""
    ids = {token: i for i, token in enumerate([*first, *pieces(unigram_model()), *last])}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(ids, ensure_ascii=False), encoding="utf-8")
    return str(folder / "vocab.json")


def _random(
    model_class: type[PreTrainedModel],
    config: PretrainedConfig,
    tokenizer: PreTrainedTokenizerBase,
    seed: int,
    symbols: Sequence[str] = (),
) -> PreTrainedModel:
    """A random model whose outputs differ, mostly end, and hold text rather than `symbols`."""
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(seed)
        model = model_class(config)
        _redraw(model)
        _level(model, tokenizer, symbols)
    return model.eval()


def _redraw(model: PreTrainedModel) -> None:
    """Draws the matrices anew, wide enough that the source and the last token decide the next.

    The halves of a feed-forward layer mirror each other, so that it turns its input instead of
    adding the same vector to every token, which would make every next token the same.
    """
    for name, weight in model.named_parameters():
        if weight.dim() != 2 or not weight.requires_grad:
            continue
        gain = next(gain for pattern, gain in GAINS.items() if re.search(pattern, name))
        weight.normal_(0, gain / weight.shape[1] ** 0.5)
        half = weight.shape[0] // 2, weight.shape[1] // 2
        if name.endswith("fc1.weight"):
            weight[half[0] :] = -weight[: half[0]]
        elif name.endswith("fc2.weight"):
            weight[:, half[1] :] = -weight[:, : half[1]]


def _level(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, symbols: Sequence[str]
) -> None:
    """Scales the output rows: special ones and those that no token uses down, the end's row up."""
    special = {*tokenizer.all_special_ids, *tokenizer.convert_tokens_to_ids(list(symbols))}
    rows = model.get_output_embeddings().weight
    for i, row in enumerate(rows):
        if i == model.config.eos_token_id:
            row *= 2.0
        elif i in special or i >= len(tokenizer):
            row *= 0.2
    if isinstance(model, MarianMTModel):  # it starts from the padding, whose embedding is zero
        rows[model.config.pad_token_id] = 0.0


def _save(
    folder: Path,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    generation: GenerationConfig,
) -> Path:
    """Writes the checkpoint as the hub holds it, and returns its folder."""
    model.generation_config = generation
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
