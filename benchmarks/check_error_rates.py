"""How often checks warn of outputs that are like the references: at most alpha.

Real outputs and their human references are exchanged at random, document by document, so that
neither side is worse by design. The share of exchanges after which a check has p <= alpha against
the reference is the error rate of the test. What `too_short` and `too_long` expect of a document
is learnt from the references of others, which are exchanged, too: for them the texts themselves are
exchanged, and all is looked at again. Usage: `python benchmarks/check_error_rates.py 2000`,
with WMT23 English-German in ../shared/data.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from evalharness.checks import Check, CopiedSource, Markup, Numbers, TooLong, TooShort, look_at
from evalharness.checks.warning import changes_by_unit
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


def real_outputs(data: Path) -> Iterator[Outputs]:
    """Yields the outputs of the systems of WMT23 English-German, with documents."""
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
    for path in sorted((data / "system-outputs" / "en-de").glob("*.txt")):
        yield Outputs(path.stem, bitext, tuple(_lines(path)))


def changes_by_document(check: Check, outputs: Outputs) -> np.ndarray:
    """Returns how many more hypotheses than references of each document are flagged."""
    result = look_at(check, outputs)
    if result is None:
        return np.zeros(0, dtype=int)
    documents = [segment.document for segment in outputs.bitext.segments]
    return changes_by_unit(result.statistics, result.references["A"], documents).astype(int)


def rate_of_exchanged_texts(
    check: Check, outputs: Outputs, alphas: Iterable[float], trials: int, seed: int
) -> dict[float, float]:
    """Returns how often p <= alpha after exchanging the texts of each document at random."""
    generator = np.random.default_rng(seed)
    names = list(dict.fromkeys(segment.document for segment in outputs.bitext.segments))
    values = []
    for _ in range(trials):
        swapped = dict(zip(names, generator.random(len(names)) < 0.5, strict=True))
        segments, texts = [], []
        for segment, text in zip(outputs.bitext.segments, outputs.texts, strict=True):
            first, second = text, segment.references[0]
            if swapped[segment.document]:
                first, second = second, first
            texts.append(first)
            segments.append(replace(segment, references=(second,)))
        bitext = replace(outputs.bitext, segments=tuple(segments))
        made = Outputs(outputs.system, bitext, tuple(texts))
        values.append(exchange_p_value(changes_by_document(check, made)))
    return {alpha: float(np.mean(np.array(values) <= alpha)) for alpha in alphas}


def _lines(path: Path) -> list[str]:
    return path.read_bytes().decode().removesuffix("\n").split("\n")


def main() -> None:
    """Prints the error rates of each system and check whose flags differ, and the highest."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    highest = {0.01: 0.0, 0.05: 0.0}
    for outputs in real_outputs(DATA):
        for check in (CopiedSource(), Markup(), Numbers(), TooShort(), TooLong()):
            changes = changes_by_document(check, outputs)
            if not np.count_nonzero(changes):
                continue
            if isinstance(check, TooShort | TooLong):
                rates = rate_of_exchanged_texts(check, outputs, highest, trials, 1)
            else:
                rates = {alpha: error_rate(changes, alpha, trials, 1) for alpha in highest}
            shown = (f"{alpha:g}: {rate:.2%}" for alpha, rate in rates.items())
            print(outputs.system, check.id, *shown, flush=True)
            highest = {alpha: max(highest[alpha], rate) for alpha, rate in rates.items()}
    print("highest", *(f"{alpha:g}: {rate:.2%}" for alpha, rate in highest.items()))


if __name__ == "__main__":
    main()
