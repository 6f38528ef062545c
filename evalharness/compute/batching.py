"""Batches: filled by a token budget, over texts sorted by length; halved when memory is short."""

from __future__ import annotations

import gc
import logging
import math
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from evalharness.compute.devices import is_out_of_memory
from evalharness.errors import EvalHarnessError

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")


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
    """Work on batches, which are halved when they do not fit into memory, and those like them."""

    def __init__(self) -> None:
        """Knows of no limit yet."""
        self._fits = math.inf

    def __call__(
        self, work: Callable[[Sequence[T]], list[R]], items: Sequence[T], lengths: Sequence[int]
    ) -> list[R]:
        """Does the work on all items.

        Args:
            work: From some of the items to a result for each.
            items: A batch.
            lengths: Each item's length in tokens.

        Returns:
            The results, in the items' order.

        Raises:
            EvalHarnessError: Memory does not suffice for a single item.
        """
        size = len(items) * max(lengths)
        if size <= self._fits or len(items) == 1:
            try:
                return work(items)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                if len(items) == 1:
                    raise EvalHarnessError(
                        f"out of memory with a single text of {size} tokens",
                        hint="choose a smaller checkpoint, dtype=bfloat16 or another device=",
                    ) from None
            # Only here is the error gone, which held on to the memory.
            free_memory()
            self._fits = size // 2
            log.warning("out of memory: batches of at most %d tokens from now on", self._fits)
        half = len(items) // 2
        return [
            *self(work, items[:half], lengths[:half]),
            *self(work, items[half:], lengths[half:]),
        ]


def free_memory() -> None:
    """Gives memory back that nothing refers to any more, a GPU's also to other processes."""
    gc.collect()
    if torch := sys.modules.get("torch"):
        torch.cuda.empty_cache()
