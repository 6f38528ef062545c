"""Tests that are kept give what tests that are made anew give."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.comparison.kept import FILE_NAME, KeptTests, read_kept_tests
from evalharness.stats import randomization_p_values
from evalharness.stats.aggregates import MeanAggregate

MEAN = MeanAggregate()


def systems(count: int) -> np.ndarray:
    values = np.random.default_rng(2).normal(0, 1, (count, 30)) + 0.2 * np.arange(count)[:, None]
    return np.stack([values, np.ones_like(values)], axis=-1)


def fresh(tables: np.ndarray, trials: int) -> np.ndarray:
    return randomization_p_values(tables, MEAN.corpus, trials, 7)


@pytest.mark.parametrize("trials", [300, 900])
def test_new_pairs_and_more_trials_give_what_all_of_them_at_once_give(trials: int, tmp_path: Path):
    tables = systems(5)
    first = KeptTests()
    first.p_values(tables[:3], MEAN, 300, 7)
    first.write(tmp_path)
    kept = read_kept_tests(tmp_path)
    np.testing.assert_array_equal(kept.p_values(tables, MEAN, trials, 7), fresh(tables, trials))
    # fewer systems take fewer trials: what was counted of more says nothing of them
    np.testing.assert_array_equal(kept.p_values(tables[:2], MEAN, 100, 7), fresh(tables[:2], 100))


def test_what_is_kept_is_used_and_nothing_is_written_twice(tmp_path: Path):
    tables = systems(2)
    kept = KeptTests()
    kept.p_values(tables, MEAN, 99, 7)
    kept.write(tmp_path)
    path = tmp_path / FILE_NAME
    content = json.loads(path.read_text())
    (key,) = content["exceeding_trials"]
    content["exceeding_trials"][key] = {"99": 49}
    path.write_text(json.dumps(content))
    before = path.stat().st_mtime_ns
    again = read_kept_tests(tmp_path)
    assert again.p_values(tables, MEAN, 99, 7) == [0.5]
    assert again.p_values(tables[::-1], MEAN, 99, 7) == [0.5]  # turned round
    again.write(tmp_path)
    assert path.stat().st_mtime_ns == before
    assert again.p_values(tables, MEAN, 99, 8) == randomization_p_values(tables, MEAN.corpus, 99, 8)


DAMAGE = [
    b"",
    b"{",
    b"[]",
    b"\xff",
    b"[" * 100_000,
    b'{"schema_version": 9}',
    b'{"schema_version": 1}',
]


@pytest.mark.parametrize("content", DAMAGE)
def test_a_damaged_file_is_as_if_it_were_not_there(content: bytes, tmp_path: Path):
    (tmp_path / FILE_NAME).write_bytes(content)
    tables = systems(3)
    found = read_kept_tests(tmp_path).p_values(tables, MEAN, 99, 7)
    np.testing.assert_array_equal(found, fresh(tables, 99))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
)


@given(json_values, st.sampled_from(["99", "-1", "x", "²", "099999999999"]))
def test_counts_that_cannot_be_are_counted_anew(value: object, trials: str):
    from tempfile import TemporaryDirectory

    tables = systems(2)
    with TemporaryDirectory() as name:
        kept = KeptTests()
        kept.p_values(tables, MEAN, 99, 7)
        kept.write(Path(name))
        path = Path(name) / FILE_NAME
        content = json.loads(path.read_text())
        (key,) = content["exceeding_trials"]
        content["exceeding_trials"][key] = {trials: value}
        path.write_text(json.dumps(content))
        found = read_kept_tests(Path(name)).p_values(tables, MEAN, 99, 7)
    could_be = trials == "99" and type(value) is int and 0 <= value <= 99
    np.testing.assert_array_equal(found, [(value + 1) / 100] if could_be else fresh(tables, 99))
