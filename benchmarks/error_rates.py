"""The simulations of tests/stats/simulation.py at full size, for significance.py."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from report import Figures

from evalharness.metrics import Metric

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "stats"))

import simulation

EQUAL = ("bergamot-base", "microsoft", "opusmt")
AT_THE_MARGIN = (
    ("BLEU", "bergamot-base-memory", "bergamot-base"),
    ("BLEU", "microsoft", "google"),
    ("chrF2", "microsoft", "google"),
    ("chrF2", "google, 20 % microsoft", "google"),
    ("chrF2", "opusmt, 5 % cut in half", "opusmt"),
)


def simulate(
    statistics: Mapping[str, Mapping[str, np.ndarray]],
    metrics: Mapping[str, Metric],
    experiments: int,
) -> Figures:
    """Runs all of them.

    Args:
        statistics: Of real systems, by metric and system, each (n_segments, k).
        metrics: By name.
        experiments: Test sets for each.
    """
    tables: Figures = {}

    def note(table: str, case: str, found: Mapping[str, float]) -> None:
        tables.setdefault(table, {})[case] = dict(found)
        print(f"{table}, {case}: {found}", flush=True)

    started = time.perf_counter()
    skewed = np.random.default_rng(0).exponential(1, (4, 5000))
    real = np.stack([statistics["BLEU"][name] for name in EQUAL])
    for units in (20, 50, 200, 1000):
        for case, table, corpus in (
            (f"means of a skewed value, {units} units", simulation.table(skewed), simulation.mean),
            (f"BLEU of real outputs, {units} segments", real, metrics["BLEU"].aggregate.corpus),
        ):
            found = simulation.equal_systems(table, corpus, units, experiments, seed=units)
            note("equal", case, found)
    for documents in (5, 10, 25, 100):
        found = simulation.correlated_documents(documents, 0.3, experiments, seed=documents)
        note("documents", f"{documents} documents", found)
    for metric, candidate, baseline in AT_THE_MARGIN:
        for units in (20, 40, 100, 400, 1000):
            found = simulation.gate_at_its_margin(
                statistics[metric][candidate],
                statistics[metric][baseline],
                metrics[metric].aggregate.corpus,
                units,
                experiments,
                seed=units,
            )
            note("margin", f"{metric}, {candidate} against {baseline}, {units} segments", found)
    for units in (20, 50, 200, 1000):
        note("power", f"{units} units", simulation.power(units, experiments, seed=units))
    return {
        "experiments": experiments,
        "seconds": time.perf_counter() - started,
        "bound": simulation.bound(experiments),
        "tables": tables,
    }
