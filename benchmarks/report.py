"""The table of translate.py's figures, as printed and as README.md shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

GOALS = {"c/b": 1.5, "d/c": 3.0}
BEGIN, END = "<!-- translate.json -->", "<!-- end -->"
Figures = dict[str, Any]


def table(result: Figures) -> str:
    """Returns the figures as Markdown."""
    contestants = result["contestants"]
    base = contestants.get("b", {}).get("tokens_per_second")
    rows = [
        "| | contestant | tokens/s | seconds | rows computed in vain | load, s | peak memory, MB |"
        " speed / b |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, one in contestants.items():
        ratio = f"{one['tokens_per_second'] / base:.2f}" if base else ""
        rows.append(
            f"| {name} | {one['name']}{_notes(result, one)} | {one['tokens_per_second']:.1f} |"
            f" {one['seconds']:.1f} | {one['padded_share']:.0%} | {one['load_seconds']:.1f} |"
            f" {one['peak_mb']:,.0f} | {ratio} |"
        )
    rows.append("")
    for pair, ratio in result["ratios"].items():
        rows.append(f"{pair}: {ratio:.2f} (goal {GOALS[pair]:g})  ")
    rounds = len(next(iter(contestants.values()))["all_seconds"])
    taken = max(one["others"] for one in contestants.values())
    early = sum(one["early"] for one in contestants.values())
    rows.append(
        f"\n{result['segments']} segments, on average {result['mean_source_tokens']:.1f} source and"
        f" {result['mean_target_tokens']:.1f} target tokens; {early} outputs ended early;"
        f" beams {result['beams']}; {result['processor']}, {result['threads']} threads;"
        f" torch {result['versions']['torch']}, transformers {result['versions']['transformers']},"
        f" CTranslate2 {result['versions']['ctranslate2']}; {result['date']}; the fastest of"
        f" {rounds} rounds; other processes took up to {taken:.0%} of the processors meanwhile."
    )
    return "\n".join(rows)


def _notes(result: Figures, one: Figures) -> str:
    notes = []
    if one["segments"] != result["segments"]:
        notes.append(f"the first {one['segments']} segments only")
    if "hardware" in one:
        notes.append(f"{one['hardware']}, batch_tokens={one['batch_tokens']}")
    if "share_of_matmul" in one:
        notes.append(
            f"{one['model_tflops']:.1f} model TFLOP/s, {one['share_of_matmul']:.1%} of the"
            f" {one['matmul_tflops']:.0f} of a large product of matrices"
        )
    return f" ({'; '.join(notes)})" if notes else ""


def write_readme(result: Figures, readme: Path) -> None:
    """Renews the table between the two marks."""
    renew(readme, table(result), BEGIN, END)


def renew(readme: Path, text: str, begin: str, end: str) -> None:
    """Puts a text between two marks of a file, in place of what is there."""
    before, rest = readme.read_text(encoding="utf-8").split(begin)
    after = rest.split(end, 1)[1]
    readme.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
