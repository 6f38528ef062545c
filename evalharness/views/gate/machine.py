"""A gate's verdicts as JSON, for other programs."""

from __future__ import annotations

import math
from dataclasses import asdict

from evalharness.escaping import json_text
from evalharness.views.gate.report import GateReport, Verdict

SCHEMA_VERSION = 1


def gate_json(report: GateReport) -> str:
    """Returns the decision and every verdict with all its numbers."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "passes": report.passes,
        "alpha": report.alpha,
        "verdicts": [_facts(verdict) for verdict in report.verdicts],
        "notes": list(report.notes),
    }
    return json_text(content)


def _facts(verdict: Verdict) -> dict[str, object]:
    facts = asdict(verdict) | {"outcome": verdict.outcome.value}
    if measured := verdict.measured:
        needed = measured.units_needed
        facts["measured"] |= {
            "difference": measured.difference,
            "units_needed": needed if math.isfinite(needed) else None,
        }
    return facts
