"""What an earlier command wrote into a run folder, kept when the folder is written again."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from evalharness.results.content import Content
from evalharness.stats.intervals import MIXED, PERCENTILE

log = logging.getLogger(__name__)

_SECTIONS = ("testset", "counts", "bootstrap")
"""What of `run.json` has fixed fields of its own; other objects map names."""

_HOW = ("resamples", "seed", "unit", "units")
"""What intervals rest on; those that older folders hold may be by another method."""


def merged(new: Content, old: Content) -> Content:
    """Adds to what is written now what an earlier command wrote of the same hypotheses.

    Kept are the metrics and checks that were not computed again, and every field that this
    evalharness does not know: a later one may have written it.

    Args:
        new: What is written now.
        old: What is there.

    Raises:
        EvalHarnessError: What is there is damaged.
    """
    computed = {score["metric"]: score["signature"] for score in new.scores["scores"]}
    for score in old.scores["scores"]:
        if computed.get(score["metric"], score["signature"]) != score["signature"]:
            log.warning("%s: replaced %s %s", new.path, score["metric"], score["signature"])
    metrics = [score["metric"] for score in old.scores["scores"] if score["metric"] not in computed]
    tables, old_rows, old_tables = new.tables(), old.rows, old.tables()
    if not _comparable(new, old):
        if metrics:
            why = "of other hypotheses or with other bootstrap settings"
            log.warning("%s: dropped %s, scores %s", new.path, ", ".join(metrics), why)
        return new
    looked = {check["check"] for check in new.scores["checks"]}
    checks = [check["check"] for check in old.scores.get("checks", ())]
    checks = [check for check in checks if check not in looked]
    return Content(
        new.path,
        _run(new.run, old.run, metrics),
        _scores(new.scores, old.scores, metrics, checks),
        [_row(*rows, metrics, checks) for rows in zip(new.rows, old_rows, strict=True)],
        {**tables, **{name: table for name, table in old_tables.items() if name not in tables}},
    )


def _comparable(new: Content, old: Content) -> bool:
    outputs = [[_hypotheses(row) for row in content.rows] for content in (new, old)]
    how, before = new.run["bootstrap"], old.run["bootstrap"]
    return outputs[0] == outputs[1] and all(before[name] == how[name] for name in _HOW)


def _hypotheses(row: Mapping[str, Any]) -> list[str | None]:
    """What each pass made of a segment."""
    return [row["hypothesis"], *(one["hypothesis"] for one in row.get("repeats", ()))]


def _run(
    new: Mapping[str, Any], old: Mapping[str, Any], metrics: Collection[str]
) -> Mapping[str, Any]:
    run = {**old, **new}
    run |= {section: {**old[section], **new[section]} for section in _SECTIONS}
    methods = {one["bootstrap"].get("method", PERCENTILE) for one in (new, old)}
    if metrics and len(methods) > 1:
        run["bootstrap"] = {**run["bootstrap"], "method": MIXED}
    for section in ("metrics", "observed"):
        run[section] = {**new[section], **_only(old.get(section, {}), metrics)}
    return run


def _scores(
    new: Mapping[str, Any],
    old: Mapping[str, Any],
    metrics: Collection[str],
    checks: Collection[str],
) -> Mapping[str, Any]:
    kept = [score for score in old["scores"] if score["metric"] in metrics]
    kept_checks = [check for check in old.get("checks", ()) if check["check"] in checks]
    unavailable = [absent for absent in new["unavailable"] if absent["metric"] not in metrics]
    return {
        **old,
        **new,
        "scores": [*_completed(new["scores"], old["scores"]), *kept],
        "checks": [*_completed(new["checks"], old.get("checks", ())), *kept_checks],
        "unavailable": _completed(unavailable, old["unavailable"]),
    }


def _completed(new: Sequence[Mapping[str, Any]], old: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Gives each entry that says the same as an older one the older one's unknown fields, too."""
    return [next((older for older in old if {**older, **entry} == older), entry) for entry in new]


def _row(
    new: Mapping[str, Any],
    old: Mapping[str, Any],
    metrics: Collection[str],
    checks: Collection[str],
) -> Mapping[str, Any]:
    row = {**old, **new}
    for section, names in (("scores", metrics), ("observations", metrics), ("checks", checks)):
        together = {**new.get(section, {}), **_only(old.get(section, {}), names)}
        if together or section == "scores":
            row[section] = together
        else:
            row.pop(section, None)
    return row


def _only(section: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: section[name] for name in names if name in section}
