"""COMET as a metric: the mean of what a checkpoint says about each segment."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
import yaml
from omegaconf import MISSING

from evalharness import resources
from evalharness.config import Dtype
from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint
from evalharness.metrics.aggregates import MeanAggregate
from evalharness.metrics.base import Array, Metric, Remark
from evalharness.metrics.comet.checkpoint import CometCheckpoint, comet_files
from evalharness.metrics.comet.embeddings import StoredEmbeddings
from evalharness.metrics.comet.joint import judge_jointly
from evalharness.metrics.comet.judgements import Judgement, StoredJudgements, Triple
from evalharness.metrics.comet.network import lacks_pkg_resources, load
from evalharness.metrics.comet.separate import judge_separately
from evalharness.metrics.comet.signature import (
    Facts,
    facts_of,
    reference_parts,
    signature_of,
)
from evalharness.networks import confirm_gpus, resolve_device
from evalharness.testsets.base import Segment

log = logging.getLogger(__name__)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_DTYPES = (Dtype.float32, Dtype.bfloat16)
# Tokens in a batch. On processors, wider ones need blocks of memory that are mapped anew each time.
_PROCESSOR_BATCH, _GPU_BATCH = 768, 8192


class References(Enum):
    """What becomes of a segment's scores against several references."""

    mean = "mean"
    max = "max"


