"""Batches: filled by a token budget, over texts sorted by length; halved when memory is short."""

from __future__ import annotations

import gc
import logging
import math
import sys
from collections.abc import Mapping, Sequence

from evalharness.devices import is_out_of_memory
from evalharness.errors import EvalHarnessError
from evalharness.systems.neural.engine import Decoding, Engine, Output, TokenIds

log = logging.getLogger(__name__)


def fill_batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Puts items of like length together.

    Args:
        lengths: Each item's length in tokens.
        budget: How many tokens a batch may have, padding included; an item longer than that is a
            batch of its own.

    Returns:
        The items' positions, batch by batch, shortest first.
    """
    batches: list[list[int]] = [[]]
    for position in sorted(range(len(lengths)), key=lambda position: lengths[position]):
        if batches[-1] and lengths[position] * (len(batches[-1]) + 1) > budget:
            batches.append([])
        batches[-1].append(position)
    return batches if batches[0] else []


class Halving:
    """An engine whose batches are halved when they do not fit into memory, and those like them."""

    def __init__(self, engine: Engine) -> None:
        """Takes the engine that generates."""
        self._engine = engine
        self._fits = math.inf

    def generate(
        self, inputs: Sequence[TokenIds], decoding: Decoding, say: Mapping[str, int | str]
    ) -> list[Output]:
        """Generates one output per input; see `Engine.generate`.

        Raises:
            EvalHarnessError: Memory does not suffice for a single input.
        """
        size = len(inputs) * max(map(len, inputs))
        if size <= self._fits or len(inputs) == 1:
            try:
                return self._engine.generate(inputs, decoding, say)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                if len(inputs) == 1:
                    raise EvalHarnessError(
                        f"out of memory with a single text of {size} tokens",
                        mend="choose a smaller checkpoint, dtype=bfloat16 or another device=",
                    ) from None
            # Only here is the error gone, which held on to the memory.
            _free_memory()
            self._fits = size // 2
            log.warning("out of memory: batches of at most %d tokens from now on", self._fits)
        half = len(inputs) // 2
        return [
            *self.generate(inputs[:half], decoding, say),
            *self.generate(inputs[half:], decoding, say),
        ]


def _free_memory() -> None:
    gc.collect()
    if torch := sys.modules.get("torch"):
        torch.cuda.empty_cache()
