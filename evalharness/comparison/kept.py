"""Randomization tests that were made before: what results/tests.json holds.

A test's answer is a count of trials. It rests on the statistics of two runs, on how they are
summed, on the seed and on the number of trials, and on nothing else: so only new pairs are tested,
and where a larger family takes more trials, only those that are added. What is damaged or missing
is computed anew. Whoever deletes the file loses time and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from evalharness.disk import write_files
from evalharness.errors import EvalHarnessError
from evalharness.reading import read_json
from evalharness.stats import all_pairs, all_swaps, exceeding_trials
from evalharness.stats.aggregates import Aggregate
from evalharness.stats.bootstrap import Array

log = logging.getLogger(__name__)

FILE_NAME = "tests.json"
SCHEMA_VERSION = 1

_MOST_KEPT = 50_000  # pairs, the newest


class KeptTests:
    """Counts of trials by pair of runs; new ones are added as they are computed."""

    def __init__(self, counts: Mapping[str, Mapping[int, int]] | None = None) -> None:
        """Begins with what is known.

        Args:
            counts: How many of so many trials exceed the real difference, by the pair's key.
        """
        self._counts = {key: dict(known) for key, known in (counts or {}).items()}
        self._is_changed = False

    def p_values(self, tables: Array, aggregate: Aggregate, trials: int, seed: int) -> Array:
        """Returns the p-values of all pairs, as `randomization_p_values` does.

        Args:
            tables: Additive statistics of the systems on the same units, (n_systems, n_units, k).
            aggregate: How summed statistics become the score.
            trials: How many trials.
            seed: Seeds them.

        Returns:
            The two-sided p-values, of shape (n_pairs,), in the order of `all_pairs`.
        """
        pairs = all_pairs(len(tables))
        swaps = all_swaps(tables.shape[1], trials)
        trials = swaps or trials
        keys = _keys(tables, pairs, aggregate, "every" if swaps else seed)
        lacking: dict[int, list[int]] = {}
        for at, key in enumerate(keys):
            known = self._counts.get(key, {})
            if trials not in known:
                done = max((count for count in known if count < trials), default=0)
                lacking.setdefault(done, []).append(at)
        for done, several in lacking.items():
            chosen = [pairs[at] for at in several]
            added = exceeding_trials(tables, aggregate.corpus, trials, seed, chosen, done=done)
            for at, count in zip(several, added, strict=True):
                counts = self._counts.pop(keys[at], {})  # so that it is the newest
                self._counts[keys[at]] = {**counts, trials: counts.get(done, 0) + int(count)}
            self._is_changed = True
        return np.array([(self._counts[key][trials] + 1) / (trials + 1) for key in keys])

    def write(self, results: Path) -> None:
        """Writes what is known, if that is more than was read; warns where that is impossible."""
        if not self._is_changed:
            return
        newest = list(self._counts.items())[-_MOST_KEPT:]
        content = {"schema_version": SCHEMA_VERSION, "exceeding_trials": dict(newest)}
        text = json.dumps(content, separators=(",", ":"))
        try:
            write_files(results, {FILE_NAME: text.encode()})
        except EvalHarnessError as error:
            log.warning("%s; the tests are made again the next time", error)
        self._is_changed = False


def read_kept_tests(results: Path) -> KeptTests:
    """Reads what is kept beside the board; what is damaged is as if it were not there."""
    try:
        content = read_json(results / FILE_NAME)
    except (OSError, ValueError):
        return KeptTests()
    if not isinstance(content, dict) or content.get("schema_version") != SCHEMA_VERSION:
        return KeptTests()
    found = content.get("exceeding_trials")
    entries = found.items() if isinstance(found, dict) else ()
    return KeptTests({key: counts for key, known in entries if (counts := _counts(known))})


def _counts(known: Any) -> dict[int, int]:
    """The counts of one pair; none where one of them cannot be."""
    if not isinstance(known, dict):
        return {}
    counts = {}
    for text, count in known.items():
        if not (text.isascii() and text.isdigit() and len(text) < 10 and type(count) is int):
            return {}
        if not 0 <= count <= int(text):
            return {}
        counts[int(text)] = count
    return counts


def _keys(
    tables: Array, pairs: Sequence[tuple[int, int]], aggregate: Aggregate, seed: int | str
) -> list[str]:
    """What tells each pair's test from others; the same for a pair turned round."""
    how = json.dumps({**asdict(aggregate), "seed": seed, "shape": tables.shape[1:]})  # type: ignore[call-overload]
    digests = [hashlib.sha256(np.ascontiguousarray(table).data).hexdigest() for table in tables]
    keys = []
    for first, second in pairs:
        both = sorted((digests[first], digests[second]))
        keys.append(hashlib.sha256("\n".join([how, *both]).encode()).hexdigest()[:32])
    return keys
