"""How often checks warn of outputs that are like the references: at most alpha.

Real outputs and their human references are exchanged at random, document by document, so that
neither side is worse by design. The share of exchanges after which a check has p <= alpha against
the reference is the error rate of the test. Usage: `python benchmarks/check_error_rates.py 2000`,
with WMT23 English-German in ../shared/data.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from evalharness.checks import CopiedSource, Markup, Numbers, look_at
from evalharness.stats.exchange import exchange_p_value
from evalharness.values import Bitext, Outputs, Segment

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "mtme" / "wmt23"


def error_rate(changes: np.ndarray, alpha: float, trials: int, seed: int) -> float:
    """Returns how often p <= alpha after exchanging the sides of each unit at random.

    Args:
        changes: How many more segments of each unit are flagged on one side, (n_units,).
        alpha: The level.
        trials: How many exchanges are drawn.
        seed: Seeds them.
    """
    signs = np.random.default_rng(seed).choice((-1, 1), size=(trials, len(changes)))
    return float(np.mean([exchange_p_value(one) <= alpha for one in signs * changes]))


def real_changes(data: Path) -> Iterator[tuple[str, str, np.ndarray, np.ndarray]]:
    """Yields system, check, and its changes against the reference by segment and by document."""
    sources = _lines(data / "sources" / "en-de.txt")
    people = _lines(data / "references" / "en-de.refA.txt")
    documents = [line.split("\t")[1] for line in _lines(data / "documents" / "en-de.docs")]
    segments = tuple(
        Segment(str(n), n, document, source, (reference,))
        for n, (document, source, reference) in enumerate(
            zip(documents, sources, people, strict=True)
        )
    )
    bitext = Bitext("wmt23", "en", "de", segments, "", len(segments), ("human",))
    codes = np.unique(documents, return_inverse=True)[1]
    for path in sorted((data / "system-outputs" / "en-de").glob("*.txt")):
        outputs = Outputs(path.stem, bitext, tuple(_lines(path)))
        for check in (CopiedSource(), Markup(), Numbers()):
            result = look_at(check, outputs)
            if result is None:
                continue
            reference = result.references["A"]
            both = result.statistics[:, 1] * reference[:, 1]
            changes = ((result.statistics[:, 0] - reference[:, 0]) * both).astype(int)
            yield path.stem, check.id, changes, np.bincount(codes, changes).astype(int)


def _lines(path: Path) -> list[str]:
    return path.read_bytes().decode().removesuffix("\n").split("\n")


def main() -> None:
    """Prints the error rates of each system and check whose flags differ, and the highest."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    highest = {0.01: 0.0, 0.05: 0.0}
    for system, check, _, changes in real_changes(DATA):
        if np.count_nonzero(changes):
            rates = {alpha: error_rate(changes, alpha, trials, 1) for alpha in highest}
            print(system, check, *(f"{alpha:g}: {rate:.2%}" for alpha, rate in rates.items()))
            highest = {alpha: max(highest[alpha], rate) for alpha, rate in rates.items()}
    print("highest", *(f"{alpha:g}: {rate:.2%}" for alpha, rate in highest.items()))


if __name__ == "__main__":
    main()
