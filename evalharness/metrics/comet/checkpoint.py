"""What a COMET checkpoint says of itself, read without loading any of it.

On the hub it is `hparams.yaml` and `checkpoints/model.ckpt`; the tokenizer and the configuration
of its encoder come from a second repository, which `hparams.yaml` names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint, Files, read_json, read_yaml, transformers_files

HPARAMS, WEIGHTS = "hparams.yaml", "checkpoints/model.ckpt"
ENCODERS = ("BERT", "MiniLM", "RemBERT", "XLM-RoBERTa", "XLM-RoBERTa-XL")
"""COMET's names for the classes of its encoders."""

# COMET's MiniLM encoder always takes its tokenizer from there (comet/encoders/minilm.py).
_MINILM, _MINILM_TOKENIZER = "MiniLM", "xlm-roberta-base"


class Kind(Enum):
    """The classes of COMET, by their `class_identifier`."""

    regression = "regression_metric"
    referenceless = "referenceless_regression_metric"
    unified = "unified_metric"
    xcomet = "xcomet_metric"

    @property
    def encodes_jointly(self) -> bool:
        """Whether source, hypothesis and reference are encoded as one text."""
        return self in (Kind.unified, Kind.xcomet)


def comet_files(names: Sequence[str]) -> Files:
    """Selects what COMET loads of its own repository."""
    if HPARAMS not in names:
        return Files((), (), (f"{HPARAMS}, which every COMET checkpoint has",))
    return Files((HPARAMS,), (WEIGHTS,))


def encoder_files(names: Sequence[str]) -> Files:
    """Selects what COMET loads of its encoder's repository: everything but weights."""
    files = transformers_files(names)
    missing = tuple(what for what in files.missing if not what.startswith("weights"))
    return Files(files.rest, (), missing)


@dataclass(frozen=True)
class CometCheckpoint:
    """A COMET checkpoint and its encoder.

    Attributes:
        weights: Its repository or folder.
        encoder_name: Whose tokenizer and configuration are used; `None` for what it names.
    """

    weights: Checkpoint
    encoder_name: str | None = None

    def all(self) -> Iterator[Checkpoint]:
        """Yields what is loaded; the first has to be here before the next is asked for."""
        yield self.weights
        minilm = self.encoder_class == _MINILM
        yield self.encoder
        if minilm:
            yield self._selecting(_MINILM_TOKENIZER, "checkpoint")

    @cached_property
    def hparams(self) -> Mapping[str, Any]:
        """What `hparams.yaml` says.

        Raises:
            EvalHarnessError: It is no YAML, or that of no class that scores segments.
        """
        hparams = read_yaml(self.weights.folder() / HPARAMS)
        try:
            Kind(hparams["class_identifier"])
        except (KeyError, TypeError):
            raise self._error(f"{HPARAMS} names no class_identifier") from None
        except ValueError:
            found = hparams["class_identifier"]
            known = ", ".join(kind.value for kind in Kind)
            raise self._error(f"a {found!r}; these are scored with: {known}") from None
        return dict(hparams)

    @property
    def kind(self) -> Kind:
        """Its class."""
        return Kind(self.hparams["class_identifier"])

    @property
    def encoder_class(self) -> str:
        """COMET's name for the class of its encoder."""
        named = str(self.hparams.get("encoder_model", "XLM-RoBERTa"))
        if named not in ENCODERS:
            raise self._error(f"an encoder {named!r}; COMET has {', '.join(ENCODERS)}")
        return named

    @cached_property
    def encoder(self) -> Checkpoint:
        """Where its encoder's tokenizer and configuration come from."""
        named = self.encoder_name or self.hparams.get("pretrained_model")
        if not isinstance(named, str):
            raise self._error(f"{HPARAMS} names no pretrained_model")
        return self._selecting(named, "encoder")

    @property
    def reads(self) -> tuple[str, ...]:
        """What it reads of `src`, `mt` and `ref` when all are there."""
        if self.kind is Kind.referenceless:
            return ("src", "mt")
        if self.kind is Kind.unified:
            return tuple(self.hparams.get("input_segments", ("mt", "src", "ref")))
        return ("src", "mt", "ref")

    @property
    def needs_reference(self) -> bool:
        """Whether it says nothing without a reference."""
        return self.kind is Kind.regression or "src" not in self.reads

    @cached_property
    def _config(self) -> Mapping[str, Any]:
        path = self.encoder.folder() / "config.json"
        config = read_json(path)
        try:
            return {name: int(config[name]) for name in ("max_position_embeddings", "hidden_size")}
        except (ValueError, KeyError, TypeError) as error:
            raise EvalHarnessError(
                f"cannot be read: {type(error).__name__}: {error}", where=path
            ) from error

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text it reads: COMET leaves four of the encoder's positions out.

        Two in `max_positions` (comet/encoders/bert.py), two in `prepare_sample` (base.py).
        """
        return int(self._config["max_position_embeddings"]) - 4

    @property
    def width(self) -> int:
        """The width of an embedding."""
        return int(self._config["hidden_size"])

    def option(self, name: str) -> str:
        """Returns the whole name of another option of the same metric: `metric.comet.dtype`."""
        return f"{self.weights.key.rpartition('.')[0]}.{name}"

    def _selecting(self, name: str, option: str) -> Checkpoint:
        made = Checkpoint.parse(name, self.weights.fetch_with, self.option(option))
        return replace(made, select=encoder_files)

    def _error(self, what: str) -> EvalHarnessError:
        folder = self.weights.folder()
        hint = f"choose another {self.weights.key}="
        return EvalHarnessError(what, where=Path(folder), hint=hint)
