"""UnifiedMetric and XCOMET: source, hypothesis and reference are encoded as one text.

Wan et al. (2022), "UniTE"; Guerreiro et al. (2024), "xCOMET". Batches are prepared and judged by
the classes' own methods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evalharness.cache.judgements import ErrorSpan, Opinion, Triple
from evalharness.compute import Halving, fill_batches
from evalharness.metrics.comet.forecast import Forecast
from evalharness.metrics.comet.lengths import token_counts
from evalharness.terminal import progress


def judge_jointly(
    model: Any, triples: Sequence[Triple], budget: int, name: str
) -> Iterator[tuple[Triple, Opinion]]:
    """Yields each triple with what the checkpoint says, as soon as its batch is done.

    Args:
        model: A `UnifiedMetric` or `XCOMETMetric`.
        triples: Distinct triples, all with the same parts.
        budget: How many tokens a batch may have, padding included.
        name: The metric's, for the progress.
    """
    counts = token_counts(
        model.encoder, dict.fromkeys(text for triple in triples for text in triple.texts)
    )
    limit = model.encoder.max_positions - 2
    lengths = [_joint_length(model.encoder, triple, counts, limit) for triple in triples]
    longest = model.encoder.max_positions
    halving = Halving()
    forecast = Forecast(name, lengths)
    with progress(f"{name}: encoding", len(triples), "segments") as advance:
        for batch in fill_batches([min(length, longest) for length in lengths], budget):
            some = [triples[position] for position in batch]
            outcomes = halving(
                lambda part: _judge(model, part), some, [lengths[at] for at in batch]
            )
            for position, (score, spans) in zip(batch, outcomes, strict=True):
                triple = triples[position]
                cut = lengths[position] > longest
                truncated = cut or any(counts[text] > limit for text in triple.texts)
                yield triple, Opinion(score, truncated, spans)
            advance(len(batch))
            forecast.note([lengths[position] for position in batch])


def _joint_length(encoder: Any, triple: Triple, counts: Mapping[str, int], limit: int) -> int:
    """Tokens of all parts, each cut to what is read of it, with what stands between them."""
    own = sum(min(counts[text], limit) - 2 for text in triple.texts)
    return 2 + own + int(encoder.size_separator) * (len(triple.texts) - 1)


def _judge(model: Any, triples: Sequence[Triple]) -> list[tuple[float, tuple[ErrorSpan, ...]]]:
    import torch

    samples = [
        {part: text for part, text in triple._asdict().items() if text is not None}
        for triple in triples
    ]
    with torch.inference_mode():
        batches = [
            {name: _on(value, model.device) for name, value in inputs.items()}
            for inputs in model.prepare_sample(samples, stage="predict")
        ]
        made = model.predict_step(tuple(batches))
    scores = [float(score) for score in made.scores.cpu()]
    metadata = made.get("metadata", {})
    spans = metadata.get("error_spans", [()] * len(scores))
    return [(score, tuple(map(_span, found))) for score, found in zip(scores, spans, strict=True)]


def _on(value: Any, device: Any) -> Any:
    return value.to(device) if hasattr(value, "to") else value


def _span(made: Mapping[str, Any]) -> ErrorSpan:
    return ErrorSpan(made["start"], made["end"], made["severity"], made["confidence"])
