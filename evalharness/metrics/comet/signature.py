"""What a COMET score depends on: for its signature, and for what is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from evalharness.config import Dtype
from evalharness.metrics.comet.checkpoint import CometCheckpoint
from evalharness.values.segments import Segment

_PACKAGES = ("unbabel-comet", "transformers", "torch")

Facts = Mapping[str, Any]


def facts_of(checkpoint: CometCheckpoint, dtype: Dtype) -> Facts:
    """Returns all that the score of a source, a hypothesis and a reference depends on.

    Raises:
        EvalHarnessError: The checkpoint is not here and cannot be downloaded.
    """
    weights, encoder, *tokenizer = checkpoint.all()
    return {
        "checkpoint": weights.identity(),
        "encoder": encoder.identity(),
        "tokenizer": [other.identity() for other in tokenizer],
        "dtype": dtype.value,
        "max_tokens": checkpoint.max_tokens,
        "versions": {name: version(name).partition("+")[0] for name in _PACKAGES},
    }


def signature_of(facts: Facts, references: Mapping[str, object]) -> str:
    """Returns a signature in sacreBLEU's form.

    Args:
        facts: What `facts_of` returned.
        references: What `reference_parts` returned.
    """
    parts = {
        **references,
        "checkpoint": _short(facts["checkpoint"]),
        "encoder": _short(facts["encoder"]),
        "dtype": facts["dtype"],
        "maxlen": facts["max_tokens"],
        **facts["versions"],
    }
    return "|".join(f"{key}:{value}" for key, value in parts.items())


def reference_parts(segments: Sequence[Segment], handling: str) -> Mapping[str, object]:
    """Returns what a signature says of references that are read.

    Args:
        segments: Whose references.
        handling: What becomes of the scores against several.
    """
    counts = {len(segment.references) for segment in segments}
    number = counts.pop() if len(counts) == 1 else "var"
    if number == 0:
        return {"nrefs": 0, "refs": "none"}
    return {"nrefs": number} if number == 1 else {"nrefs": number, "refs": handling}


def _short(identity: Mapping[str, str]) -> str:
    """A hub id with the start of its commit, or the start of a folder's digest."""
    if "commit" in identity:
        return f"{identity['checkpoint']}@{identity['commit'][:10]}"
    return f"sha256-{identity['sha256'][:16]}"
