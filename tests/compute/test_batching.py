"""Batches within their budget, and memory that does not suffice."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from evalharness.compute import Halving, fill_batches
from evalharness.errors import EvalHarnessError


@given(st.lists(st.integers(1, 300)), st.integers(1, 500))
def test_batches_hold_everything_once_within_the_budget_by_length(lengths, budget):
    batches = fill_batches(lengths, budget)
    flat = [position for batch in batches for position in batch]
    assert sorted(flat) == list(range(len(lengths)))
    assert [lengths[position] for position in flat] == sorted(lengths)
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[at] for at in batch) <= budget


class SmallMemory:
    """Work on a device that holds so many tokens, and raises what torch raises."""

    def __init__(self, holds: int, error: Exception) -> None:
        self.holds, self.error = holds, error
        self.sizes: list[int] = []

    def __call__(self, items):
        size = len(items) * max(map(len, items))
        self.sizes.append(size)
        if size > self.holds:
            raise self.error
        return [[-token for token in ids] for ids in items]


ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("CUDA failed with error out of memory"),
    MemoryError(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: str(error)[:10])
def test_what_does_not_fit_is_halved_and_so_is_its_like_later(error: Exception):
    work = SmallMemory(20, error)
    items = [[n] * 4 for n in range(1, 17)]
    halving = Halving()
    expected = [[-n] * 4 for n in range(1, 17)]
    assert halving(work, items, [4] * 16) == expected
    assert max(work.sizes) == 64
    work.sizes.clear()
    assert halving(work, items, [4] * 16) == expected
    assert max(work.sizes) <= 20  # it has learnt


def test_a_single_text_that_does_not_fit_ends_the_run_in_one_line():
    with pytest.raises(EvalHarnessError, match=r"out of memory with a single text of 4 tokens; "):
        Halving()(SmallMemory(3, ERRORS[0]), [[1] * 4, [2] * 4], [4, 4])


def test_other_errors_pass():
    with pytest.raises(RuntimeError, match="index out of range"):
        Halving()(SmallMemory(3, RuntimeError("index out of range")), [[1] * 4], [4])


def test_torch_itself_says_it_in_words_that_are_understood():
    from evalharness.compute import is_out_of_memory

    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60)
    assert is_out_of_memory(caught.value)
