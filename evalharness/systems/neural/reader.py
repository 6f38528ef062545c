"""What is loaded of a checkpoint before any weight."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from evalharness.compute import check_architecture, loading
from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint

_GENERATION = "generation_config.json"


class Reader(NamedTuple):
    """What is loaded before any weight.

    Attributes:
        folder: The checkpoint's folder.
        config: The model's configuration.
        tokenizer: The tokenizer.
        special: The tokens that mean more than their letters.
    """

    folder: Path
    config: Any
    tokenizer: Any
    special: Sequence[str]

    def letters(self, text: str) -> str:
        """Breaks up what would end a turn, or say a language, though a source only quotes it."""
        for token in self.special:
            if token in text:
                text = text.replace(token, f"{token[0]} {token[1:]}")
        return text


def read(checkpoint: Checkpoint, files: Mapping[str, str], known: Collection[str]) -> Reader:
    """Reads a checkpoint's configuration and tokenizer.

    Args:
        checkpoint: The checkpoint; downloaded if need be.
        files: Which files are loaded where that is not transformers' usual choice: `gguf_file`.
        known: The `model_type`s that are loaded.

    Raises:
        EvalHarnessError: It cannot be downloaded, something of it is missing or damaged, or would
            have to be executed.
    """
    with loading(checkpoint, known) as folder:
        for name in files.values():
            if not (folder / name).is_file():
                raise EvalHarnessError(f"no file {name!r} in {folder}", where="model.gguf_file")
        from transformers import AutoConfig, AutoTokenizer, PreTrainedTokenizerBase

        options = {"local_files_only": True, "trust_remote_code": False, **files}
        config = AutoConfig.from_pretrained(folder, **options)
        check_architecture(config, known, checkpoint)
        tokenizer = AutoTokenizer.from_pretrained(folder, **options)
        if not isinstance(tokenizer, PreTrainedTokenizerBase):  # it says False of some damages
            raise ValueError("its tokenizer's vocabulary cannot be read")
        added = tokenizer.added_tokens_decoder.values()
        special = {token.content for token in added if token.special}
        special.update(tokenizer.all_special_tokens)
        several = sorted(token for token in special if len(token) > 1)
        return Reader(folder, config, tokenizer, several)


def token_id(reader: Reader, token: str) -> int:
    """Returns the id of a token that the tokenizer has to know, such as a language's.

    Raises:
        EvalHarnessError: It does not know it.
    """
    tokenizer = reader.tokenizer
    found = tokenizer.convert_tokens_to_ids(token)
    if found is None or found == tokenizer.unk_token_id:
        raise EvalHarnessError(
            f"its tokenizer has no token {token!r}, which names a language or ends an answer",
            where=reader.folder,
            hint="choose a checkpoint of the same family",
        )
    return int(found)


def ends(reader: Reader, more: Sequence[str]) -> list[int]:
    """Returns the ids of the tokens that end an output.

    Args:
        reader: The checkpoint, whose settings name some.
        more: Further tokens.

    Raises:
        EvalHarnessError: The tokenizer does not know one of `more`.
    """
    from transformers import GenerationConfig

    named = reader.config.get_text_config(decoder=True).eos_token_id
    if (reader.folder / _GENERATION).exists():
        named = GenerationConfig.from_pretrained(reader.folder, local_files_only=True).eos_token_id
    if named is None:
        named = reader.tokenizer.eos_token_id
    ends = [*(named if isinstance(named, list) else [named])]
    return list(dict.fromkeys([*ends, *(token_id(reader, token) for token in more)]))
