"""Looking at one text, and at the outputs of small bitexts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evalharness.checks import NOT_APPLICABLE, Check
from evalharness.values import Bitext, Outputs, Segment
from evalharness.values.outputs import Observations


def outputs_of(
    hypotheses: Sequence[str | None],
    sources: Sequence[str] | None = None,
    references: Sequence[Sequence[str]] | None = None,
    *,
    source: str = "tr",
    target: str = "en",
    names: Sequence[str] = (),
    observations: Sequence[Observations] = (),
    prompt: str | None = None,
) -> Outputs:
    count = len(hypotheses)
    rows = zip(sources or ["bir"] * count, references or [("one",)] * count, strict=True)
    segments = tuple(
        Segment(str(n), n - 1, None, text, tuple(several))
        for n, (text, several) in enumerate(rows, 1)
    )
    bitext = Bitext(
        "news", source, target, segments, "s", count, ("human",), reference_names=tuple(names)
    )
    return Outputs("a", bitext, tuple(hypotheses), observations, prompt=prompt)


def seen_in(
    check: Check,
    text: str,
    source: str = "bir",
    *,
    pair: tuple[str, str] = ("tr", "en"),
    observations: Observations | None = None,
) -> Any:
    """What a check sees in one hypothesis; `NOT_APPLICABLE` where it says nothing of the bitext."""
    outputs = outputs_of([text], [source], source=pair[0], target=pair[1])
    look = check.prepare(outputs.bitext, None)
    if look is None:
        return NOT_APPLICABLE
    return look(outputs.bitext.segments[0], text, observations or {})
