"""Builds tiny random checkpoints of the decoder-only families, as the hub's own classes save them.

Every `build_<family>(folder)` fills the folder with what `save_pretrained` writes: the family's
real configuration, model and tokenizer classes, its marker tokens, a chat template that treats
them as the published one does, a vocabulary trained on the project's statements, two layers of
width 32 and 512 positions. Nothing is downloaded, and the same call always gives the same weights.

The answers are noise that depends on the prompt, as `tiny_checkpoints.py` tells: they wander, hold
text rather than marker tokens or broken bytes, and often end before forty tokens. Seeds are picked
so that ten texts give ten answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import (
    CohereConfig,
    CohereForCausalLM,
    CohereTokenizerFast,
    Gemma3Config,
    Gemma3ForConditionalGeneration,
    GemmaTokenizerFast,
    GenerationConfig,
    HunYuanDenseV1Config,
    HunYuanDenseV1ForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    LlamaTokenizerFast,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    Qwen2TokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from ...conftest import ROOT
from ...pieces import LETTERS
from .tiny_checkpoints import WIDTH, _redraw, _save

POSITIONS = 512
# Merges beyond the letters or bytes that every vocabulary starts from.
MERGES = 200
BYTES = [f"<0x{i:02X}>" for i in range(256)]

SIZE = {
    "hidden_size": WIDTH,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": POSITIONS,
}

CHATML = (
    "{% for message in messages %}"
    "<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Thinks unless told not to: without thought the answer starts behind an empty one.
QWEN3 = CHATML.replace(
    "assistant\n{% endif %}",
    "assistant\n"
    "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}"
    "{% endif %}",
)
# Llama 2's turns; a system message is folded into the first one.
INST = (
    "{{ bos_token }}{% set lead = namespace(text='') %}"
    "{% for message in messages %}"
    "{% if message.role == 'system' %}"
    "{% set lead.text = '<<SYS>>\n' + message.content + '\n<</SYS>>\n\n' %}"
    "{% elif message.role == 'user' %}"
    "[INST] {{ lead.text + message.content | trim }} [/INST]{% set lead.text = '' %}"
    "{% else %} {{ message.content | trim }} {{ eos_token }}{% endif %}"
    "{% endfor %}"
)
# The assistant is called model, there is no system turn, and content may be a list of parts.
GEMMA3 = (
    "{{ bos_token }}{% set lead = namespace(text='') %}"
    "{% for message in messages %}"
    "{% if message.content is string %}{% set text = message.content %}"
    "{% else %}{% set text = message.content | map(attribute='text') | join %}{% endif %}"
    "{% if message.role == 'system' %}{% set lead.text = text + '\n\n' %}"
    "{% else %}"
    "<start_of_turn>{{ 'model' if message.role == 'assistant' else message.role }}\n"
    "{{ lead.text + text | trim }}<end_of_turn>\n{% set lead.text = '' %}"
    "{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
# One user message of one part with two language codes, or an error; the template writes the prompt.
TRANSLATEGEMMA = (
    "{% set names = {'ar': 'Arabic', 'ar-EG': 'Arabic', 'en': 'English', 'tr': 'Turkish',"
    " 'tr-TR': 'Turkish'} %}"
    "{{ bos_token }}"
    "{% for message in messages %}"
    "{% if message.role == 'assistant' %}"
    "<start_of_turn>model\n{{ message.content | trim }}<end_of_turn>\n"
    "{% elif message.role != 'user' %}{{ raise_exception('Only user and assistant turns.') }}"
    "{% elif message.content is string or message.content | length != 1 %}"
    "{{ raise_exception('A user turn holds a list of one part.') }}"
    "{% else %}"
    "{% set part = message.content[0] %}"
    "{% set source = part.source_lang_code | replace('_', '-') %}"
    "{% set target = part.target_lang_code | replace('_', '-') %}"
    "{% if source not in names or target not in names %}"
    "{{ raise_exception('Unknown language code: ' + source + ' or ' + target) }}"
    "{% endif %}"
    "<start_of_turn>user\n"
    "{{ names[source] }} ({{ source }}) to {{ names[target] }} ({{ target }}), nothing else:"
    "\n\n\n{{ part.text | trim }}<end_of_turn>\n"
    "{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
COHERE = (
    "{{ bos_token }}"
    "{% for message in messages %}"
    "<|START_OF_TURN_TOKEN|>"
    "{% if message.role == 'assistant' %}<|CHATBOT_TOKEN|>"
    "{% else %}<|{{ message.role | upper }}_TOKEN|>{% endif %}"
    "{{ message.content | trim }}<|END_OF_TURN_TOKEN|>"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>{% endif %}"
)
# A marker closes each turn and none opens the answer, so a generation prompt changes nothing.
HUNYUAN = (
    "{% for message in messages %}"
    "{% if loop.first or loop.previtem.role == 'assistant' %}<|startoftext|>{% endif %}"
    "{{ message.content }}"
    "{{ {'system': '<|extra_4|>', 'user': '<|extra_0|>', 'assistant': '<|eos|>'}[message.role] }}"
    "{% endfor %}"
)


def build_llama(folder: Path) -> Path:
    """EuroLLM: Llama under ChatML, a vocabulary with byte fallback, `<|im_end|>` as the end."""
    markers = ["<|im_start|>", "<|im_end|>"]
    tokenizer = LlamaTokenizerFast(
        tokenizer_object=_pieces(("<unk>", "<s>", "</s>"), markers, prefix="▁"),
        eos_token="<|im_end|>",
        pad_token="<unk>",
        additional_special_tokens=markers,
        chat_template=CHATML,
        model_max_length=POSITIONS,
    )
    return _llama(folder, tokenizer, seed=9)


def build_x_alma(folder: Path) -> Path:
    """X-ALMA: Llama 2 with its `[INST]` turns, which are text and not marker tokens."""
    tokenizer = LlamaTokenizerFast(
        tokenizer_object=_pieces(("<unk>", "<s>", "</s>"), (), prefix="▁"),
        pad_token="<unk>",
        chat_template=INST,
        model_max_length=POSITIONS,
    )
    return _llama(folder, tokenizer, seed=17)


def build_gemma3(folder: Path) -> Path:
    """Gemma 3: the class with the image tower that every size from 4B on has, used for text."""
    return _gemma3(folder, GEMMA3)


def build_translategemma(folder: Path) -> Path:
    """TranslateGemma: Gemma 3 whose template wants language codes and writes the prompt itself."""
    return _gemma3(folder, TRANSLATEGEMMA)


def build_qwen3(folder: Path) -> Path:
    """Qwen3: byte-level BPE without a token for the start, a template that can switch thinking."""
    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    # As published these two are single tokens, and not special: they stay in the decoded text.
    thinking = ["<think>", "</think>"]
    tokenizer = Qwen2TokenizerFast(
        tokenizer_object=_byte_level((), [*specials, *thinking]),
        unk_token=None,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=specials[1:],
        chat_template=QWEN3,
        model_max_length=POSITIONS,
    )
    tokenizer.add_tokens(thinking)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        tie_word_embeddings=False,
        rope_theta=1_000_000.0,
        bos_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        **SIZE,
    )
    generation = GenerationConfig(
        do_sample=True,
        temperature=0.6,
        top_k=20,
        top_p=0.95,
        bos_token_id=tokenizer.pad_token_id,
        eos_token_id=[tokenizer.eos_token_id, tokenizer.pad_token_id],
        pad_token_id=tokenizer.pad_token_id,
    )
    model = _random(Qwen3ForCausalLM, config, tokenizer, seed=35, symbols=thinking)
    return _save(folder, model, tokenizer, generation)


def build_cohere(folder: Path) -> Path:
    """Aya Expanse: Cohere's parallel layers and scaled logits, turns between marker tokens."""
    first = ("<PAD>", "<UNK>", "<CLS>", "<SEP>", "<MASK_TOKEN>", "<BOS_TOKEN>", "<EOS_TOKEN>")
    roles = [f"<|{role}_TOKEN|>" for role in ("USER", "CHATBOT", "SYSTEM")]
    turns = ["<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>", *roles]
    tokenizer = CohereTokenizerFast(
        tokenizer_object=_byte_level(first, turns),
        pad_token="<PAD>",
        additional_special_tokens=turns,
        chat_template=COHERE,
        model_max_length=POSITIONS,
    )
    ids = {
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": 0,
    }
    size = {key: value for key, value in SIZE.items() if key != "head_dim"}
    config = CohereConfig(vocab_size=len(tokenizer), logit_scale=0.125, **size, **ids)
    model = _random(CohereForCausalLM, config, tokenizer, seed=31)
    return _save(folder, model, tokenizer, GenerationConfig(**ids))


