"""Sampling whose draws belong to the text: neither its batch nor a kill changes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evalharness.systems.neural.engine import Decoding, TokenIds


class SeededDraws:
    """A logits processor that draws each next token and leaves no other choice.

    Temperature, top-k and top-p are transformers' own. The draw inverts the cumulative
    distribution at a number from the text's own stream, seeded with `Decoding.seed` and its tokens.
    """

    def __init__(self, inputs: Sequence[TokenIds], width: int, decoding: Decoding) -> None:
        """Prepares the numbers.

        Args:
            inputs: The token ids of each row of the batch.
            width: The length of the padded prompt.
            decoding: What to draw from.
        """
        from transformers import (
            TemperatureLogitsWarper,
            TopKLogitsWarper,
            TopPLogitsWarper,
        )

        self._warpers: list[Any] = [TemperatureLogitsWarper(float(decoding.temperature))]
        if decoding.top_k:
            self._warpers.append(TopKLogitsWarper(decoding.top_k))
        if decoding.top_p < 1:
            self._warpers.append(TopPLogitsWarper(decoding.top_p))
        self._start = width
        self._numbers = np.array(
            [
                np.random.default_rng([decoding.seed, *ids]).random(decoding.max_new_tokens)
                for ids in inputs
            ]
        )

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Returns scores of minus infinity but for the token that was drawn."""
        import torch

        for warper in self._warpers:
            scores = warper(input_ids, scores)
        exact = torch.float32 if scores.device.type == "mps" else torch.float64
        cumulative = torch.softmax(scores, dim=-1, dtype=exact).cumsum(dim=-1)
        step = input_ids.shape[1] - self._start
        numbers = torch.tensor(self._numbers[:, step], dtype=exact, device=scores.device)[:, None]
        drawn = torch.searchsorted(cumulative, numbers * cumulative[:, -1:], right=True)
        drawn.clamp_(max=scores.shape[1] - 1)
        return torch.full_like(scores, -torch.inf).scatter(1, drawn, 0.0)