@dataclass(frozen=True)
class Comet(Metric):
    """A COMET checkpoint, in its own unit (mostly about 0 to 1), higher is better.

    Rei et al. (2022), "COMET-22"; the scores are those of unbabel-comet's `predict`.

    Attributes:
        checkpoint: A folder, or a hub id, with `@` and a branch, tag or commit if need be.
        choice: What `metric=` calls it, for messages.
        name: Its name in tables; `""` for the last part of the checkpoint's.
        encoder: Whose tokenizer and configuration are used: a folder or hub id; `None` for what
            the checkpoint names.
        references: What becomes of the scores against several references.
        fetch: Whether a run downloads what is missing; `None`: if its system downloads, too.
        batch_tokens: How many tokens a batch may have, padding included; `None` for what suits the
            device.
        device: Where it computes.
        dtype: In which format its encoder computes: float32 or bfloat16.
        store: Where embeddings and judgements are kept.
        max_gb: How many GB the store's embeddings may have.
        read_store: Whether what was kept there before is used.
    """

    checkpoint: str = MISSING
    choice: str = "comet"
    name: str = ""
    encoder: str | None = None
    references: References = References.mean
    fetch: bool | None = None
    batch_tokens: int | None = None
    device: str = "auto"
    dtype: Dtype = Dtype.float32
    store: str = MISSING
    max_gb: float = 8.0
    read_store: bool = True

    higher_is_better: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not self.name:
            stem = self._weights.name.rstrip("/").rpartition("/")[2]
            object.__setattr__(self, "name", stem)
        if not _NAME.fullmatch(self.name):
            raise EvalHarnessError(
                f"{self.name!r} cannot name a column",
                where="name",
                mend="use letters, digits, '.', '_', '+' and '-'",
            )
        if self.batch_tokens is not None and self.batch_tokens < 1:
            raise EvalHarnessError(f"{self.batch_tokens} is less than 1", where="batch_tokens")
        if not 0 <= self.max_gb < math.inf:
            raise EvalHarnessError(f"{self.max_gb} is no size", where="max_gb")
        if self.dtype not in _DTYPES:
            raise EvalHarnessError(
                f"unknown value {self.dtype.value!r}",
                where="dtype",
                mend=" | ".join(dtype.value for dtype in _DTYPES),
            )

    @property
    def needs_source(self) -> bool:
        """Every checkpoint reads the source."""
        return True

    @property
    def needs_reference(self) -> bool:
        """What the checkpoint's class says."""
        return self._comet.needs_reference

    def unavailable(self) -> str | None:
        """Says that something is not on this machine, and how it comes there."""
        if reason := lacks_pkg_resources():
            return reason
        if self.device != "auto":
            resolve_device(self.device, Path(self.store))
        for checkpoint in self.checkpoints():
            if not checkpoint.is_here():
                whose = (
                    "" if checkpoint == self._weights else f"its encoder's {checkpoint.name} is "
                )
                return f"{whose}not on this machine; {self._fetch_with}"
        return None

    def checkpoints(self) -> Iterator[Checkpoint]:
        """Yields the weights, then what belongs to the encoder."""
        return self._comet.all()

    def signature(self, segments: Sequence[Segment]) -> str:
        """All that the number depends on; the references' number where they are read."""
        read = "ref" in self._comet.reads
        references = reference_parts(segments, self.references.value) if read else {"refs": "none"}
        return signature_of(self._facts, references)

    def statistics(self, segments: Sequence[Segment], hypotheses: Sequence[str]) -> Array:
        """Returns each segment's score and 1, of shape (n_segments, 2)."""
        judged = self._judge(segments, hypotheses)
        scores = [self._combine(judgements).score for judgements in judged]
        return np.column_stack([np.array(scores, dtype=np.float64), np.ones(len(scores))])

    @property
    def aggregate(self) -> MeanAggregate:
        """The mean of the segments' scores."""
        return MeanAggregate()

    def remarks(self, segments: Sequence[Segment], hypotheses: Sequence[str]) -> Sequence[Remark]:
        """Says what was not read, and where errors are seen.

        Of several references, the errors are those seen against the one with the best score.
        """
        judged = self._judge(segments, hypotheses)
        best = [max(judgements, key=lambda judgement: judgement.score) for judgements in judged]
        return [
            Remark(any(judgement.truncated for judgement in judgements), of.error_spans)
            for judgements, of in zip(judged, best, strict=True)
        ]

    def _judge(
        self, segments: Sequence[Segment], hypotheses: Sequence[str]
    ) -> list[list[Judgement]]:
        """The judgements of each segment, one per reference that is read.

        Those whose score is not finite are kept by this object alone, not in the store.
        """
        pairs = zip(segments, hypotheses, strict=True)
        triples = [self._triples(segment, hypothesis) for segment, hypothesis in pairs]
        store = Path(self.store)
        kept = StoredJudgements(store, self._facts, read=self.read_store)
        missing = dict.fromkeys(
            triple
            for several in triples
            for triple in several
            if triple not in self._computed and kept.get(triple) is None
        )
        try:
            for triple, judgement in self._compute(list(missing), store):
                self._computed[triple] = judgement
                if math.isfinite(judgement.score):
                    kept.add(triple, judgement)
        finally:
            kept.close()
        if failed := sum(not math.isfinite(self._computed[triple].score) for triple in missing):
            log.warning(
                "%s: %d of %d scores are no finite numbers: the checkpoint is damaged, or try"
                " another metric.%s.dtype=",
                self.name,
                failed,
                len(missing),
                self.choice,
            )
        return [
            [self._computed.get(triple) or kept.of(triple) for triple in several]
            for several in triples
        ]

    @cached_property
    def _computed(self) -> dict[Triple, Judgement]:
        """What this object has judged: `remarks` asks for what `statistics` has asked for."""
        return {}

    def _compute(
        self, triples: Sequence[Triple], store: Path
    ) -> Iterator[tuple[Triple, Judgement]]:
        if not triples:
            return
        device = resolve_device(self.device, store)
        confirm_gpus(store)
        default = _PROCESSOR_BATCH if device == "cpu" else _GPU_BATCH
        budget = self.batch_tokens or default
        model = load(self._comet, device, self.dtype)
        if self._comet.kind.encodes_jointly:
            yield from judge_jointly(model, triples, budget, self.name)
            return
        embeddings = StoredEmbeddings(
            store, self._facts, self._comet.width, self.max_gb, read=self.read_store
        )
        try:
            yield from judge_separately(model, triples, budget, embeddings, self.name)
        finally:
            embeddings.close()

    def _triples(self, segment: Segment, hypothesis: str) -> list[Triple]:
        """What is judged of a segment: parts that the checkpoint does not read are left out."""
        reads = self._comet.reads
        src = segment.source if "src" in reads else None
        references = segment.references if "ref" in reads else ()
        return [Triple(src, hypothesis, ref) for ref in references or (None,)]

    def _combine(self, judgements: Sequence[Judgement]) -> Judgement:
        scores = [judgement.score for judgement in judgements]
        best = self.references is References.max
        score = float(np.max(scores)) if best else sum(scores) / len(scores)  # nan stays nan
        return replace(judgements[0], score=score)

    @cached_property
    def _facts(self) -> Facts:
        return facts_of(self._comet, self.dtype)

    @cached_property
    def _comet(self) -> CometCheckpoint:
        return CometCheckpoint(self._weights, self.encoder)

    @property
    def _weights(self) -> Checkpoint:
        option = f"metric.{self.choice}.checkpoint"
        made = Checkpoint.of(self.checkpoint, self._fetch_with, option)
        return replace(made, select=comet_files)

    @property
    def _fetch_with(self) -> str:
        command = f"python -m evalharness fetch metric={self.choice}"
        packaged = resources.folder("conf") / "metric" / f"{self.choice}.yaml"
        try:
            usual = yaml.safe_load(packaged.read_bytes())[self.choice]
        except (OSError, yaml.YAMLError, KeyError, TypeError):  # a choice of the user's own
            usual = {}
        for option in ("checkpoint", "encoder"):
            if (value := getattr(self, option)) != usual.get(option):
                command += f" metric.{self.choice}.{option}={value}"
        return command
