"""Writing a baseline: finished runs as a folder of text files that a team commits to git.

`baseline.json` names the runs, their scores, signatures and digests; `<testset>.<pair>.jsonl` has a
line per segment with its hypothesis and statistics, so that a later change shows where it happened.
Nothing in it depends on when or where it was written: the same runs give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from evalharness.disk import write_files
from evalharness.errors import EvalHarnessError
from evalharness.gate.baselines.baseline import (
    BASELINE,
    SCHEMA_VERSION,
    BaselineCheck,
    BaselineRun,
    BaselineScore,
)
from evalharness.gate.baselines.parsing import in_folder, read_about
from evalharness.reading import DAMAGES
from evalharness.stats.bootstrap import Array

README = "README.md"

_ABOUT = """\
This folder holds the translation quality that later changes are compared with. \
`evalharness gate baseline=FOLDER` compares them, and `gate update=true` writes the folder anew. \
Do not edit it by hand.
"""


def write_baseline(folder: Path, runs: Sequence[BaselineRun]) -> None:
    """Writes a baseline, whole, in the place of an older one.

    Raises:
        EvalHarnessError: The folder holds something else, or cannot be written.
    """
    older = _older_files(folder)
    ordered = sorted(runs, key=lambda run: run.key)
    files = {README: _ABOUT.encode()}
    files |= {run.file: _segments(run) for run in ordered}
    about = {"schema_version": SCHEMA_VERSION, "runs": [_facts(run) for run in ordered]}
    files[BASELINE] = (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()
    write_files(folder, files, option="baseline")
    for name in older - set(files):
        (folder / name).unlink(missing_ok=True)


def _older_files(folder: Path) -> set[str]:
    """The files of segments of the baseline that lies there; none where it is damaged.

    Raises:
        EvalHarnessError: The folder holds something else.
    """
    if not folder.is_dir() or all(path.name.startswith(".") for path in folder.iterdir()):
        return set()
    if not (folder / BASELINE).is_file():
        raise EvalHarnessError(
            "holds other files and no baseline",
            where=folder,
            hint="choose a folder of its own with baseline=",
        )
    try:
        names = {str(run["file"]) for run in read_about(in_folder(folder))["runs"]}
    except (EvalHarnessError, *DAMAGES):
        return set()
    return {name for name in names if name == Path(name).name and name.endswith(".jsonl")}


def _facts(run: BaselineRun) -> dict[str, object]:
    return {
        "file": run.file,
        "testset": run.testset,
        "source_lang": run.source_lang,
        "target_lang": run.target_lang,
        "digest": run.digest,
        "system": run.system,
        "run": run.run,
        "segments": len(run.ids),
        **({} if run.prompt is None else {"prompt": run.prompt}),
        "scores": [
            {
                "metric": score.metric,
                "score": score.score,
                "higher_is_better": score.higher_is_better,
                "signature": score.signature,
            }
            for score in run.scores
        ],
        # Beside the scores, where evalharness 0.1 passes over what it does not know.
        "metrics": {score.metric: _options(score) for score in run.scores},
        "checks": [_check(held) for held in run.checks],
    }


def _options(score: BaselineScore) -> dict[str, object]:
    options: dict[str, object] = {}
    if score.aggregate is not None:
        options["aggregate"] = asdict(score.aggregate)  # type: ignore[call-overload]
    if score.margin is not None:
        options["margin"] = score.margin
    return options


def _check(held: BaselineCheck) -> dict[str, object]:
    limits = {"margin": held.margin, "max_rate": held.max_rate}
    return {
        "check": held.check,
        "signature": held.signature,
        "flagged": held.flagged,
        **({"unjudged": held.unjudged} if held.unjudged else {}),
        **{name: limit for name, limit in limits.items() if limit is not None},
    }


def _segments(run: BaselineRun) -> bytes:
    tables = {name: [_short(row) for row in run.statistics[name]] for name in run.statistics}
    lines = []
    for row, (id_, hypothesis) in enumerate(zip(run.ids, run.hypotheses, strict=True)):
        statistics = {name: table[row] for name, table in tables.items()}
        segment: dict[str, object] = {"id": id_, "hypothesis": hypothesis}
        if run.repeats:
            segment["repeats"] = [texts[row] for texts in run.repeats]
        segment["statistics"] = statistics
        lines.append(json.dumps(segment, ensure_ascii=False))
    return ("\n".join(lines) + "\n").encode()


def _short(row: Array) -> list[float]:
    """Counts without `.0`; other numbers as the shortest text that reads back as the same."""
    return [int(number) if number.is_integer() else number for number in row.tolist()]
