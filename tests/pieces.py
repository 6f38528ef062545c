"""A sentencepiece model of the project's own statements, for the tokenizers of tiny checkpoints."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import sentencepiece

from .conftest import ROOT

PIECES = 400
# Letters that the statements may lack: with them no Turkish, Arabic or English word is unknown.
LETTERS = (
    "abcçdefgğhıijklmnoöpqrsştuüvwxyzâîû"
    "ABCÇDEFGĞHIİJKLMNOÖPQRSŞTUÜVWXYZ"
    "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"
    "0123456789.,;:!?'\"()-،؛؟"
)


@cache
def unigram_model(letters: str = LETTERS, symbols: tuple[str, ...] = ()) -> bytes:
    """A unigram model trained on the repository's statements; ids 0 to 2 are <unk>, <s>, </s>."""
    statements = sorted((ROOT / "seeds").glob("*/*.txt"))
    statements += sorted((ROOT / "references").glob("*/*/*.txt"))
    lines = [line for file in statements for line in file.read_text("utf-8").splitlines() if line]
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=trained,
        model_type="unigram",
        vocab_size=PIECES,
        hard_vocab_limit=False,
        required_chars=letters,
        user_defined_symbols=list(symbols),
        num_threads=1,
        minloglevel=2,
    )
    return trained.getvalue()


def pieces(model: bytes) -> list[str]:
    """What a model cuts words into, without its three special tokens."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    return [processor.IdToPiece(i) for i in range(3, len(processor))]


@contextmanager
def conversion() -> Iterator[None]:
    """Lets transformers convert a sentencepiece model into a fast tokenizer.

    The conversion imports sentencepiece's own protobuf module; from 0.2.2 on that needs a protobuf
    far above the one COMET allows. transformers carries an older copy, which stands in meanwhile;
    afterwards the environment is as it was, so that loading a checkpoint meets what users meet.
    """
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
