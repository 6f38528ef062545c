"""Faults of real runs, laid into real outputs: a user's command warns and names the segments."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ..conftest import CommandLine, read_lines

EVERY_FIFTIETH, EVERY_TENTH, EVERY_TWENTIETH = 50, 10, 20
DIGITS = re.compile(r"[3-9]\d{2,}")


def rows(step: int) -> list[int]:
    """Which of the 1,012 lines of FLORES have the fault, counted from 0."""
    return list(range(3, 1012, step))


def laid(texts: list[str], step: int, change: Callable[[str], str]) -> list[str]:
    made = list(texts)
    for row in rows(step):
        made[row] = change(texts[row])
    return made


# The check, how often the fault was laid, and what it does to a text.
TRAPS: dict[str, tuple[str, int, Callable[[str], str]]] = {
    "entity": ("entities", 50, lambda text: f"{text} &quot;so&quot;"),
    "mojibake": (
        "encoding",
        50,
        lambda text: f"{text} – it’s".encode().decode("cp1252", errors="replace"),
    ),
    "zero-width": ("invisible", 10, lambda text: text.replace(" ", " \u200b", 1)),
    "pieces": ("tokenized", 50, lambda text: "\u2581" + text.replace(" ", " \u2581")),
    "loop": ("repetition", 50, lambda text: f"{text} {' '.join(['and the end'] * 9)}"),
    "empty": ("empty", 50, lambda text: "\u00a0"),
}


@pytest.fixture(scope="module")
def flores_tr(flores: Path) -> dict[str, list[str]]:
    files = {"source": "tr", "reference": "en", "opus": "opusmt.en"}
    return {
        name: read_lines(flores / "tr-en" / f"flores-test.{file}") for name, file in files.items()
    }


def test_traps_in_real_outputs_are_named(
    flores_tr: dict[str, list[str]], tmp_path: Path, evalharness: CommandLine
):
    source, reference, opus = flores_tr.values()
    made = {name: laid(opus, step, change) for name, (_, step, change) in TRAPS.items()}
    expected = {name: (check, rows(step)) for name, (check, step, _) in TRAPS.items()}
    for name, step in (("copies-2", EVERY_FIFTIETH), ("copies-10", EVERY_TENTH)):
        made[name] = list(opus)
        for row in rows(step):
            made[name][row] = source[row]
        expected[name] = ("copied_source", rows(step))
    marked = [f"{text} {{name}}, %1$d" for text in source]
    changed = [row for row in range(1012) if DIGITS.search(reference[row]) and row % 2]
    made["numbers"] = list(reference)
    for row in changed:
        made["numbers"][row] = DIGITS.sub(lambda found: str(int(found[0]) * 7), reference[row])
    expected["numbers"] = ("numbers", changed)
    made["placeholders"] = laid(
        [f"{text} {{name}}, %1$d" for text in opus], EVERY_TWENTIETH, lambda text: text[:-10]
    )
    expected["placeholders"] = ("placeholders", rows(EVERY_TWENTIETH))
    runs = score(evalharness, tmp_path, source, reference, made)
    for name, (check, flagged) in expected.items():
        if name != "placeholders":
            rate = runs[name][check]
            assert set(rate["segment_ids"]) >= {str(row + 1) for row in flagged}, name
            more = len(rate["segment_ids"]) - len(flagged)
            assert more == 0 or check == "numbers", name
            assert rate["warn"] is (name != "copies-2"), name
            assert rate["p_corrected"] < 1e-5, name
    references = [f"{text} {{name}}, %1$d" for text in reference]
    only = {"placeholders": made["placeholders"]}
    rate = score(evalharness, tmp_path, marked, references, only)["placeholders"]["placeholders"]
    assert rate["warn"]
    assert rate["segment_ids"] == [str(row + 1) for row in rows(EVERY_TWENTIETH)]


def score(
    evalharness: CommandLine,
    tmp_path: Path,
    source: list[str],
    reference: list[str],
    outputs: dict[str, list[str]],
) -> dict[str, dict[str, dict[str, object]]]:
    """What the checks of a user's command say, by system and check."""
    for name, texts in {"source": source, "reference": reference, **outputs}.items():
        (tmp_path / f"{name}.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
    inputs = [f"{name}={name}.txt" for name in outputs]
    files = ["-s", "source.txt", "-r", "reference.txt", "-i", *inputs, "-l", "tr-en"]
    made = evalharness("score", *files, "-m", "bleu", "-f", "json", "results_dir=null")
    assert made.code == 0, made.err
    return {
        run["system"]: {check["check"]: check for check in run["checks"]}
        for run in json.loads(made.out)["runs"]
    }