def build_hunyuan(folder: Path) -> Path:
    """Hunyuan-MT: `hunyuan_v1_dense` with normed queries and keys, turns closed by markers.

    Its tokenizer has no class of its own, so it also returns `token_type_ids`, which `generate`
    refuses.
    """
    markers = ["<|startoftext|>", "<|eos|>", "<|pad|>", "<|extra_0|>", "<|extra_4|>"]
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=_byte_level((), markers),
        bos_token="<|startoftext|>",
        eos_token="<|eos|>",
        pad_token="<|pad|>",
        additional_special_tokens=markers[3:],
        chat_template=HUNYUAN,
        model_max_length=POSITIONS,
    )
    ids = {
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    config = HunYuanDenseV1Config(
        vocab_size=len(tokenizer), tie_word_embeddings=True, **SIZE, **ids
    )
    generation = GenerationConfig(
        do_sample=True, temperature=0.7, top_k=20, top_p=0.6, repetition_penalty=1.05, **ids
    )
    model = _random(HunYuanDenseV1ForCausalLM, config, tokenizer, seed=22)
    return _save(folder, model, tokenizer, generation)


def _llama(folder: Path, tokenizer: LlamaTokenizerFast, seed: int) -> Path:
    """What EuroLLM and X-ALMA share; no padding id, as published."""
    ids = {"bos_token_id": 1, "eos_token_id": tokenizer.eos_token_id}
    config = LlamaConfig(vocab_size=len(tokenizer), tie_word_embeddings=False, **SIZE, **ids)
    model = _random(LlamaForCausalLM, config, tokenizer, seed, symbols=BYTES)
    return _save(folder, model, tokenizer, GenerationConfig(**ids))


def _gemma3(folder: Path, template: str) -> Path:
    """What Gemma 3 and TranslateGemma share; an answer ends with the turn, seldom with `<eos>`."""
    first = ("<pad>", "<eos>", "<bos>", "<unk>")
    turns = ["<start_of_turn>", "<end_of_turn>"]
    images = ["<start_of_image>", "<end_of_image>", "<image_soft_token>"]
    tokenizer = GemmaTokenizerFast(
        tokenizer_object=_pieces(first, [*turns, *images]),
        additional_special_tokens=[*turns, *images],
        chat_template=template,
        model_max_length=POSITIONS,
    )
    boi, eoi, image = tokenizer.convert_tokens_to_ids(images)
    end = tokenizer.convert_tokens_to_ids("<end_of_turn>")
    config = Gemma3Config(
        text_config={
            "vocab_size": len(tokenizer),
            "query_pre_attn_scalar": 8,
            "rope_scaling": {"rope_type": "linear", "factor": 8.0},  # global layers, from 4B on
            "sliding_window": 64,
            "layer_types": ["sliding_attention", "full_attention"],
            **SIZE,
        },
        vision_config={
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "image_size": 28,
            "patch_size": 14,
        },
        mm_tokens_per_image=4,
        boi_token_index=boi,
        eoi_token_index=eoi,
        image_token_index=image,
        eos_token_id=[1, end],
    )
    generation = GenerationConfig(
        do_sample=True,
        top_k=64,
        top_p=0.95,
        bos_token_id=2,
        eos_token_id=[1, end],
        pad_token_id=0,
    )
    model = _random(Gemma3ForConditionalGeneration, config, tokenizer, seed=37, symbols=BYTES)
    return _save(folder, model, tokenizer, generation)


def _pieces(first: Sequence[str], last: Sequence[str], prefix: str = "") -> Tokenizer:
    """A BPE model on whole characters with byte fallback, as sentencepiece converts to."""
    pieces, merges = _trained(byte_level=False)
    tokens = [*first, *BYTES, *pieces, *last]
    tokenizer = Tokenizer(
        BPE(_ids(tokens), list(merges), unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    )
    spaces = normalizers.Replace(" ", "▁")
    lead = [normalizers.Prepend(prefix)] if prefix else []
    tokenizer.normalizer = normalizers.Sequence([*lead, spaces])
    strip = [decoders.Strip(" ", 1, 0)] if prefix else []
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), *strip]
    )
    return tokenizer


