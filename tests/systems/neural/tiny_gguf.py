"""A tiny language model in a GGUF file, as llama.cpp's own writer makes it."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

GGUF = "tiny.gguf"
_WIDTH, _INNER = 32, 64
_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)
_SPECIAL = ["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]
_LETTERS = [*map(chr, range(33, 127)), "Ġ", "Ċ", "ab", "cd"]
_MATRICES = {
    "token_embd": (len(_SPECIAL) + len(_LETTERS), _WIDTH),
    "output": (len(_SPECIAL) + len(_LETTERS), _WIDTH),
    "output_norm": (_WIDTH,),
    **{f"blk.0.attn_{part}": (_WIDTH, _WIDTH) for part in ("q", "k", "v", "output")},
    "blk.0.attn_norm": (_WIDTH,),
    "blk.0.ffn_norm": (_WIDTH,),
    "blk.0.ffn_gate": (_INNER, _WIDTH),
    "blk.0.ffn_up": (_INNER, _WIDTH),
    "blk.0.ffn_down": (_WIDTH, _INNER),
}


def build_gguf(folder: Path, *, weight: float = 0.1) -> Path:
    """A llama of one layer; one of its weights has the value that is given."""
    folder.mkdir(parents=True)
    writer = gguf.GGUFWriter(folder / GGUF, "llama")
    writer.add_context_length(1024)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(_INNER)
    writer.add_head_count(4)
    writer.add_head_count_kv(4)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // 4)
    writer.add_vocab_size(len(_SPECIAL) + len(_LETTERS))
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([*_SPECIAL, *_LETTERS])
    writer.add_token_types([gguf.TokenType.CONTROL] * len(_SPECIAL) + [1] * len(_LETTERS))
    writer.add_token_merges(["a b", "c d"])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_pad_token_id(2)
    writer.add_eos_token_id(4)
    writer.add_chat_template(_TEMPLATE)
    draws = np.random.default_rng(1)
    for name, shape in _MATRICES.items():
        values = (draws.standard_normal(shape) / 5).astype(np.float32)
        if name == "blk.0.ffn_down":
            values[3, 5] = weight
        writer.add_tensor(f"{name}.weight", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return folder
