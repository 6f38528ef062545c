"""Writing run folders: runs/<testset>.<src>-<tgt>/<system>.<8 hex of fingerprint and inputs>/."""

from __future__ import annotations

import hashlib
import io
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from evalharness.disk import locked, refuse_links, remove_abandoned, write_files
from evalharness.errors import EvalHarnessError
from evalharness.metrics.base import Remark
from evalharness.scoring import Scoring
from evalharness.secrecy import scrub
from evalharness.store.contents import Content, read_content
from evalharness.store.merging import merged
from evalharness.store.records import (
    NAME,
    RUN,
    SCHEMA_VERSION,
    SCORES,
    SEGMENTS,
    STATISTICS,
    RunRecord,
    read_run,
)
from evalharness.systems.base import Facts
from evalharness.testsets.base import Bitext
from evalharness.textfiles import is_blank

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """One system on one language pair of one test set, with its scores.

    Attributes:
        system: The system's name.
        fingerprint: What can change its output.
        bitext: What it translated.
        hypotheses: Its output, one per segment, `None` where it failed.
        scoring: What the metrics say.
        metrics: How each of them is configured, by its name, redacted.
        from_store: How many hypotheses had been translated before.
        truncated: How many leave out the end of a source longer than the system takes.
        unfinished: How many reached the length limit before they ended.
        notes: What a reader has to know of the system.
        failures: Why it failed on segments, and on how many for that reason.
        removed: What was taken out of answers, and of how many of them.
        usage: Tokens, characters and cost.
    """

    system: str
    fingerprint: Facts
    bitext: Bitext
    hypotheses: Sequence[str | None]
    scoring: Scoring
    metrics: Mapping[str, Mapping[str, object]]
    from_store: int = 0
    truncated: int = 0
    unfinished: int = 0
    notes: Sequence[str] = ()
    failures: Mapping[str, int] = field(default_factory=dict)
    removed: Mapping[str, int] = field(default_factory=dict)
    usage: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The run's folder, relative to the results folder; equal runs share it."""
        inputs = {"fingerprint": self.fingerprint, "testset": self.bitext.digest}
        digest = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:8]
        return f"runs/{self.bitext.testset}.{self.bitext.pair}/{self.system}.{digest}"


def check_name(name: str, where: str) -> None:
    """Refuses a name of a system, test set or metric that no folder or column can bear.

    Raises:
        EvalHarnessError: The name has other characters than letters, digits, `.`, `_`, `+`, `-`.
    """
    if not NAME.fullmatch(name):
        raise EvalHarnessError(
            f"{name!r} cannot name a folder or a column",
            where=where,
            mend="use letters, digits, '.', '_', '+' and '-', and begin with a letter or digit",
        )


def write_run(
    results: Path, run: Run, circumstances: Mapping[str, object], config_yaml: str
) -> RunRecord:
    """Writes a run folder, whole; `scores.json` comes last and marks it complete.

    Scores that an earlier command gave the same hypotheses by other metrics are kept.

    Args:
        results: The results folder.
        run: The run.
        circumstances: Versions, git revision, start, duration, device: no part of the result.
        config_yaml: The configuration, resolved and redacted.

    Returns:
        The record, as `read_runs` would read it.

    Raises:
        EvalHarnessError: The folder cannot be written, or is a link; older files are as they were.
    """
    with locked(results):
        refuse_links(results / run.folder, results)
        remove_abandoned(results, "runs/*/*/*")
        new = Content(
            {**_run_json(run), **circumstances},
            _scores_json(run),
            _rows(run),
            run.scoring.statistics,
        )
        content = _with_earlier(new, results, run.folder)
        write_files(
            results / run.folder,
            {
                "config.yaml": config_yaml.encode(),
                SEGMENTS: _jsonl(content.rows),
                STATISTICS: _npz(content.statistics),
                RUN: _json(content.run),
                SCORES: _json(content.scores),
            },
        )
        return read_run(results, run.folder)


def _with_earlier(new: Content, results: Path, folder: str) -> Content:
    """Adds what an earlier command wrote of the same hypotheses."""
    path = results / folder
    if not (path / SCORES).exists():
        if (path / SEGMENTS).exists():
            log.warning("%s: was cut short while it was written; written anew", path)
        return new
    try:
        old = read_content(results, folder)
    except EvalHarnessError as error:
        log.warning("%s; written anew", error)
        return new
    return merged(new, old, path)


def _run_json(run: Run) -> dict[str, object]:
    failed = sum(text is None for text in run.hypotheses)
    return {
        "schema_version": SCHEMA_VERSION,
        "system": run.system,
        "fingerprint": run.fingerprint,
        "notes": list(map(scrub, run.notes)),
        "testset": {
            "name": run.bitext.testset,
            "digest": run.bitext.digest,
            "references": list(run.bitext.provenance),
            "reference_names": list(run.bitext.reference_names),
            "notes": list(map(scrub, run.bitext.notes)),
        },
        "source_lang": run.bitext.source_lang,
        "target_lang": run.bitext.target_lang,
        "counts": {
            "translated": len(run.hypotheses) - failed - run.from_store,
            "from_store": run.from_store,
            "failed": failed,
            "empty": sum(text is not None and is_blank(text) for text in run.hypotheses),
            "truncated": run.truncated,
            "unfinished": run.unfinished,
        },
        "truncated_by_metric": {
            name: count
            for name, remarks in run.scoring.remarks.items()
            if (count := sum(remark.truncated for remark in remarks))
        },
        "metrics": {name: of for name, of in run.metrics.items() if name in run.scoring.statistics},
        "failures": {scrub(why): count for why, count in run.failures.items()},
        "removed": dict(run.removed),
        "usage": dict(run.usage),
        "seed": run.scoring.resampling.seed,
        "bootstrap": asdict(run.scoring.resampling),
    }


def _scores_json(run: Run) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "system": run.system,
        "testset": run.bitext.testset,
        "source_lang": run.bitext.source_lang,
        "target_lang": run.bitext.target_lang,
        "segments": len(run.bitext.segments),
        "scores": [asdict(score) for score in run.scoring.scores],
        "unavailable": [
            {"metric": absent.metric, "reason": scrub(absent.reason)}
            for absent in run.scoring.unavailable
        ],
    }


def _rows(run: Run) -> list[dict[str, object]]:
    rows = []
    for row, (segment, hypothesis) in enumerate(
        zip(run.bitext.segments, run.hypotheses, strict=True)
    ):
        facts: dict[str, object] = {
            "id": segment.id,
            "document": segment.document,
            "source": segment.source,
            "references": segment.references,
            "hypothesis": hypothesis,
            "scores": {name: float(of[row]) for name, of in run.scoring.segment_scores.items()},
        }
        remarks = {name: _remark_json(of[row]) for name, of in run.scoring.remarks.items()}
        if said := {name: remark for name, remark in remarks.items() if remark}:
            facts["remarks"] = said
        rows.append(facts)
    return rows


def _remark_json(remark: Remark) -> dict[str, object]:
    """What there is of a remark."""
    return {key: value for key, value in asdict(remark).items() if value}


def _npz(statistics: Mapping[str, Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **statistics)
    return buffer.getvalue()


def _jsonl(rows: Sequence[Mapping[str, object]]) -> bytes:
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode()
