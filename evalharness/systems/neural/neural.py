"""What all neural systems share: a checkpoint, an engine, sentences, batches."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from textwrap import shorten
from typing import Any

from omegaconf import MISSING

from evalharness.compute import (
    Halving,
    architectures,
    confirm_gpus,
    describe_device,
    fill_batches,
    free_memory,
    loading,
    resolve_device,
    resolve_dtype,
)
from evalharness.config import Dtype
from evalharness.errors import EvalHarnessError
from evalharness.extras import NEURAL, lacks_extra
from evalharness.hub import Checkpoint
from evalharness.languages import sentence_separator, sentences
from evalharness.systems.neural.ctranslate2_engine import (
    CTranslate2Engine,
    check_runs_on,
    converted,
)
from evalharness.systems.neural.engine import Decoding, Engine, EngineName, Output, TokenIds
from evalharness.systems.neural.fitting import Split, fit
from evalharness.systems.neural.reader import Reader, ends, read
from evalharness.systems.neural.transformers_engine import TransformersEngine
from evalharness.systems.prompt import beside, plain
from evalharness.systems.system import System
from evalharness.terminal import working
from evalharness.values.outputs import Facts, Failure, Translation, observed

RECIPE = 1
"""To be raised whenever a change of this package changes hypotheses: it is in the fingerprint."""

# Above it, a tokenizer's `model_max_length` only says that nobody set it.
_NO_LIMIT = 10**9
# Tokens in a batch. On processors wider ones gain nothing, and compute more in vain, since a batch
# goes on until its longest output ends: benchmarks/README.md.
_PROCESSOR_BATCH, _GPU_BATCH = 2048, 8192

_QUOTED = 60  # characters of a text in an error


@dataclass(frozen=True)
class NeuralSystem(System):
    """A network that runs on this machine; the base of those that say how languages are said.

    Attributes:
        name: Name in tables and folders.
        choice: What `model=` calls it, for messages; `""` for its name.
        checkpoint: A folder, or a hub id, with `@` and a branch, tag or commit if need be.
        engine: `transformers` or `ctranslate2`.
        split: Whether sentences or whole segments are translated.
        batch_tokens: How many source tokens a batch may have, padding included; `None` for what
            suits the device.
        beams: Width of the beam search; 1 is greedy.
        max_new_tokens: The length limit of a hypothesis, in tokens.
        max_input_tokens: How many tokens a source may have; `None` for what the checkpoint says.
        device: Where it computes.
        dtype: In which number format.
        store: Where converted checkpoints are kept.
    """

    name: str = MISSING
    choice: str = ""
    checkpoint: str = MISSING
    engine: EngineName = EngineName.transformers
    split: Split = Split.sentence
    batch_tokens: int | None = None
    beams: int = 1
    max_new_tokens: int = 256
    max_input_tokens: int | None = None
    device: str = "auto"
    dtype: Dtype = Dtype.auto
    store: str = MISSING

    model_class = "AutoModelForSeq2SeqLM"

    def __post_init__(self) -> None:
        for option in ("batch_tokens", "beams", "max_new_tokens", "max_input_tokens"):
            value = getattr(self, option)
            if value is not None and value < 1:
                raise EvalHarnessError(f"{value} is less than 1", where=option)
        if self.dtype is Dtype.int8 and self.engine is not EngineName.ctranslate2:
            raise EvalHarnessError(
                "int8 is a format of CTranslate2",
                where="dtype",
                hint="add model.engine=ctranslate2",
            )

    @abstractmethod
    def encode(self, reader: Reader, text: str, source: str, target: str) -> TokenIds:
        """Returns a text's token ids, with all that says what it is to be translated into."""

    def say(self, reader: Reader, target: str) -> Mapping[str, int | str]:
        """Returns what says the target language to the decoder; see `Engine.generate`."""
        return {}

    @abstractmethod
    def recipe(self, source: str, target: str) -> Facts:
        """Returns how the languages are said, for the fingerprint.

        Raises:
            EvalHarnessError: The pair is not supported.
        """

    def missing_requirement(self) -> str | None:
        """Says which extra is missing, or that the device is not there."""
        lacking = lacks_extra("neural", NEURAL)
        if lacking is None and self.engine is EngineName.ctranslate2:
            lacking = lacks_extra("ctranslate2", ["ctranslate2"])
        if lacking:
            return lacking
        if self.device != "auto":
            resolve_device(self.device, Path(self.store))
        return None

    def checkpoints(self, source: str, target: str) -> Sequence[Checkpoint]:
        """The checkpoint; one for all pairs."""
        return (self._checkpoint(source, target),)

    def hardware(self) -> str:
        """The processor or GPU, with the format it computes in."""
        return f"{describe_device(self._device, Path(self.store))}, {self._dtype.value}"

    def fingerprint(self, source: str, target: str) -> Facts:
        """The checkpoint's commit or digest, and everything else that can change a hypothesis."""
        engines = ("transformers", "ctranslate2" if self._converts else "torch")
        return {
            "system": type(self).__name__,
            "recipe": RECIPE,
            "checkpoint": self._checkpoint(source, target).identity(),
            "languages": self.recipe(source, target),
            "engine": {"name": self.engine.value, **{name: _release(name) for name in engines}},
            "dtype": self._dtype.value,
            "decoding": asdict(self.decoding()),
            "max_input_tokens": self.max_input_tokens,
            "split": {"by": self.split.value, "sentencex": version("sentencex")},
            "tokenizer": {name: version(name) for name in ("tokenizers", "sentencepiece")},
            **self.files(),
        }

    def decoding(self) -> Decoding:
        """How hypotheses are searched for."""
        return Decoding(self.beams, self.max_new_tokens)

    def pieces(self, text: str, source: str) -> Sequence[str]:
        """The sentences of a segment, or all of it, as `split` says."""
        if self.split is not Split.sentence:
            return (text,)
        return [beside(text, sentence) for sentence in sentences(plain(text), source)]

    def batches(self, texts: Sequence[str], source: str, target: str) -> Sequence[Sequence[int]]:
        """Texts of like length, as many as the token budget allows."""
        reader = self._reader(source, target)
        lengths = [len(self.encode(reader, text, source, target)) for text in texts]
        return fill_batches(lengths, self._budget)

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | Failure]]:
        """Translates a batch; texts longer than the model takes in several parts."""
        reader = self._reader(source, target)
        limit, decoding = self._bounds(reader.config, reader.tokenizer)
        say = self.say(reader, target)

        def encode(text: str, part: str) -> TokenIds:
            return self.encode(reader, beside(text, part), source, target)

        parts = [fit(plain(text), partial(encode, text), limit, source) for text in texts]
        flat = [part for several in parts for part in several]
        outputs: dict[int, Output] = {}
        network = self._network(source, target)
        for batch in fill_batches([len(part.ids) for part in flat], self._budget):
            inputs = [flat[position].ids for position in batch]
            lengths = [len(ids) for ids in inputs]
            generated = self._halving(
                partial(network.generate, decoding=decoding, say=say), inputs, lengths
            )
            outputs.update(zip(batch, generated, strict=True))
        first = 0
        for position, several in enumerate(parts):
            made = [outputs[first + number] for number in range(len(several))]
            if not all(output.finite for output in made):
                raise EvalHarnessError(
                    f"gives no finite scores for {shorten(texts[position], _QUOTED)!r}",
                    where=self.weights_of(source, target),
                    hint="the checkpoint is damaged, or try another dtype=",
                )
            texts_made = [self.decode(reader, output.ids) for output in made]
            yield (
                position,
                Translation(
                    sentence_separator(target).join(filter(None, texts_made)),
                    observed(
                        truncated=any(part.truncated for part in several),
                        unfinished=not all(output.finished for output in made),
                    ),
                ),
            )
            first += len(several)

    def share(self, other: NeuralSystem) -> None:
        """Has a system with the same weights use what is loaded here, and the other way round."""
        for name in ("_device", "_dtype", "_halving", "_held"):
            vars(other)[name] = getattr(self, name)

    def release(self) -> None:
        """Lets go of the network; it is loaded again if need be."""
        self._held.clear()
        free_memory()

    def decode(self, reader: Reader, ids: TokenIds) -> str:
        """Returns the text of an output."""
        return str(reader.tokenizer.decode(ids, skip_special_tokens=True)).strip()

    def weights_of(self, source: str, target: str) -> str:
        """The hub id or folder of a pair's checkpoint."""
        return self.checkpoint

    def _checkpoint(self, source: str, target: str) -> Checkpoint:
        option = f"model.checkpoint={self.checkpoint}"
        if "{" in option:
            option = f"\"model.checkpoint='{self.checkpoint}'\""
        fetch_with = f"python -m evalharness fetch model={self.choice or self.name} {option}"
        return Checkpoint.parse(self.weights_of(source, target), fetch_with)

    @cached_property
    def _device(self) -> str:
        return resolve_device(self.device, Path(self.store))

    @cached_property
    def _dtype(self) -> Dtype:
        if self._converts and self.dtype is Dtype.auto and self._device == "cpu":
            return Dtype.int8
        return resolve_dtype(self.dtype, self._device, Path(self.store))

    @property
    def _budget(self) -> int:
        if self.batch_tokens is not None:
            return self.batch_tokens
        return _PROCESSOR_BATCH if self._device == "cpu" else _GPU_BATCH

    @property
    def _converts(self) -> bool:
        return self.engine is EngineName.ctranslate2

    def _bounds(self, config: Any, tokenizer: Any) -> tuple[int, Decoding]:
        """How many tokens a source may have, and the decoding with what positions are left."""
        decoding = self.decoding()
        text_config = getattr(config, "text_config", None) or config
        positions = getattr(text_config, "max_position_embeddings", None) or _NO_LIMIT
        limit = min(self.max_input_tokens or _NO_LIMIT, tokenizer.model_max_length, positions)
        if config.is_encoder_decoder:
            longest = min(decoding.max_new_tokens, positions)
            return limit, replace(decoding, max_new_tokens=longest)
        limit = min(limit, positions - decoding.max_new_tokens)
        if limit < 1:
            raise EvalHarnessError(
                f"{decoding.max_new_tokens} leave no room for a prompt: it reads {positions}",
                where="model.max_new_tokens",
            )
        return limit, decoding

    @cached_property
    def _halving(self) -> Halving:
        return Halving()

    @cached_property
    def _held(self) -> dict[str, Any]:
        """What is loaded of the checkpoint in use; it goes with this object."""
        return {}

    def _reader(self, source: str, target: str) -> Reader:
        checkpoint = self._checkpoint(source, target)
        if self._held.get("checkpoint") != checkpoint:
            self._held.clear()
            self._held.update(checkpoint=checkpoint, reader=self._read(checkpoint))
        reader: Reader = self._held["reader"]
        return reader

    def _read(self, checkpoint: Checkpoint) -> Reader:
        return read(checkpoint, self.files(), architectures(self.model_class))

    def stops(self) -> Sequence[str]:
        """Returns the tokens that end an output besides those that the checkpoint names."""
        return ()

    def files(self) -> dict[str, str]:
        """Returns which files are loaded where that is not transformers' usual choice."""
        return {}

    def _network(self, source: str, target: str) -> Engine:
        reader = self._reader(source, target)
        if "network" not in self._held:
            checkpoint = self._checkpoint(source, target)
            known = architectures(self.model_class)
            with loading(checkpoint, known), working(f"loading {checkpoint.name}"):
                self._held["network"] = self._engine(reader, checkpoint)
        network: Engine = self._held["network"]
        return network

    def _engine(self, reader: Reader, checkpoint: Checkpoint) -> Engine:
        confirm_gpus(Path(self.store))
        tokenizer = reader.tokenizer
        if not self._converts:
            pad = tokenizer.pad_token_id
            return TransformersEngine(
                reader.folder,
                self.model_class,
                tokenizer.eos_token_id if pad is None else pad,
                self._device,
                self._dtype,
                ends(reader, self.stops()),
                **self.files(),
            )
        check_runs_on(self._device, self._dtype)
        folder = converted(reader.folder, checkpoint.identity(), self._dtype, Path(self.store))
        return CTranslate2Engine(
            folder,
            decoder_only=not reader.config.is_encoder_decoder,
            device=self._device,
            dtype=self._dtype,
            to_tokens=tokenizer.convert_ids_to_tokens,
            to_ids=tokenizer.convert_tokens_to_ids,
            ends=ends(reader, self.stops()),
        )


def _release(distribution: str) -> str:
    """The version without its local part: +cpu and +cu128 are the same code."""
    return version(distribution).partition("+")[0]
