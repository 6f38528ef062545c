"""Writing run folders: runs/<testset>.<src>-<tgt>/<system>.<8 hex of fingerprint and inputs>/."""

from __future__ import annotations

import hashlib
import io
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from evalharness.disk import locked, refuse_links, remove_abandoned, write_files
from evalharness.errors import EvalHarnessError
from evalharness.results.content import CHECKS, RUN, SCORES, SEGMENTS, STATISTICS, Content
from evalharness.results.heads import read_run, run_of
from evalharness.results.merging import merged
from evalharness.results.run import SYSTEM, Run
from evalharness.results.schema import SCHEMA_VERSION
from evalharness.secrecy import scrub
from evalharness.stats.bootstrap import Array
from evalharness.values import Outputs, Scoring
from evalharness.values.outputs import Observations, count_observations, total_usage

log = logging.getLogger(__name__)


def write_run(
    results: Path,
    outputs: Outputs,
    scoring: Scoring,
    *,
    fingerprint: Mapping[str, Any],
    metrics: Mapping[str, Mapping[str, object]],
    circumstances: Mapping[str, object],
    config_yaml: str,
) -> Run:
    """Writes a run folder, whole; `scores.json` comes last and marks it complete.

    Scores that an earlier command gave the same hypotheses by other metrics are kept.

    Args:
        results: The results folder.
        outputs: What the system made.
        scoring: What metrics and checks say of it.
        fingerprint: What can change the system's output.
        metrics: How each metric is configured, by its name, redacted.
        circumstances: Versions, git revision, start, duration, device: no part of the result.
        config_yaml: The configuration, resolved and redacted.

    Returns:
        The run.

    Raises:
        EvalHarnessError: The folder cannot be written, or is a link; older files are as they were.
    """
    folder = folder_of(outputs, fingerprint)
    with locked(results):
        refuse_links(results / folder, results)
        remove_abandoned(results, "runs/*/*/*")
        head = {**_run_json(outputs, scoring, fingerprint, metrics), **circumstances}
        new = Content(
            results / folder,
            head,
            _scores_json(outputs, scoring),
            _rows(outputs, scoring),
            _tables(scoring),
        )
        content = _with_earlier(new, results, folder)
        write_files(
            results / folder,
            {
                "config.yaml": config_yaml.encode(),
                SEGMENTS: _jsonl(content.rows),
                STATISTICS: _npz(content.tables()),
                RUN: _json(content.run),
                SCORES: _json(content.scores),
            },
        )
    return run_of(results, folder, content)


def folder_of(outputs: Outputs, fingerprint: Mapping[str, Any]) -> str:
    """Returns a run's folder, relative to the results folder; equal runs share it."""
    bitext = outputs.bitext
    inputs: dict[str, Any] = {"fingerprint": fingerprint, "testset": bitext.digest}
    if outputs.further:  # another score than that of one pass, and so another run
        inputs["passes"] = len(outputs.passes)
    digest = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:8]
    return f"runs/{bitext.testset}.{bitext.pair}/{outputs.system}.{digest}"


def _with_earlier(new: Content, results: Path, folder: str) -> Content:
    """Adds what an earlier command wrote of the same hypotheses."""
    if not (new.path / SCORES).exists():
        if (new.path / SEGMENTS).exists():
            log.warning("%s: was cut short while it was written; written anew", new.path)
        return new
    try:
        return merged(new, read_run(results, folder).content)
    except EvalHarnessError as error:
        log.warning("%s; written anew", error)
        return new