def _byte_level(first: Sequence[str], last: Sequence[str]) -> Tokenizer:
    """A BPE model on bytes, as GPT-2 has it."""
    pieces, merges = _trained(byte_level=True)
    tokenizer = Tokenizer(BPE(_ids([*first, *pieces, *last]), list(merges)))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _ids(tokens: Iterable[str]) -> dict[str, int]:
    return {token: i for i, token in enumerate(tokens)}


@cache
def _trained(byte_level: bool) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The pieces and merges of a BPE model trained on the repository's statements."""
    statements = sorted((ROOT / "seeds").glob("*/*.txt"))
    statements += sorted((ROOT / "references").glob("*/*/*.txt"))
    tokenizer = Tokenizer(BPE())
    if byte_level:
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    else:
        alphabet = [*LETTERS, "▁", "\n"]
        tokenizer.normalizer = normalizers.Replace(" ", "▁")
        tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    letters = set(alphabet).union(*(file.read_text("utf-8") for file in statements))
    start = len(alphabet) if byte_level else len(letters - {" "})
    trainer = BpeTrainer(
        vocab_size=start + MERGES, initial_alphabet=sorted(alphabet), show_progress=False
    )
    lines = [line for file in statements for line in file.read_text("utf-8").splitlines()]
    tokenizer.train_from_iterator(lines, trainer)
    vocabulary = tokenizer.get_vocab()
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return tuple(sorted(vocabulary, key=vocabulary.__getitem__)), tuple(map(tuple, merges))


