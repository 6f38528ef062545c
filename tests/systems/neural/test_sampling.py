"""Draws: from the right distribution, and each text's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from evalharness.systems.neural.engine import Decoding
from evalharness.systems.neural.sampling import SeededDraws

LOGITS = torch.tensor([2.0, 1.0, 0.5, 0.0, -1.0, -3.0])
DRAWS = 20_000


def drawn(inputs: list[list[int]], decoding: Decoding) -> list[int]:
    width = max(map(len, inputs))
    scores = LOGITS.expand(len(inputs), -1)
    masked = SeededDraws(inputs, width, decoding)(torch.zeros(len(inputs), width), scores)
    assert (masked.isfinite().sum(dim=1) == 1).all()
    return masked.argmax(dim=1).tolist()


@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"), [(1.0, 0, 1.0), (0.7, 3, 1.0), (0.6, 0, 0.9), (1.5, 4, 0.8)]
)
def test_draws_follow_the_distribution_that_transformers_samples_from(
    temperature: float, top_k: int, top_p: float
):
    decoding = Decoding(1, 1, temperature=temperature, top_k=top_k, top_p=top_p, seed=7)
    counts = np.bincount(drawn([[n, n + 1] for n in range(DRAWS)], decoding), minlength=6)
    scores = TemperatureLogitsWarper(temperature)(None, LOGITS[None])
    if top_k:
        scores = TopKLogitsWarper(top_k)(None, scores)
    if top_p < 1:
        scores = TopPLogitsWarper(top_p)(None, scores)
    expected = torch.softmax(scores, dim=-1)[0].numpy()
    assert (counts[expected == 0] == 0).all()
    # Four standard deviations of a binomial.
    bounds = 4 * np.sqrt(expected * (1 - expected) / DRAWS)
    assert (np.abs(counts / DRAWS - expected) <= bounds + 1e-12).all()


def test_a_text_is_drawn_the_same_whatever_its_batch_and_otherwise_with_another_seed():
    decoding = Decoding(1, 1, temperature=1.0, seed=1)
    texts = [[n, 3, 5] for n in range(200)]
    together = drawn(texts, decoding)
    assert together == [drawn([text], decoding)[0] for text in texts]
    assert list(reversed(together)) == drawn(texts[::-1], decoding)
    assert together != drawn(texts, Decoding(1, 1, temperature=1.0, seed=2))
