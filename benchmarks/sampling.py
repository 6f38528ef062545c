"""How often statements about a system that samples hold: the tables of docs/sampling.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from evalharness.metrics import CHRF, Outputs
from evalharness.testsets import Bitext, Segment

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "stats"))

import sampled

FLORES = Path(__file__).resolve().parents[2] / "shared" / "data" / "flores-outputs" / "ar-en"
SYSTEMS = ("opusmt", "argos", "nllb", "bergamot-base")
MOODS = (0.0, 0.2, 0.5)
PASSES = (1, 2, 3, 5, 10)
PAIRS = ((1, 1), (5, 5), (5, 3))


def main() -> None:
    """Prints a line for each number of segments, each mood and each number of passes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, default=1000, help="test sets for each line")
    experiments = parser.parse_args().experiments
    metric = CHRF()
    systems = np.stack([_statistics(metric, name) for name in SYSTEMS])
    for units in (100, 400):
        for mood in MOODS:
            for count in PASSES:
                held = sampled.coverage(
                    systems, metric.aggregate, units, mood, count, experiments, seed=count
                )
                _print("the interval holds the score", units, mood, str(count), held)
            for counts in PAIRS:
                wrong = sampled.false_differences(
                    systems, metric.aggregate, units, mood, counts, experiments, seed=3
                )
                _print("differs from itself", units, mood, f"{counts[0]} and {counts[1]}", wrong)


def _statistics(metric: CHRF, system: str) -> np.ndarray:
    references = _lines("flores-test.en")
    segments = tuple(Segment(str(at), at, None, "", (one,)) for at, one in enumerate(references))
    bitext = Bitext("flores", "ar", "en", segments, "", len(segments), ("human",))
    lines = tuple(_lines(f"flores-test.{system}.en"))
    return metric.judge(Outputs(system, bitext, lines)).statistics


def _lines(name: str) -> list[str]:
    return (FLORES / name).read_text(encoding="utf-8").removesuffix("\n").split("\n")


def _print(what: str, units: int, mood: float, passes: str, shares: dict[str, float]) -> None:
    figures = ", ".join(f"{name} {100 * share:.1f} %" for name, share in shares.items())
    print(f"{what}: {units} segments, mood {mood:.0%}, {passes} passes: {figures}", flush=True)


if __name__ == "__main__":
    main()