def _run_json(
    outputs: Outputs,
    scoring: Scoring,
    fingerprint: Mapping[str, Any],
    metrics: Mapping[str, Mapping[str, object]],
) -> dict[str, object]:
    bitext, passes = outputs.bitext, outputs.passes
    from_store = sum(one.from_store for one in passes)
    made = sum(text is not None for one in passes for text in one.hypotheses)
    return {
        "schema_version": SCHEMA_VERSION,
        "system": outputs.system,
        "fingerprint": fingerprint,
        "notes": list(map(scrub, outputs.notes)),
        "prompt": None if outputs.prompt is None else scrub(outputs.prompt),
        "testset": {
            "name": bitext.testset,
            "digest": bitext.digest,
            "references": list(bitext.provenance),
            "reference_names": list(bitext.reference_names),
            "reference_makers": list(bitext.makers),
            **({"version": bitext.version} if bitext.version else {}),
            "notes": list(map(scrub, bitext.notes)),
        },
        "source_lang": bitext.source_lang,
        "target_lang": bitext.target_lang,
        "counts": {
            "translated": made - from_store,
            "from_store": from_store,
            "failed": outputs.failed,
        },
        "samples": outputs.samples,
        "passes": len(passes),
        "observed": _observed(outputs, scoring),
        "metrics": {
            name: options for name, options in metrics.items() if name in scoring.judgements
        },
        "checks": list(scoring.looked),
        "usage": total_usage([one.usage for one in passes]),
        "seed": scoring.resampling.seed,
        "bootstrap": asdict(scoring.resampling),
    }


def _observed(outputs: Outputs, scoring: Scoring) -> dict[str, dict[str, object]]:
    """How often each thing was observed: by the system in all passes, by metrics in the first."""
    everybody = _observations(outputs, scoring)
    if outputs.further:
        everybody[SYSTEM] = [facts for one in outputs.passes for facts in one.observations]
    return {
        who: dict(count_observations(observations))
        for who, observations in everybody.items()
        if any(observations)
    }


def _scores_json(outputs: Outputs, scoring: Scoring) -> dict[str, object]:
    bitext = outputs.bitext
    return {
        "schema_version": SCHEMA_VERSION,
        "system": outputs.system,
        "testset": bitext.testset,
        "source_lang": bitext.source_lang,
        "target_lang": bitext.target_lang,
        "segments": len(bitext.segments),
        "scores": [asdict(score) for score in scoring.scores],
        "checks": [asdict(check.rate) for check in scoring.checks],
        "findings": [
            {**asdict(finding), "message": scrub(finding.message)} for finding in scoring.findings
        ],
        "unavailable": [
            {"metric": absent.metric, "reason": scrub(absent.reason)}
            for absent in scoring.unavailable
        ],
    }


def _observations(outputs: Outputs, scoring: Scoring) -> dict[str, Sequence[Observations]]:
    """What is said about the segments, by who says it; of those that say anything."""
    everybody = {SYSTEM: outputs.observations} | {
        name: judgement.observations for name, judgement in scoring.judgements.items()
    }
    return {who: observations for who, observations in everybody.items() if any(observations)}


def _rows(outputs: Outputs, scoring: Scoring) -> list[dict[str, object]]:
    scores = {name: made.segment_scores.tolist() for name, made in scoring.judgements.items()}
    everybody = _observations(outputs, scoring)
    rows = []
    for at, segment in enumerate(outputs.bitext.segments):
        row: dict[str, object] = {
            "id": segment.id,
            "document": segment.document,
            "source": segment.source,
            "references": segment.references,
            "hypothesis": outputs.hypotheses[at],
            "scores": {name: numbers[at] for name, numbers in scores.items()},
        }
        if segment.facts:
            row["facts"] = segment.facts
        if observations := {who: facts[at] for who, facts in everybody.items() if facts[at]}:
            row["observations"] = observations
        if seen := {one.rate.check: one.seen[at] for one in scoring.checks if at in one.seen}:
            row["checks"] = seen
        if outputs.further:
            row["repeats"] = [_repeat(one, at) for one in outputs.further]
        rows.append(row)
    return rows


def _repeat(outputs: Outputs, at: int) -> dict[str, object]:
    """What a further pass made of a segment."""
    observations = outputs.observations[at] if outputs.observations else {}
    return {
        "hypothesis": outputs.hypotheses[at],
        **({"observations": {SYSTEM: observations}} if observations else {}),
    }


def _tables(scoring: Scoring) -> dict[str, Array]:
    metrics = {name: made.statistics for name, made in scoring.judgements.items()}
    return metrics | {f"{CHECKS}{one.rate.check}": one.statistics for one in scoring.checks}


def _npz(tables: Mapping[str, Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **tables)
    return buffer.getvalue()


def _jsonl(rows: Sequence[Mapping[str, object]]) -> bytes:
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode()
