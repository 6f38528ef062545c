"""What an earlier command wrote into a run folder, kept when the folder is written again."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from evalharness.results.content import CHECKS, Content
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
    looked = set(new.run["checks"])
    checks = [check["check"] for check in old.scores.get("checks", ())]
    checks = [check for check in checks if check not in looked]
    tables, old_rows, old_tables = new.tables(), old.rows, old.tables()
    same, alike = _same_hypotheses(new, old), _same_intervals(new, old)
    if dropped := [*metrics, *checks] if not same else [] if alike else metrics:
        why = "with other bootstrap settings" if same else "of other hypotheses"
        log.warning("%s: dropped %s, %s", new.path, ", ".join(dropped), why)
    if not same:
        return new
    metrics = metrics if alike else []
    names = {*metrics, *(f"{CHECKS}{check}" for check in checks)}
    if alike:  # also what nothing names that this evalharness knows
        names |= old_tables.keys()
    kept = {name: table for name, table in old_tables.items() if name in names - tables.keys()}
    return Content(
        new.path,
        _run(new.run, old.run, metrics),
        _scores(new, old, metrics, checks),
        [_row(*rows, metrics, checks) for rows in zip(new.rows, old_rows, strict=True)],
        {**tables, **kept},
    )


def _same_hypotheses(new: Content, old: Content) -> bool:
    outputs = [[_hypotheses(row) for row in content.rows] for content in (new, old)]
    return outputs[0] == outputs[1]


def _same_intervals(new: Content, old: Content) -> bool:
    how, before = new.run["bootstrap"], old.run["bootstrap"]
    return all(before[name] == how[name] for name in _HOW)


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
    run["checks"] = [*new["checks"], *(x for x in old.get("checks", ()) if x not in new["checks"])]
    return run


def _scores(
    new: Content, old: Content, metrics: Collection[str], checks: Collection[str]
) -> Mapping[str, Any]:
    now, before = new.scores, old.scores
    kept = [score for score in before["scores"] if score["metric"] in metrics]
    kept_checks = [check for check in before.get("checks", ()) if check["check"] in checks]
    looked = set(new.run["checks"])
    findings = [one for one in before.get("findings", ()) if one.get("check") not in looked]
    unavailable = [absent for absent in now["unavailable"] if absent["metric"] not in metrics]
    return {
        **before,
        **now,
        "scores": [*_completed(now["scores"], before["scores"]), *kept],
        "checks": [*_completed(now["checks"], before.get("checks", ())), *kept_checks],
        "findings": [*_completed(now["findings"], before.get("findings", ())), *findings],
        "unavailable": _completed(unavailable, before["unavailable"]),
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
