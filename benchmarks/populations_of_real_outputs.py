"""The simulations of tests/stats/populations.py at full size, on WMT23 en-de: see README.md."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

from evalharness.metrics import BLEU, CHRF
from evalharness.values import Bitext, Outputs, Segment

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "stats"))

import populations

WMT = Path(__file__).resolve().parents[2] / "shared" / "data" / "mtme" / "wmt23"
METRICS = {"BLEU": BLEU(), "chrF2": CHRF()}


def main() -> int:
    """Prints a line for each case, and the table for the documentation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, default=800, help="test sets per interval")
    parser.add_argument("--json", help="where the figures go")
    options = parser.parse_args()
    found: dict[str, dict[str, float]] = {}
    started = time.perf_counter()
    for metric, row, work in _cases(options.experiments):
        found.setdefault(row, {})[metric] = work()
        print(f"{row}, {metric}: {100 * found[row][metric]:.1f} %", flush=True)
    print(f"{time.perf_counter() - started:.0f} s", flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


def _cases(experiments: int) -> Iterator[tuple[str, str, Callable[[], float]]]:
    """The metric, what is asked, and how it is answered."""
    for name, metric in METRICS.items():
        tables, documents = real_outputs(metric)
        corpus = metric.aggregate.corpus
        segments = populations.population(tables, None, seed=1)
        whole = populations.population(tables, documents, seed=1)
        for units, unit, sizes in (
            (segments, "segment", (10, 30, 100)),
            (whole, "document", (3, 6, 10, 20, 50)),
        ):
            for size in sizes:
                work = partial(populations.coverage, units[0], corpus, unit, size, experiments)
                yield name, f"the interval of {size} {unit}s holds the truth", work
        for systems, size in product((5, 12), (10, 15, 30)):
            work = partial(
                populations.family_errors, whole[:systems], corpus, size, experiments // 4
            )
            yield name, f"{systems} equal systems differ, {size} documents", work
        for units, size, unit in (
            (segments, 100, "segment"),
            (segments, 300, "segment"),
            (whole, 15, "document"),
            (whole, 30, "document"),
        ):
            work = partial(populations.ranges_hold, units, corpus, size, experiments // 8)
            yield name, f"ranges of 12 systems hold all true ranks, {size} {unit}s", work


def real_outputs(metric: BLEU | CHRF) -> tuple[np.ndarray, list[str]]:
    """The statistics of 12 systems of WMT23 en-de, (12, n_lines, k), and the lines' documents."""

    def lines(path: Path) -> list[str]:
        return path.read_text(encoding="utf-8").split("\n")[:-1]

    documents = [line.split("\t")[1] for line in lines(WMT / "documents" / "en-de.docs")]
    references = lines(WMT / "references" / "en-de.refA.txt")
    segments = [
        Segment(str(at), at, document, "", (reference,))
        for at, (document, reference) in enumerate(zip(documents, references, strict=True))
    ]
    bitext = Bitext("wmt23", "en", "de", tuple(segments), "en-de", len(segments), ("human",))
    paths = sorted((WMT / "system-outputs" / "en-de").glob("*.txt"))
    names = [path for path in paths if "ref" not in path.stem][:12]
    outputs = [Outputs(path.stem, bitext, tuple(lines(path))) for path in names]
    return np.stack([metric.judge(one).statistics for one in outputs]), documents


if __name__ == "__main__":
    sys.exit(main())
