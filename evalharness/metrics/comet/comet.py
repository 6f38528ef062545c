"""COMET as a metric: the mean of what a checkpoint says about each segment."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import yaml
from omegaconf import MISSING

from evalharness import resources
from evalharness.cache.embeddings import StoredEmbeddings
from evalharness.cache.judgements import Opinion, StoredJudgements, Triple
from evalharness.compute import confirm_gpus, free_memory, resolve_device
from evalharness.config import Dtype
from evalharness.errors import EvalHarnessError
from evalharness.extras import NEURAL, lacks_extra
from evalharness.hub import Checkpoint
from evalharness.metrics.comet.checkpoint import CometCheckpoint, comet_files
from evalharness.metrics.comet.joint import judge_jointly
from evalharness.metrics.comet.network import lacks_pkg_resources, load
from evalharness.metrics.comet.separate import judge_separately
from evalharness.metrics.comet.signature import (
    Facts,
    facts_of,
    reference_parts,
    signature_of,
)
from evalharness.metrics.metric import Metric
from evalharness.stats.aggregates import MeanAggregate
from evalharness.values.outputs import Observations, Outputs, observed
from evalharness.values.scores import Judgement
from evalharness.values.segments import Bitext, Segment

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
                hint="use letters, digits, '.', '_', '+' and '-'",
            )
        if self.batch_tokens is not None and self.batch_tokens < 1:
            raise EvalHarnessError(f"{self.batch_tokens} is less than 1", where="batch_tokens")
        if not 0 <= self.max_gb < math.inf:
            raise EvalHarnessError(f"{self.max_gb} is no size", where="max_gb")
        if self.dtype not in _DTYPES:
            raise EvalHarnessError(
                f"unknown value {self.dtype.value!r}",
                where="dtype",
                hint=" | ".join(dtype.value for dtype in _DTYPES),
            )

    @property
    def needs_source(self) -> bool:
        """Every checkpoint reads the source."""
        return True

    @property
    def needs_reference(self) -> bool:
        """What the checkpoint's class says."""
        return self._comet.needs_reference

    def missing_packages(self) -> str | None:
        """Which of unbabel-comet's packages are not installed."""
        return lacks_extra("neural", NEURAL) or lacks_pkg_resources()

    def missing_requirement(self) -> str | None:
        """Says that something is not on this machine, and how it comes there."""
        if reason := self.missing_packages():
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

    def signature(self, bitext: Bitext) -> str:
        """All that the number depends on; the references' number where they are read."""
        read = "ref" in self._comet.reads
        handling = self.references.value
        references = reference_parts(bitext.segments, handling) if read else {"refs": "none"}
        return signature_of(self._facts, references)

    def judge(self, outputs: Outputs) -> Judgement:
        """Returns each segment's score and 1 as statistics, (n_segments, 2).

        The observations say what was not read, and where errors are seen: of several references,
        those seen against the one with the best score.
        """
        pairs = zip(outputs.bitext.segments, outputs.texts, strict=True)
        triples = [self._triples(segment, hypothesis) for segment, hypothesis in pairs]
        known = self._known({triple: None for several in triples for triple in several})
        opinions = [[known[triple] for triple in several] for several in triples]
        scores = np.array([self._combine(several) for several in opinions], dtype=np.float64)
        return Judgement(
            np.column_stack([scores, np.ones(len(scores))]),
            scores,
            MeanAggregate(),
            self.signature(outputs.bitext),
            self.higher_is_better,
            "the checkpoint's own, mostly about 0 to 1",
            [_observations(several) for several in opinions],
        )

    def release(self) -> None:
        """Lets go of the network, and ends this process's files in the store."""
        held = vars(self)
        for name in ("_judgements", "_embeddings"):
            if name in held:
                held.pop(name).close()
        if held.pop("_network", None) is not None:
            free_memory()

    def _known(self, triples: Collection[Triple]) -> dict[Triple, Opinion]:
        """What is said about triples; those whose score is not finite are not kept."""
        known = {
            triple: opinion
            for triple in triples
            if (opinion := self._judgements.get(triple)) is not None
        }
        missing = [triple for triple in triples if triple not in known]
        for triple, opinion in self._compute(missing):
            known[triple] = opinion
            if math.isfinite(opinion.score):
                self._judgements.add(triple, opinion)
        if failed := sum(not math.isfinite(known[triple].score) for triple in missing):
            log.warning(
                "%s: %d of %d scores are no finite numbers: the checkpoint is damaged, or try"
                " another metric.%s.dtype=",
                self.name,
                failed,
                len(missing),
                self.choice,
            )
        return known

    def _compute(self, triples: Sequence[Triple]) -> Iterator[tuple[Triple, Opinion]]:
        if not triples:
            return
        confirm_gpus(Path(self.store))
        default = _PROCESSOR_BATCH if self._device == "cpu" else _GPU_BATCH
        budget = self.batch_tokens or default
        if self._comet.kind.encodes_jointly:
            yield from judge_jointly(self._network, triples, budget, self.name)
        else:
            yield from judge_separately(self._network, triples, budget, self._embeddings, self.name)

    @cached_property
    def _device(self) -> str:
        return resolve_device(self.device, Path(self.store))

    @cached_property
    def _network(self) -> Any:
        return load(self._comet, self._device, self.dtype)

    @cached_property
    def _judgements(self) -> StoredJudgements:
        return StoredJudgements(Path(self.store), self._facts, read=self.read_store)

    @cached_property
    def _embeddings(self) -> StoredEmbeddings:
        return StoredEmbeddings(
            Path(self.store), self._facts, self._comet.width, self.max_gb, read=self.read_store
        )

    def _triples(self, segment: Segment, hypothesis: str) -> list[Triple]:
        """What is judged of a segment: parts that the checkpoint does not read are left out."""
        reads = self._comet.reads
        src = segment.source if "src" in reads else None
        references = segment.references if "ref" in reads else ()
        return [Triple(src, hypothesis, ref) for ref in references or (None,)]

    def _combine(self, opinions: Sequence[Opinion]) -> float:
        scores = [opinion.score for opinion in opinions]
        if self.references is References.max:
            return float(np.max(scores))  # nan stays nan
        return sum(scores) / len(scores)

    @cached_property
    def _facts(self) -> Facts:
        return facts_of(self._comet, self.dtype)

    @cached_property
    def _comet(self) -> CometCheckpoint:
        return CometCheckpoint(self._weights, self.encoder)

    @property
    def _weights(self) -> Checkpoint:
        option = f"metric.{self.choice}.checkpoint"
        made = Checkpoint.parse(self.checkpoint, self._fetch_with, option)
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


def _observations(opinions: Sequence[Opinion]) -> Observations:
    best = max(opinions, key=lambda opinion: opinion.score)
    return observed(
        truncated=any(opinion.truncated for opinion in opinions),
        error_spans=[span._asdict() for span in best.error_spans],
    )
