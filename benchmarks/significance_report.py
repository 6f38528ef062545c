"""The tables of significance.py's figures, as printed and as README.md shows them."""

from __future__ import annotations

from report import Figures

BEGIN, END = "<!-- significance.json -->", "<!-- end of significance.json -->"
GOALS = {"at hand": 20, "from text": 5}
TESTS = {"bs": "paired bootstrap", "ar": "approximate randomization"}
SIMULATIONS = {
    "equal": "**Wrong answers about equal systems** (the first pair of several, or any pair)",
    "documents": "**Wrong answers about equal systems where segments of a document correlate**,"
    " by what is resampled",
    "margin": "**Wrong verdicts about a candidate that is worse by just the margin**",
    "power": "**Right answers where 0.8 was asked for**",
}


def tables(result: Figures) -> str:
    """Returns the figures of all parts that were measured as Markdown."""
    parts = {"pairs": _pairs, "many": _many, "simulation": _simulation}
    return "\n\n".join(make(result[part]) for part, make in parts.items() if part in result)


def _pairs(one: Figures) -> str:
    rows = [
        "| all pairs | | sacreBLEU, s | evalharness, s | times as fast | goal |"
        " p-values differ by at most | scores by |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for kind, figures in one["tests"].items():
        for what, (theirs, ours) in {
            "statistics at hand": ("sacreBLEU at hand", "evalharness at hand"),
            "from text": ("sacreBLEU", "evalharness"),
        }.items():
            theirs, ours = (figures["timings"][name]["seconds"] for name in (theirs, ours))
            goal = GOALS["from text" if what == "from text" else "at hand"]
            rows.append(
                f"| {TESTS[kind]} | {what} | {theirs:.2f} | {ours:.3f} | {theirs / ours:.0f} |"
                f" {goal} | {figures['p_value_difference']:.4f} |"
                f" {figures['score_difference']:.0e} |"
            )
    everything = one["all at once"]["seconds"]
    timings = [one["all at once"]]
    timings += [timing for test in one["tests"].values() for timing in test["timings"].values()]
    taken = max(timing["others"] for timing in timings)
    rows.append(
        f"\n{len(one['systems'])} systems x {one['segments']} segments, BLEU, chrF2 and chrF2++,"
        f" 1000 resamples. Both tests, intervals and standard errors (`compare_pairs`):"
        f" {everything:.2f} s with statistics at hand. {_where(one)}; other processes took up to"
        f" {taken:.0%} of the processors meanwhile."
    )
    return "\n".join(rows)


def _many(one: Figures) -> str:
    pairs = one["systems"] * (one["systems"] - 1) // 2
    rows = [
        f"| {one['systems']} systems x {one['segments']:,} segments | bootstrap, s |"
        " randomization, s (trials) | statistics, MB | peak memory, MB | before the tests, MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    taken = 0.0
    for name, figures in one["metrics"].items():
        trials = figures["randomization"].items()
        taken = max(taken, figures["bootstrap"]["others"], *(t["others"] for _, t in trials))
        times = ", ".join(f"{timing['seconds']:.1f} ({int(n):,})" for n, timing in trials)
        rows.append(
            f"| {name} | {figures['bootstrap']['seconds']:.1f} | {times} |"
            f" {figures['table_mb']:.0f} | {figures['peak_mb']:.0f} | {figures['before_mb']:.0f} |"
        )
    rows.append(
        f"\nAll {pairs:,} pairs, 1000 resamples; the larger number of trials is the fewest with"
        f" which Holm's correction of so many tests can reject any. {_where(one)}; other processes"
        f" took up to {taken:.0%} of the processors meanwhile."
    )
    return "\n".join(rows)


def _simulation(one: Figures) -> str:
    parts = []
    for name, cases in one["tables"].items():
        answers = list(next(iter(cases.values())))
        rows = [
            f"{SIMULATIONS[name]}\n",
            f"| | {' | '.join(answers)} |",
            f"|---|{'---:|' * len(answers)}",
        ]
        for case, found in cases.items():
            rows.append(f"| {case} | {' | '.join(f'{found[a]:.1%}' for a in answers)} |")
        parts.append("\n".join(rows))
    parts.append(
        f"Level 5 %, {one['experiments']:,} test sets each: up to {one['bound']:.1%} is chance."
        f" {one['seconds'] / 60:.0f} minutes, {_where(one)}."
    )
    return "\n\n".join(parts)


def _where(one: Figures) -> str:
    versions = one["versions"]
    return (
        f"{one['processor']}, {one['threads']} threads; sacreBLEU {versions['sacrebleu']}, NumPy"
        f" {versions['numpy']}; {one['date']}"
    )
