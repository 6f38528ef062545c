"""How often the gate errs: scores by documents, rates by segments, and how many units settle it.

python benchmarks/gate_error_rates.py [EXPERIMENTS]

The population is real outputs of FLORES, 1,012 lines, and flags are binomial counts. In each
experiment a test set is drawn from them. The candidate's true loss is the margin, so that passing
is wrong, and so is failing; or it is 0, so that failing is wrong and passing is what the printed
number promises.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from evalharness.gate.rate_questions import RateChange
from evalharness.gate.report import Outcome
from evalharness.gate.verdicts import Asked, Question, judge, units_needed
from evalharness.metrics import CHRF
from evalharness.stats import paired_difference
from evalharness.stats.rates import Flags
from evalharness.values import Bitext, Outputs, Segment

FLORES = Path(__file__).resolve().parents[2] / "shared" / "data" / "flores-outputs" / "ar-en"
ALPHA = 0.05
PASSES = (Outcome.PASS, Outcome.BETTER)
METRIC = CHRF()
CANDIDATE, BASELINE = "opusmt", "nllb"


def main() -> int:
    """Prints the rates."""
    experiments = int(sys.argv[1]) if sys.argv[1:] else 2000
    tables = {name: _statistics(name) for name in (CANDIDATE, BASELINE)}
    for title, outcomes in _cases(tables, experiments):
        passed = sum(outcome in PASSES for outcome in outcomes) / len(outcomes)
        failed = sum(outcome is Outcome.FAIL for outcome in outcomes) / len(outcomes)
        print(f"{title:58} pass {passed:6.1%}  fail {failed:6.1%}", flush=True)
    return 0


def _statistics(name: str) -> np.ndarray:
    """The statistics of three times the lines of one system, (3036, k)."""
    lines = (FLORES / f"flores-test.{name}.en").read_text(encoding="utf-8").split("\n")[:-1]
    references = (FLORES / "flores-test.en").read_text(encoding="utf-8").split("\n")[:-1]
    segments = tuple(Segment(str(at), at, None, "", (ref,)) for at, ref in enumerate(references))
    bitext = Bitext("flores", "ar", "en", segments, "flores-test.ar", len(segments), ("human",))
    table = METRIC.judge(Outputs(name, bitext, tuple(lines))).statistics
    return np.concatenate([table] * 3)


def _cases(tables: dict[str, np.ndarray], experiments: int) -> Iterator[tuple[str, list[Outcome]]]:
    corpus = METRIC.aggregate.corpus
    first, second = tables[CANDIDATE], tables[BASELINE]
    loss = float(corpus(second.sum(axis=0)) - corpus(first.sum(axis=0)))
    generator = np.random.default_rng(15)

    def drawn(units: int, margin: float, *, unchanged: bool = False) -> Asked:
        rows = generator.integers(0, len(first), units)
        sides = [first[rows], second[rows]]
        if unchanged:  # each segment's outputs are exchanged by chance: no system is better
            swapped = generator.random(units) < 0.5
            sides = [np.where(swapped[:, None], *pair) for pair in (sides, sides[::-1])]
        return Question(paired_difference(*sides, corpus).gain(True), margin)

    for units in (100, 400):
        title = f"chrF2 at the margin, {units} segments"
        yield title, _outcomes(lambda units=units: drawn(units, loss), experiments)
    for documents in (2, 3, 5, 6, 10, 20):
        asked = _by_documents(first, second, documents, generator)
        title = f"chrF2 at the margin, {documents} documents of 8 to 40 segments"
        yield title, _outcomes(asked, experiments)
    for excess, flags in ((0.01, 0.0), (0.01, 0.02), (0.05, 0.1)):
        for units in (100, 1000):
            asked = _flagged(excess, flags, units, generator)
            title = f"rate at its margin of {excess:.0%}, {flags:.0%} flagged, {units} segments"
            yield title, _outcomes(asked, experiments)
    for margin in (0.75, 2.0):
        pilot = drawn(100, margin, unchanged=True)
        (answer,) = judge([pilot], ALPHA)
        if answer.outcome is Outcome.INCONCLUSIVE:
            needed = int(units_needed(pilot, answer))
            title = f"unchanged, chrF2, margin {margin}, on the {needed} segments printed at 100"
            again = _outcomes(
                lambda n=needed, m=margin: drawn(n, m, unchanged=True), min(experiments, 500)
            )
            yield title, again
    yield from _unchanged_rates(generator, experiments)


def _unchanged_rates(
    generator: np.random.Generator, experiments: int
) -> Iterator[tuple[str, list[Outcome]]]:
    """Rates of a system that is as good as the baseline, on the number printed for a pilot."""
    for pilot in (Flags(0, 0, 100), Flags(2, 2, 200), Flags(3, 3, 300)):
        asked = RateChange(pilot, 0.01 if not pilot.newly else 0.02)
        (answer,) = judge([asked], ALPHA)
        needed, changed = int(units_needed(asked, answer)), pilot.newly / pilot.units

        def drawn(n: int = needed, q: float = changed, margin: float = asked.margin) -> Asked:
            newly, gone, _ = generator.multinomial(n, [q, q, 1 - 2 * q])
            return RateChange(Flags(int(newly), int(gone), n), margin)

        title = (
            f"unchanged, {changed:.0%} newly flagged, margin {asked.margin:.0%}, {needed} printed"
        )
        yield title, _outcomes(drawn, experiments)


def _outcomes(asked: Callable[[], Asked], experiments: int) -> list[Outcome]:
    return [judge([asked()], ALPHA)[0].outcome for _ in range(experiments)]


def _by_documents(
    first: np.ndarray,
    second: np.ndarray,
    documents: int,
    generator: np.random.Generator,
) -> Callable[[], Asked]:
    """Documents of several sizes, each with a share of its own of segments with the worse output.

    So segments of a document go together. A document's number of segments and its share are drawn
    independently, and the share is 0.5 on average. So the expected statistics of the candidate are
    halfway between those of the two outputs, and the score of these is its true score.
    """
    corpus = METRIC.aggregate.corpus
    baseline, halfway = second.mean(axis=0), (first.mean(axis=0) + second.mean(axis=0)) / 2
    loss = float(corpus(baseline) - corpus(halfway))

    def draw() -> Asked:
        sides: list[list[np.ndarray]] = [[], []]
        for _ in range(documents):
            rows = generator.integers(0, len(first), int(generator.integers(8, 41)))
            worse = generator.random(len(rows)) < generator.random()
            sides[0].append(np.where(worse[:, None], first[rows], second[rows]).sum(axis=0))
            sides[1].append(second[rows].sum(axis=0))
        gain = paired_difference(np.stack(sides[0]), np.stack(sides[1]), corpus).gain(True)
        return Question(gain, loss)

    return draw


def _flagged(
    excess: float, flags: float, units: int, generator: np.random.Generator
) -> Callable[[], Asked]:
    def draw() -> Asked:
        newly = generator.binomial(units, flags / 4 + excess)
        gone = generator.binomial(units - newly, flags / 4 / max(1e-9, 1 - flags / 4 - excess))
        return RateChange(Flags(int(newly), int(gone), units), excess)

    return draw


if __name__ == "__main__":
    raise SystemExit(main())
