"""Regression metrics: each distinct text is encoded on its own, and only once.

Rei et al. (2020), "COMET: A Neural Framework for MT Evaluation": the score is that of a small
network on the embeddings of source, hypothesis and reference.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from evalharness.cache.embeddings import StoredEmbeddings, Vectors
from evalharness.cache.judgements import Opinion, Triple
from evalharness.compute import Halving, fill_batches
from evalharness.metrics.comet.forecast import Forecast
from evalharness.metrics.comet.lengths import token_counts
from evalharness.terminal import progress

log = logging.getLogger(__name__)

_TRIPLES_AT_A_TIME = 4096


def judge_separately(
    model: Any, triples: Sequence[Triple], budget: int, kept: StoredEmbeddings, name: str
) -> Iterator[tuple[Triple, Opinion]]:
    """Yields each triple with what the checkpoint says.

    Args:
        model: A `RegressionMetric` or `ReferencelessRegression`.
        triples: Distinct triples.
        budget: How many tokens a batch may have, padding included.
        kept: The embeddings that are known, to which the new ones are added.
        name: The metric's, for the progress.
    """
    texts = list(dict.fromkeys(text for triple in triples for text in triple.texts))
    limit = model.encoder.max_positions - 2
    counts = token_counts(model.encoder, texts)
    embeddings = _embed(
        model, {text: min(counts[text], limit) for text in texts}, budget, kept, name
    )
    for start in range(0, len(triples), _TRIPLES_AT_A_TIME):
        some = triples[start : start + _TRIPLES_AT_A_TIME]
        for triple, score in zip(some, _scores(model, some, embeddings), strict=True):
            truncated = any(counts[text] > limit for text in triple.texts)
            yield triple, Opinion(score, truncated)


def _embed(
    model: Any, lengths: dict[str, int], budget: int, kept: StoredEmbeddings, name: str
) -> dict[str, Vectors]:
    """The embeddings of all texts, of shape (width,) each."""
    found = {text: vector for text in lengths if (vector := kept.get(text)) is not None}
    missing = [text for text in lengths if text not in found]
    log.info("%s: %d texts to encode, %d known", name, len(missing), len(found))
    batches = [
        [missing[position] for position in batch]
        for batch in fill_batches([lengths[text] for text in missing], budget)
    ]
    # Processes that score the same at the same time meet as seldom as can be.
    random.Random().shuffle(batches)
    halving = Halving()
    forecast = Forecast(name, [lengths[text] for text in missing])

    def encode(texts: Sequence[str]) -> list[Vectors]:
        vectors = _encode(model, texts)
        finite = np.isfinite(vectors).all(axis=1)
        kept.add(
            [text for text, sound in zip(texts, finite, strict=True) if sound], vectors[finite]
        )
        return list(vectors)

    with progress(f"{name}: encoding", len(missing), "texts") as advance:
        for batch in batches:
            kept.refresh()
            made = {text: vector for text in batch if (vector := kept.get(text)) is not None}
            if new := [text for text in batch if text not in made]:
                vectors = halving(encode, new, [lengths[text] for text in new])
                made.update(zip(new, vectors, strict=True))
            found.update(made)
            advance(len(batch))
            forecast.note([lengths[text] for text in batch])
    return found


def _encode(model: Any, texts: Sequence[str]) -> Vectors:
    """The embeddings of some texts, of shape (n_texts, width)."""
    import torch

    with torch.inference_mode():
        inputs = model.encoder.prepare_sample(list(texts)).to(model.device)
        embedded = model.get_sentence_embedding(
            inputs["input_ids"], inputs["attention_mask"], inputs.get("token_type_ids")
        )
        vectors: Vectors = embedded.float().cpu().numpy()
        return vectors


def _scores(model: Any, triples: Sequence[Triple], embeddings: dict[str, Vectors]) -> list[float]:
    """What the small network says, one number per triple."""
    import torch

    def column(part: str) -> Any:
        rows = np.stack([embeddings[getattr(triple, part)] for triple in triples])
        return torch.from_numpy(rows).to(model.device)

    with torch.inference_mode():
        src, mt = column("src"), column("mt")
        if triples[0].ref is not None:
            made = model.estimate(src, mt, column("ref")).score
        else:  # the features of ReferencelessRegression.forward, which has no such method
            features = torch.cat((mt, src, mt * src, torch.abs(mt - src)), dim=1)
            made = model.estimator(features).view(-1)
        return [float(score) for score in made.cpu()]
