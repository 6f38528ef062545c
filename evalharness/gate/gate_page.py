"""A gate's verdicts as a page: the table, what is to be said of single verdicts, the decision."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict

from evalharness.errors import EvalHarnessError
from evalharness.gate import reasons
from evalharness.gate.report import GateReport, Measured, Outcome, Verdict
from evalharness.languages import normalised_pair
from evalharness.results import heading
from evalharness.values import Cell, Column, Mark, Page, Row, Table

SCHEMA_VERSION = 1
"""Of the facts that programs read."""

MARKS = {
    Outcome.PASS: Mark.good,
    Outcome.BETTER: Mark.best,
    Outcome.INCONCLUSIVE: Mark.doubtful,
    Outcome.FAIL: Mark.bad,
}

_HEAD = (
    Column("testset", "test set"),
    Column("pair", "pair", once=True),
    Column("source_lang", "", people=False),
    Column("target_lang", "", people=False),
    Column("metric", "metric"),
)
_SCORES = (
    Column("baseline", "baseline", number=True),
    Column("candidate", "candidate", number=True, under="baseline"),
    Column("difference", "difference (range)", number=True, interval=True, signed=True),
    Column("allowed", "allowed", number=True, signed=True),
)
_REST = tuple(
    Column(key, "", people=False)
    for key in ("margin", "unit", "units", "units_needed", "p_not_worse", "p_worse", "p_better")
)
_VERDICT = (Column("outcome", "verdict"), Column("reason", "", people=False))


def gate_page(
    report: GateReport,
    *,
    testset: str | None = None,
    pair: str | None = None,
    groups: Collection[tuple[str, str]] | None = None,
) -> Page:
    """Arranges a gate's verdicts.

    The decision is about all of them. What is asked for narrows what is shown, but never leaves out
    a verdict that stops the candidate, and a note counts what is left out.

    Args:
        report: The verdicts.
        testset: Only those on the test set of this name; `None` for all.
        pair: Only those on this language pair, such as `tr-en`; `None` for all.
        groups: Only those on one of these test sets and language pairs; `None` for all.

    Raises:
        EvalHarnessError: No verdict is on them.
    """
    pair = pair and normalised_pair(pair)

    def is_chosen(verdict: Verdict) -> bool:
        named = testset in (None, verdict.testset) and pair in (None, verdict.pair)
        return named and (groups is None or (verdict.testset, verdict.pair) in groups)

    chosen = [verdict for verdict in report.verdicts if is_chosen(verdict)]
    if report.verdicts and not chosen:
        raise _none_chosen(report, testset, pair)
    shown = [verdict for verdict in report.verdicts if is_chosen(verdict) or report.stops(verdict)]
    notes = [*_left_out(report, shown, is_chosen), *report.notes]
    if any(verdict.measured for verdict in shown):
        notes.insert(0, reasons.explanation(report))
    rows = tuple(Row(_cells(verdict), group=_group(verdict)) for verdict in shown)
    columns = (*_HEAD, *_SCORES, *_REST, *_VERDICT)
    return Page(
        (Table("verdicts", "", columns, rows, split="testset"),),
        tuple(notes),
        tuple(_remarks(report, shown)),
        _facts(report, shown),
        title="Translation quality",
        answer=(report.summary, Mark.good if report.passes else Mark.bad),
    )


def _group(verdict: Verdict) -> str:
    return f"{verdict.testset} {verdict.pair}"


def _languages(verdict: Verdict) -> tuple[str, str]:
    source_lang, _, target_lang = verdict.pair.rpartition("-")
    return source_lang, target_lang


def _cells(verdict: Verdict) -> dict[str, Cell]:
    found = verdict.measured
    return {
        "testset": Cell(verdict.testset),
        "pair": Cell(verdict.pair),
        **dict(zip(("source_lang", "target_lang"), map(Cell, _languages(verdict)), strict=True)),
        "metric": Cell(
            verdict.metric,
            text=heading(verdict.metric, found.higher_is_better) if found else None,
        ),
        "outcome": Cell(verdict.outcome.value, mark=MARKS[verdict.outcome]),
        "reason": Cell(reasons.reason(verdict)),
        **(_measured_cells(found, reasons.decimals(verdict, found)) if found else {}),
    }


def _measured_cells(found: Measured, decimals: int) -> dict[str, Cell]:
    needed = found.units_needed
    facts = {column.key: getattr(found, column.key) for column in _REST}
    facts["units_needed"] = needed if math.isfinite(needed) else None
    return {
        **{
            key: Cell(_number(getattr(found, key)), decimals=decimals)
            for key in ("baseline", "candidate", "allowed")
        },
        "difference": Cell(
            float(found.difference), float(found.low), float(found.high), decimals=decimals
        ),
        **{key: Cell(fact) for key, fact in facts.items()},
    }


def _remarks(report: GateReport, shown: Sequence[Verdict]) -> Iterator[tuple[str, Mark | None]]:
    """What is to be said of single verdicts, those first that stop the candidate."""
    metrics: dict[tuple[str, str], list[str]] = {}
    marks: dict[tuple[str, str], Mark] = {}
    for verdict in sorted(shown, key=lambda verdict: not report.stops(verdict)):
        if why := reasons.reason(verdict):
            key = (_group(verdict), why)
            metrics.setdefault(key, []).append(verdict.metric)
            marks[key] = MARKS[verdict.outcome]
    for (where, why), several in metrics.items():
        yield f"{where} {', '.join(several)}: {why}", marks[where, why]


def _left_out(
    report: GateReport, shown: Sequence[Verdict], is_chosen: Callable[[Verdict], bool]
) -> Iterator[str]:
    """Says how many verdicts are not shown, and which are shown although they were not chosen."""
    if hidden := len(report.verdicts) - len(shown):
        verdicts = "1 verdict is" if hidden == 1 else f"{hidden} verdicts are"
        yield (
            f"{verdicts} not shown, by select.*; none of them stops the candidate, and the"
            " decision is about all verdicts"
        )
    if any(not is_chosen(verdict) for verdict in shown):
        yield "verdicts that stop the candidate are shown whatever select.* says"


def _none_chosen(report: GateReport, testset: str | None, pair: str | None) -> EvalHarnessError:
    wanted = " ".join(part for part in (testset, pair) if part)
    known = dict.fromkeys(map(_group, report.verdicts))
    return EvalHarnessError(
        f"the baseline holds nothing on {wanted}",
        where="select.pair" if pair else "select.testset",
        hint=f"it holds: {', '.join(known)}",
    )


def _facts(report: GateReport, shown: Sequence[Verdict]) -> dict[str, object]:
    """The decision and every verdict with all its numbers, as other programs read them."""
    return {
        "schema_version": SCHEMA_VERSION,
        "passes": report.passes,
        "alpha": report.alpha,
        "verdicts": [_verdict_facts(verdict) for verdict in shown],
    }


def _verdict_facts(verdict: Verdict) -> dict[str, object]:
    facts = asdict(verdict) | {"outcome": verdict.outcome.value}
    if measured := verdict.measured:
        needed = measured.units_needed
        facts["measured"] |= {
            "difference": measured.difference,
            "units_needed": needed if math.isfinite(needed) else None,
        }
    return facts


def _number(value: float | None) -> float | None:
    """A float of Python's, where numpy's may stand; `None` where there is no number."""
    return None if value is None else float(value)
