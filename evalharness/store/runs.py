"""Run folders: results/runs/<testset>.<src>-<tgt>/<system>.<8 hex of fingerprint and inputs>/."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evalharness.errors import EvalHarnessError
from evalharness.scoring import Resampling, Score, Scoring, Unavailable
from evalharness.store.files import write_files
from evalharness.systems.base import Facts
from evalharness.testsets.base import Bitext

log = logging.getLogger(__name__)

SCHEMA_VERSION = 1
SCORES = "scores.json"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


@dataclass(frozen=True)
class RunRecord:
    """What a run folder says: one system on one language pair of one test set.

    Attributes:
        folder: The folder, relative to the results folder.
        system: The system's name.
        testset: The test set's name.
        digest: The digest of the test set's pair.
        source_lang: BCP-47 code.
        target_lang: BCP-47 code.
        segments: How many segments were scored.
        provenance: Who made the references.
        scores: One per metric that could be computed.
        unavailable: One per metric that could not.
        resampling: How the intervals were estimated.
        failed: How many segments the system failed on.
    """

    folder: str
    system: str
    testset: str
    digest: str
    source_lang: str
    target_lang: str
    segments: int
    provenance: tuple[str, ...]
    scores: tuple[Score, ...]
    unavailable: tuple[Unavailable, ...]
    resampling: Resampling
    failed: int

    @property
    def pair(self) -> str:
        """The language pair as `tr-en`."""
        return f"{self.source_lang}-{self.target_lang}"


def check_name(name: str, where: str) -> None:
    """Refuses a system's or test set's name that cannot be part of a folder's name.

    Raises:
        EvalHarnessError: The name has other characters than letters, digits, `.`, `_`, `+`, `-`.
    """
    if not _NAME.fullmatch(name):
        raise EvalHarnessError(
            f"{name!r} cannot name a folder",
            where=where,
            mend="use letters, digits, '.', '_', '+' and '-', and begin with a letter or digit",
        )


def run_folder(system: str, fingerprint: Facts, bitext: Bitext) -> str:
    """Returns the folder of a run, relative to the results folder; equal runs share it."""
    inputs = json.dumps({"fingerprint": fingerprint, "testset": bitext.digest}, sort_keys=True)
    digest = hashlib.sha256(inputs.encode()).hexdigest()[:8]
    return f"runs/{bitext.testset}.{bitext.pair}/{system}.{digest}"


def write_run(
    results: Path,
    *,
    system: str,
    fingerprint: Facts,
    bitext: Bitext,
    hypotheses: Sequence[str | None],
    scoring: Scoring,
    circumstances: Mapping[str, object],
    config_yaml: str,
) -> RunRecord:
    """Writes a run folder, whole; `scores.json` comes last and marks it complete.

    Args:
        results: The results folder.
        system: The system's name.
        fingerprint: What can change its output.
        bitext: What it translated.
        hypotheses: Its output, `None` where it failed.
        scoring: What the metrics say.
        circumstances: Versions, git revision, start, duration, device: no part of the result.
        config_yaml: The configuration, resolved and redacted.

    Returns:
        The record, as `read_runs` would read it.

    Raises:
        EvalHarnessError: The folder cannot be written; older files are as they were.
    """
    folder = run_folder(system, fingerprint, bitext)
    failed = sum(text is None for text in hypotheses)
    run = {
        "schema_version": SCHEMA_VERSION,
        "system": system,
        "fingerprint": fingerprint,
        "testset": {
            "name": bitext.testset,
            "digest": bitext.digest,
            "references": bitext.provenance,
            "notes": bitext.notes,
        },
        "source_lang": bitext.source_lang,
        "target_lang": bitext.target_lang,
        "counts": {
            "translated": len(hypotheses) - failed,
            "from_store": 0,
            "failed": failed,
            "empty": sum(text is not None and not text.strip() for text in hypotheses),
        },
        "bootstrap": asdict(scoring.resampling),
        **circumstances,
    }
    scores = {
        "schema_version": SCHEMA_VERSION,
        "system": system,
        "testset": bitext.testset,
        "source_lang": bitext.source_lang,
        "target_lang": bitext.target_lang,
        "segments": len(bitext.segments),
        "scores": [asdict(score) for score in scoring.scores],
        "unavailable": [asdict(metric) for metric in scoring.unavailable],
    }
    files = {
        "config.yaml": config_yaml.encode(),
        "segments.jsonl": _segments_jsonl(bitext, hypotheses, scoring),
        "statistics.npz": _npz(scoring),
        "run.json": _json(run, indent=2),
        SCORES: _json(scores, indent=2),
    }
    write_files(results / folder, files)
    return _record(folder, json.loads(files["run.json"]), json.loads(files[SCORES]))


def read_runs(results: Path) -> list[RunRecord]:
    """Reads all complete runs, ordered by folder.

    A folder without `scores.json` was never completed and is passed over; one that cannot be read
    is passed over with a warning.
    """
    return list(_read_all(results))


def read_run(results: Path, folder: str) -> RunRecord:
    """Reads one run.

    Raises:
        EvalHarnessError: The folder is no complete run, or is damaged.
    """
    path = results / folder
    try:
        scores = json.loads((path / SCORES).read_bytes())
        run = json.loads((path / "run.json").read_bytes())
        if scores["schema_version"] > SCHEMA_VERSION:
            raise EvalHarnessError(
                f"written by a newer evalharness (schema_version {scores['schema_version']})",
                where=path,
                mend="update evalharness",
            )
        return _record(folder, run, scores)
    except OSError as error:
        raise EvalHarnessError(f"no complete run: {error.strerror}", where=path) from error
    except (ValueError, KeyError, TypeError) as error:
        raise EvalHarnessError(
            f"damaged run: {type(error).__name__}: {error}",
            where=path,
            mend="delete the folder and run again",
        ) from error


def _read_all(results: Path) -> Iterator[RunRecord]:
    for path in sorted(results.glob(f"runs/*/*/{SCORES}")):
        try:
            yield read_run(results, path.parent.relative_to(results).as_posix())
        except EvalHarnessError as error:
            log.warning("%s", error)


def _record(folder: str, run: Mapping[str, Any], scores: Mapping[str, Any]) -> RunRecord:
    return RunRecord(
        folder=folder,
        system=scores["system"],
        testset=scores["testset"],
        digest=run["testset"]["digest"],
        source_lang=scores["source_lang"],
        target_lang=scores["target_lang"],
        segments=scores["segments"],
        provenance=tuple(run["testset"]["references"]),
        scores=tuple(Score(**score) for score in scores["scores"]),
        unavailable=tuple(Unavailable(**metric) for metric in scores["unavailable"]),
        resampling=Resampling(**run["bootstrap"]),
        failed=run["counts"]["failed"],
    )


def _segments_jsonl(bitext: Bitext, hypotheses: Sequence[str | None], scoring: Scoring) -> bytes:
    lines = []
    for row, (segment, hypothesis) in enumerate(zip(bitext.segments, hypotheses, strict=True)):
        facts = {
            "id": segment.id,
            "document": segment.document,
            "source": segment.source,
            "references": segment.references,
            "hypothesis": hypothesis,
            "scores": {name: float(of[row]) for name, of in scoring.segment_scores.items()},
        }
        lines.append(json.dumps(facts, ensure_ascii=False))
    return ("\n".join(lines) + "\n").encode()


def _npz(scoring: Scoring) -> bytes:
    buffer = io.BytesIO()
    arrays: dict[str, Any] = dict(scoring.statistics)
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _json(value: object, indent: int | None = None) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return (text + "\n").encode()
