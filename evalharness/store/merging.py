"""What an earlier command wrote into a run folder, kept when the folder is written again."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from evalharness.store.contents import Content

log = logging.getLogger(__name__)

_SECTIONS = ("testset", "counts", "bootstrap")
"""What of `run.json` has fixed fields of its own; other objects map names."""


def merged(new: Content, old: Content, folder: Path) -> Content:
    """Adds to what is written now what an earlier command wrote of the same hypotheses.

    Kept are the metrics that were not computed again, and every field that this evalharness does
    not know: a later one may have written it.

    Args:
        new: What is written now.
        old: What is there.
        folder: Where, for warnings.
    """
    computed = {score["metric"]: score["signature"] for score in new.scores["scores"]}
    for score in old.scores["scores"]:
        if computed.get(score["metric"], score["signature"]) != score["signature"]:
            log.warning("%s: replaced %s %s", folder, score["metric"], score["signature"])
    names = [score["metric"] for score in old.scores["scores"] if score["metric"] not in computed]
    if not _comparable(new, old):
        if names:
            why = "of other hypotheses or with other bootstrap settings"
            log.warning("%s: dropped %s, scores %s", folder, ", ".join(names), why)
        return new
    return Content(
        _run(new.run, old.run, names),
        _scores(new.scores, old.scores, names),
        [_row(*rows, names) for rows in zip(new.rows, old.rows, strict=True)],
        {**old.statistics, **new.statistics},
    )


def _comparable(new: Content, old: Content) -> bool:
    outputs = [[row["hypothesis"] for row in content.rows] for content in (new, old)]
    how = new.run["bootstrap"]
    return outputs[0] == outputs[1] and all(old.run["bootstrap"][name] == how[name] for name in how)


def _run(
    new: Mapping[str, Any], old: Mapping[str, Any], names: Collection[str]
) -> Mapping[str, Any]:
    run = {**old, **new}
    run |= {section: {**old[section], **new[section]} for section in _SECTIONS}
    for section in ("metrics", "truncated_by_metric"):
        run[section] = {**new[section], **_of(old.get(section, {}), names)}
    return run


def _scores(
    new: Mapping[str, Any], old: Mapping[str, Any], names: Collection[str]
) -> Mapping[str, Any]:
    kept = [score for score in old["scores"] if score["metric"] in names]
    unavailable = [absent for absent in new["unavailable"] if absent["metric"] not in names]
    return {
        **old,
        **new,
        "scores": [*_completed(new["scores"], old["scores"]), *kept],
        "unavailable": _completed(unavailable, old["unavailable"]),
    }


def _completed(new: Sequence[Mapping[str, Any]], old: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Gives each entry that says the same as an older one the older one's unknown fields, too."""
    return [next((older for older in old if {**older, **entry} == older), entry) for entry in new]


def _row(
    new: Mapping[str, Any], old: Mapping[str, Any], names: Collection[str]
) -> Mapping[str, Any]:
    scores = {**new["scores"], **_of(old["scores"], names)}
    remarks = {**new.get("remarks", {}), **_of(old.get("remarks", {}), names)}
    row = {**old, **new, "scores": scores, "remarks": remarks}
    return row if remarks else {name: row[name] for name in row if name != "remarks"}


def _of(section: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: section[name] for name in names if name in section}
