"""How fast pairs of systems are compared beside sacreBLEU, and how often wrongly: see README.md."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import error_rates
import machine
import numpy as np
import significance_report
from report import Figures, renew
from sacrebleu_pairs import Answers, extract_once, paired_tests, peers

from evalharness.metrics import BLEU, CHRF
from evalharness.stats import (
    all_pairs,
    bootstrap_scores,
    compare_pairs,
    fewest_trials,
    percentile_interval,
    randomization_p_values,
    sacrebleu_p_value,
)
from evalharness.values import Bitext, Outputs, Segment

HERE = Path(__file__).resolve().parent
FLORES = HERE.parents[1] / "shared" / "data" / "flores-outputs" / "ar-en"
RESULT = HERE / "results" / "significance.json"
METRICS = {metric.name: metric for metric in (BLEU(), CHRF(), CHRF(word_order=2))}
CORPUS = {name: metric.aggregate.corpus for name, metric in METRICS.items()}
SAMPLES, SEED = 1000, 12345  # sacreBLEU's own
Tables = Mapping[str, np.ndarray]  # statistics by metric, each (n_systems, n_segments, k)
PValues = dict[tuple[str, int, int], float]  # by metric and pair of systems


def main() -> int:
    """Measures the parts asked for, prints the tables, and writes them down."""
    options = _options()
    path = Path(options.json) if options.json else None
    result: Figures = {}
    if path and path.exists():
        result = json.loads(path.read_text(encoding="utf-8"))
    parts = {"pairs": _pairs, "many": _many, "simulation": _simulation}
    for part in options.parts:
        result[part] = {**_circumstances(), **parts[part](options)}
        if path:
            path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    text = significance_report.tables(result)
    print(text)
    if options.write_readme:
        renew(HERE / "README.md", text, significance_report.BEGIN, significance_report.END)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default="pairs many", help="and simulation; '' for none")
    parser.add_argument("--experiments", type=int, default=10_000, help="test sets per simulation")
    parser.add_argument("--rounds", type=int, default=5, help="for this project; the peer has one")
    parser.add_argument("--systems", type=int, default=50, help="of the part named many")
    parser.add_argument("--segments", type=int, default=10_000, help="of the part named many")
    parser.add_argument("--wait", type=float, default=120, help="at most, for an idle machine")
    parser.add_argument("--json", default=str(RESULT), help="where the figures go; '' for nowhere")
    parser.add_argument("--write-readme", action="store_true", help="also renew README's tables")
    options = parser.parse_args()
    options.parts = options.parts.split()
    return options


def _circumstances() -> Figures:
    packages = ("evalharness", "numpy", "sacrebleu")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": machine.processor(),
        "threads": int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1),
        "versions": {"python": platform.python_version(), **{n: version(n) for n in packages}},
    }


def _timed(work: Callable[[], Any], wait: float, rounds: int = 1) -> tuple[Figures, Any]:
    """The fastest of some rounds, each begun once other processes are quiet."""
    fastest: Figures = {"seconds": float("inf")}
    for _ in range(rounds):
        machine.wait_until_idle(wait)
        before = machine.now()
        made = work()
        after = machine.now()
        if after.wall - before.wall < fastest["seconds"]:
            fastest = {
                "seconds": after.wall - before.wall,
                "processor_seconds": after.own - before.own,
                "others": machine.others(before, after),
            }
    return fastest, made


def _read() -> tuple[list[str], dict[str, list[str]]]:
    """The references, and the outputs by system."""

    def lines(name: str) -> list[str]:
        return (FLORES / name).read_text(encoding="utf-8").split("\n")[:-1]

    names = sorted(path.name.split(".")[1] for path in FLORES.glob("flores-test.*.en"))
    return lines("flores-test.en"), {name: lines(f"flores-test.{name}.en") for name in names}


def _extract(
    references: Sequence[str], outputs: Mapping[str, Sequence[str]], metrics: Sequence[str]
) -> Tables:
    segments = [Segment(str(at), at, None, "", (ref,)) for at, ref in enumerate(references)]
    bitext = Bitext(
        "flores-test", "ar", "en", tuple(segments), "flores-test.ar", len(segments), ("human",)
    )
    several = [Outputs(name, bitext, tuple(lines)) for name, lines in outputs.items()]
    return {
        name: np.stack([METRICS[name].judge(one).statistics for one in several]) for name in metrics
    }


# -- all pairs of seven systems, beside sacreBLEU


def _pairs(options: argparse.Namespace) -> Figures:
    texts = _read()
    at_hand = _extract(*texts, list(METRICS))
    kept = {name: extract_once(peer) for name, peer in peers().items()}
    paired_tests(*texts, "ar", kept, 1)  # extracts the statistics
    figures: Figures = {"systems": list(texts[1]), "segments": len(texts[0]), "tests": {}}
    for kind, test in (("bs", _bootstrap), ("ar", _randomization)):
        contestants: dict[str, tuple[int, Callable[[], Any]]] = {
            "sacreBLEU": (1, partial(paired_tests, *texts, kind, peers(), SAMPLES)),
            "sacreBLEU at hand": (1, partial(paired_tests, *texts, kind, kept, SAMPLES)),
            "evalharness": (1, lambda test=test: test(_extract(*texts, list(METRICS)))),
            "evalharness at hand": (options.rounds, partial(test, at_hand)),
        }
        timings, answers = {}, {}
        for name, (rounds, work) in contestants.items():
            timings[name], answers[name] = _timed(work, options.wait, rounds)
            print(f"{kind}, {name}: {timings[name]['seconds']:.2f} s", flush=True)
        agreement = _agreement(at_hand, answers["evalharness"], answers["sacreBLEU"])
        figures["tests"][kind] = {"timings": timings, **agreement}
    figures["all at once"], _ = _timed(lambda: _everything(at_hand), options.wait, options.rounds)
    return figures


def _bootstrap(tables: Tables) -> PValues:
    found = {}
    for name, table in tables.items():
        corpus = CORPUS[name]
        scores = corpus(table.sum(axis=1))
        resampled = bootstrap_scores(table, corpus, SAMPLES, SEED)
        for a, b in all_pairs(len(table)):
            percentile_interval(resampled[a] - resampled[b])
            p_value = sacrebleu_p_value(resampled[a], resampled[b], scores[a] - scores[b])
            found[name, a, b] = p_value
    return found


def _randomization(tables: Tables) -> PValues:
    found = {}
    for name, table in tables.items():
        p_values = randomization_p_values(table, CORPUS[name], SAMPLES, SEED)
        for (a, b), p_value in zip(all_pairs(len(table)), p_values, strict=True):
            found[name, a, b] = p_value
    return found


def _everything(tables: Tables) -> None:
    for name, table in tables.items():
        compare_pairs(table, CORPUS[name], resamples=SAMPLES, trials=SAMPLES, seed=SEED)


def _agreement(tables: Tables, ours: PValues, theirs: Answers) -> Figures:
    """How far scores and p-values are apart at most."""
    scores = {name: CORPUS[name](table.sum(axis=1)) for name, table in tables.items()}
    return {
        "score_difference": max(
            abs(score - scores[name][system]) for (name, system), score in theirs.scores.items()
        ),
        "p_value_difference": max(abs(p - theirs.p_values[key]) for key, p in ours.items()),
    }


# -- many systems, in bounded memory


def _many(options: argparse.Namespace) -> Figures:
    size = options.systems, options.segments
    figures: Figures = {"systems": size[0], "segments": size[1], "metrics": {}}
    tests = len(all_pairs(size[0]))
    for name in METRICS:
        trials = [SAMPLES] + ([fewest_trials(tests, 0.05)] if name == "BLEU" else [])
        # a process of its own, whose peak is its own
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            figures["metrics"][name] = pool.apply(_many_of, (name, trials, options.wait, size))
        print(name, figures["metrics"][name], flush=True)
    return figures


def _many_of(name: str, trials: Sequence[int], wait: float, size: tuple[int, int]) -> Figures:
    """One metric's tests of all pairs, on statistics drawn from those of the real systems."""
    real = _extract(*_read(), [name])[name]
    generator = np.random.default_rng(SEED)
    segments = generator.integers(0, real.shape[1], size[1])
    table = real[generator.integers(0, len(real), size), segments]
    corpus = CORPUS[name]
    figures: Figures = {"table_mb": table.nbytes / 1e6, "before_mb": machine.peak_mb()}
    figures["bootstrap"], _ = _timed(lambda: bootstrap_scores(table, corpus, SAMPLES, SEED), wait)
    figures["randomization"] = {
        str(count): _timed(
            lambda count=count: randomization_p_values(table, corpus, count, SEED), wait
        )[0]
        for count in trials
    }
    return {**figures, "peak_mb": machine.peak_mb()}


def _simulation(options: argparse.Namespace) -> Figures:
    references, outputs = _read()
    cut = [line[: len(line) // 2] for line in outputs["opusmt"]]
    outputs["opusmt, 5 % cut in half"] = _some(outputs["opusmt"], cut, every=20)
    mixed = _some(outputs["google"], outputs["microsoft"], every=5)
    outputs["google, 20 % microsoft"] = mixed
    tables = _extract(references, outputs, ["BLEU", "chrF2"])
    statistics = {name: dict(zip(outputs, table, strict=True)) for name, table in tables.items()}
    return error_rates.simulate(statistics, METRICS, options.experiments)


def _some(lines: Sequence[str], others: Sequence[str], every: int) -> list[str]:
    """The lines, but every so many of them from the others."""
    both = zip(lines, others, strict=True)
    return [other if at % every == 0 else line for at, (line, other) in enumerate(both)]


if __name__ == "__main__":
    sys.exit(main())
