"""A comparison as a page: scores, differences, and the segments where two systems differ most."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.comparison import sentences
from evalharness.comparison.facts import comparison_facts
from evalharness.comparison.outcomes import (
    ByMetric,
    Comparison,
    Difference,
    Example,
    Examples,
    Section,
)
from evalharness.results import board_page, heading
from evalharness.values import Cell, Column, Mark, Page, Row, Table

_TEST = tuple(
    Column(key, "", people=False)
    for key in ("testset", "source_lang", "target_lang", "slice", "metric")
)
_FACTS = ("at_floor", "significant", "detectable")
_COUNTS = ("won", "lost", "tied")

_DIFFERENCES = (
    *_TEST,
    Column("heading", "metric", programs=False, once=True, wraps=True),
    Column("first", "", people=False),
    Column("second", "", people=False),
    Column("verdict", "verdict", wraps=True, under="heading"),
    Column(
        "difference",
        "difference (range)",
        number=True,
        interval=True,
        signed=True,
        programs=False,
    ),
    *(Column(key, "", people=False) for key in ("difference", "low", "high")),
    Column("p", "p", decimals=4, number=True),
    Column("p_corrected", "corrected", decimals=4, number=True, under="p"),
    Column("segments", sentences.WON_LOST_TIED, number=True, programs=False),
    *(Column(key, "", people=False) for key in (*_FACTS, *_COUNTS)),
)

_EXAMPLES = (
    *_TEST,
    Column("segment", "segment", once=True),
    Column("document", "", people=False),
    Column("role", "", people=False),
    Column("system", "text of"),
    Column("score", "score", number=True, under="system"),
    Column("text", "text", wraps=True),
)


def comparison_page(comparison: Comparison, *, examples: bool = True) -> Page:
    """Arranges a comparison: the scores, the differences, and segments text below text.

    Args:
        comparison: The comparison.
        examples: Whether there is a table of the segments; they are among the facts in any case.
    """
    sections = comparison.sections
    board = _board(comparison)
    tables = [*board.tables, *(_differences(section, comparison) for section in sections)]
    tables += [
        table for section in sections for table in _examples(section, comparison) if examples
    ]
    return Page(
        tuple(table for table in tables if table.rows),
        (*board.notes, *sentences.explanations(comparison)),
        facts=comparison_facts(comparison),
        title="evalharness: comparison",
        csv="differences",
    )


def _board(comparison: Comparison) -> Page:
    """The scores that were compared."""
    labelled = [
        (label, run) for section in comparison.sections for label, run in section.runs.items()
    ]
    names = {run.key: label for label, run in labelled}
    return board_page([run for _, run in labelled], comparison.ranking, names)


def _test(section: Section, metric: str) -> dict[str, Cell]:
    run = next(iter(section.runs.values()))
    part = run.slice.label if run.slice else None
    facts = (run.testset, run.source_lang, run.target_lang, part, metric)
    return {column.key: Cell(fact) for column, fact in zip(_TEST, facts, strict=True)}


def _differences(section: Section, comparison: Comparison) -> Table:
    rows = tuple(
        Row(
            {**_test(section, metric.column), **_difference(metric, pair, comparison)},
            group=metric.column,
        )
        for metric in (*section.metrics, *section.checks)
        for pair in metric.differences
    )
    return Table("differences", sentences.title(section), _DIFFERENCES, rows)


def _difference(metric: ByMetric, pair: Difference, comparison: Comparison) -> dict[str, Cell]:
    places = sentences.decimals(comparison, metric.column)
    facts = ("first", "second", *_FACTS, *_COUNTS)
    return {
        "heading": Cell(heading(metric.column, metric.higher_is_better)),
        "verdict": Cell(
            sentences.verdict(pair, metric, places), mark=Mark.good if pair.significant else None
        ),
        "difference": Cell(pair.difference, pair.low, pair.high, decimals=places),
        "low": Cell(pair.low),
        "high": Cell(pair.high),
        "p": _p_value(pair.p, pair),
        "p_corrected": _p_value(pair.p_corrected, pair),
        "segments": Cell(sentences.segments_text(pair)),
        **{key: Cell(getattr(pair, key)) for key in facts},
    }


def _p_value(value: float | None, pair: Difference) -> Cell:
    return Cell(value, text=sentences.p_text(value, pair.at_floor))


def _examples(section: Section, comparison: Comparison) -> Iterator[Table]:
    examples = section.examples
    if examples is None:
        return
    first, second = examples.systems
    test = sentences.test_name(section)
    places = sentences.decimals(comparison, examples.column)
    rows = tuple(
        Row({**_test(section, examples.column), **cells}, group=example.segment.id)
        for example in examples.rows
        for cells in _texts(example, examples, places)
    )
    title = f"{test}: where {first} and {second} differ most by {examples.column}"
    yield Table("examples", title, _EXAMPLES, rows)


def _texts(example: Example, examples: Examples, places: int) -> Iterator[dict[str, Cell]]:
    """The source, the references and the hypotheses of one segment."""
    segment = example.segment
    common = {"segment": Cell(segment.id), "document": Cell(segment.document)}
    above = [("source", segment.source)]
    above += [("reference", reference) for reference in segment.references]
    for role, text in above:
        named = {"role": Cell(role), "system": Cell(None, text=role), "score": Cell(text="")}
        yield {**common, **named, "text": Cell(text)}
    for system, text, score in zip(
        examples.systems, example.hypotheses, example.scores, strict=True
    ):
        named = {"role": Cell("hypothesis"), "system": Cell(system)}
        scored = {"score": Cell(score, decimals=places), "text": Cell(text, text=text or "(empty)")}
        yield {**common, **named, **scored}
