"""Which of several runs of one results folder the gate holds to the baseline."""

from __future__ import annotations

import json
from pathlib import Path

from ..conftest import CommandLine
from ..finished import BLEU, bitext, finished

REFERENCES = [f"this is reference number {n} of the set" for n in range(60)]
WORSE = [text if n % 3 else f"no {n}" for n, text in enumerate(REFERENCES)]
LATER = "2026-12-01T10:00:00+00:00"


def made(results: Path, system: str, texts: list[str], started: str) -> Path:
    path = finished(results, system, bitext(REFERENCES), texts, BLEU).path
    head = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps({**head, "started": started}))
    return path


def test_the_newest_run_of_the_baselines_system_is_the_candidate(
    tmp_path: Path, evalharness: CommandLine
):
    results = tmp_path / "results"
    words = ["gate", "baseline=base", "metric=[bleu]", "check=[]"]
    made(results, "nllb", REFERENCES, "2026-11-01T10:00:00+00:00")
    assert evalharness(*words, "update=true").code == 0
    older = made(results, "nllb", [*REFERENCES[:-1], "x"], "2026-11-02T10:00:00+00:00")
    newest = made(results, "nllb", WORSE, LATER)
    made(results, "another", REFERENCES, "2027-01-01T10:00:00+00:00")
    for more in ([], ["gate.system=nllb"]):
        outcome = evalharness(*words, *more)
        shown = " ".join(outcome.out.split())
        assert outcome.code == 1
        assert (
            f"{newest.name} against nllb." in shown
            and "the newest of nllb (2 older runs; candidate=RUN names another)" in shown
        )
    chosen = evalharness(*words, f"candidate={older}", "margin.bleu=20")
    assert (chosen.code, f"{older.name} against" in chosen.out) == (0, True), chosen.err
    (newest / "scores.json").unlink()
    assert evalharness(*words, "margin.bleu=20").code == 0
