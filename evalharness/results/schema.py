"""The schema of run folders, and what folders of schema 1 are read as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SCHEMA_VERSION = 2
EARLIER = 1


def upgraded(
    run: Mapping[str, Any], scores: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns what `run.json` and `scores.json` of schema 1 say, in the words of schema 2.

    Schema 1 counted what systems observe in fields of their own, and had neither checks nor
    findings.
    """
    counts = dict(run["counts"])
    system = {
        name: count
        for name in ("truncated", "unfinished", "empty")
        if (count := counts.pop(name, 0))
    }
    for name, texts in (("removed", run.get("removed")), ("failed", run.get("failures"))):
        if texts:
            system[name] = dict(texts)
    observed = {
        metric: {"truncated": n} for metric, n in run.get("truncated_by_metric", {}).items()
    }
    if system:
        observed["system"] = system
    gone = ("removed", "failures", "truncated_by_metric")
    kept = {name: value for name, value in run.items() if name not in gone}
    return (
        {**kept, "schema_version": SCHEMA_VERSION, "counts": counts, "observed": observed},
        {**scores, "schema_version": SCHEMA_VERSION},
    )


def upgraded_row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns what a line of `segments.jsonl` says; schema 1 called observations remarks."""
    if "remarks" not in row or "observations" in row:
        return row
    kept = {name: value for name, value in row.items() if name != "remarks"}
    return {**kept, "observations": row["remarks"]}
