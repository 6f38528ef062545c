"""Finished runs as a page: what there is, and what was changed."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from evalharness.reading import read_yaml
from evalharness.results.housekeeping import size_of
from evalharness.results.naming import names_of
from evalharness.results.run import Run
from evalharness.values import Cell, Column, Page, Row, Table

_KILO = 1000

_COLUMNS = (
    Column("testset", "test set"),
    Column("pair", "pair", programs=False, once=True),
    Column("source_lang", "", people=False),
    Column("target_lang", "", people=False),
    Column("name", "system", programs=False, wraps=True),
    Column("system", "system", people=False),
    Column("differs", "", people=False),
    Column("segments", "n", number=True, decimals=0),
    Column("limit", "limit", number=True, decimals=0),
    Column("started", "made", wraps=True),
    Column("size", "kB", number=True, decimals=0, programs=False),
    Column("bytes", "", people=False),
    Column("label", "run", programs=False, wraps=True),
    Column("run", "", people=False),
)

_CHANGES = (Column("run", "run", wraps=True), Column("now", "now", wraps=True))


def listing_page(runs: Sequence[Run]) -> Page:
    """Arranges runs by test set and pair: whole ones first, those with `limit=` after them.

    Args:
        runs: The runs.
    """
    names = names_of(runs)
    limits = {run.key: _limit_of(run) for run in runs}

    def order(run: Run) -> tuple[object, ...]:
        limit = limits[run.key]
        return (run.testset, run.pair, limit is not None, limit or 0, run.system, run.folder)

    rows = []
    for run in sorted(runs, key=order):
        name, started, size = names[run.key], str(run.content.run.get("started", "")), size_of(run)
        differs = name.removeprefix(run.system).strip(" ()") if " (" in name else None
        rows.append(
            Row(
                {
                    "testset": Cell(run.testset),
                    "pair": Cell(run.pair),
                    "source_lang": Cell(run.source_lang),
                    "target_lang": Cell(run.target_lang),
                    "name": Cell(name if differs else run.system),
                    "system": Cell(run.system),
                    "differs": Cell(differs),
                    "segments": Cell(run.segments),
                    "limit": Cell(limits[run.key]),
                    "started": Cell(started or None, text=started[:16].replace("T", " ")),
                    "size": Cell(-(-size // _KILO)),
                    "bytes": Cell(size),
                    "label": Cell(run.label),
                    "run": Cell(run.folder),
                },
                group=f"{run.testset}\n{run.pair}",
            )
        )
    table = Table("runs", "", _COLUMNS, tuple(rows), split="testset")
    notes = []
    if any(limit is not None for limit in limits.values()):
        notes.append("limit: only so many segments were translated; never ranked with whole runs")
    return Page((table,), tuple(notes), title="evalharness: runs")


def changes_page(changed: Sequence[tuple[Run, Run | None]], notes: Sequence[str]) -> Page:
    """Arranges what became of runs.

    Args:
        changed: Each run with what it is now; `None` for one that was deleted.
        notes: What a reader has to know besides.
    """
    rows = tuple(
        Row({"run": Cell(old.folder), "now": Cell(new.folder if new else "deleted")})
        for old, new in changed
    )
    return Page((Table("changes", "", _CHANGES, rows),), tuple(notes), title="evalharness: runs")


def _limit_of(run: Run) -> int | None:
    """What `limit=` was when the run was made, if it was given."""
    try:
        config = read_yaml(run.path / "config.yaml")
    except (OSError, yaml.YAMLError):
        return None
    limit = config.get("limit") if isinstance(config, dict) else None
    return limit if isinstance(limit, int) else None