def _random(
    model_class: type[PreTrainedModel],
    config: PretrainedConfig,
    tokenizer: PreTrainedTokenizerBase,
    seed: int,
    symbols: Sequence[str] = (),
) -> PreTrainedModel:
    """A random model whose answers differ, mostly end, and hold text rather than `symbols`."""
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(seed)
        model = model_class(config)
        _redraw(model)
        _sharpen(model)
        _level(model, tokenizer, symbols)
    return model.eval()


def _sharpen(model: PreTrainedModel) -> None:
    """Widens what keeps a prompt's few own tokens from deciding the answer.

    Normed queries attend to everything alike. Where layers norm their outputs (Gemma 3), or run
    attention beside a stronger feed-forward (Cohere), the last token stays on top, and with tied
    embeddings the model repeats it.
    """
    for name, weight in model.named_parameters():
        if re.search(r"q_norm|query_layernorm", name):
            weight += 3.0
        elif isinstance(model, Gemma3ForConditionalGeneration) and re.search(
            r"post_(attention|feedforward)_layernorm", name
        ):
            weight += 5.0
        elif isinstance(model, CohereForCausalLM) and "o_proj" in name:
            weight *= 4.0


def _level(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, symbols: Sequence[str]
) -> None:
    """Scales the output rows: markers and broken bytes down, the row that ends an answer up."""
    ends = model.config.eos_token_id
    end = ends[-1] if isinstance(ends, list) else ends
    special = {*tokenizer.all_special_ids, *tokenizer.convert_tokens_to_ids(list(symbols))}
    for i, row in enumerate(model.get_output_embeddings().weight):
        if i == end:
            row *= 1.8
        elif i in special or not _is_text(tokenizer.decode([i])):
            row *= 0.2


def _is_text(piece: str) -> bool:
    """Whether the piece is neither part of a character nor a control character."""
    return piece.isprintable() and "\N{REPLACEMENT CHARACTER}" not in piece
