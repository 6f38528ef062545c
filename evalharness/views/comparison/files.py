"""A comparison as text for files and other programs: Markdown, LaTeX, JSON."""

from __future__ import annotations

from dataclasses import asdict

from evalharness.comparison import POWER, ByMetric, Comparison, Examples, Section
from evalharness.escaping import json_text, latex_escape, markdown_escape
from evalharness.views.board import Board, make_board
from evalharness.views.cells import places
from evalharness.views.comparison.cells import (
    WON_LOST_TIED,
    decimals_of,
    difference_cell,
    explanations,
    heading,
    p_cell,
    segments_cell,
    title,
    verdict,
)
from evalharness.views.files import latex_text, markdown_row, markdown_text

SCHEMA_VERSION = 1

_HEAD = ("metric", "verdict", "difference", "range", "p", "corrected", WON_LOST_TIED)


def comparison_markdown(comparison: Comparison) -> str:
    """Returns a comparison as Markdown tables: scores, differences, segments side by side."""
    parts = [markdown_text(_board(comparison))]
    for section in comparison.sections:
        if section.metrics:
            lines = [
                f"### {markdown_escape(title(section))}\n",
                markdown_row(_HEAD),
                markdown_row(["---", "---", *["--:"] * (len(_HEAD) - 2)]),
                *(markdown_row(map(markdown_escape, row)) for row in _rows(section)),
            ]
            parts.append("\n".join(lines) + "\n")
    parts.append("".join(f"- {markdown_escape(note)}\n" for note in explanations(comparison)))
    parts += [
        _markdown_examples(section, section.examples)
        for section in comparison.sections
        if section.examples
    ]
    return "\n".join(parts)


def comparison_latex(comparison: Comparison) -> str:
    """Returns a comparison as LaTeX tabulars (booktabs): scores and differences, no segments."""
    parts = [latex_text(_board(comparison))]
    for section in comparison.sections:
        if section.metrics:
            lines = [
                rf"\par\noindent {latex_escape(title(section))}",
                "",
                rf"\begin{{tabular}}{{lp{{0.4\linewidth}}{'r' * (len(_HEAD) - 2)}}}",
                r"\toprule",
                rf"{' & '.join(map(latex_escape, _HEAD))} \\",
                r"\midrule",
                *(rf"{' & '.join(map(latex_escape, row))} \\" for row in _rows(section)),
                r"\bottomrule",
                r"\end{tabular}",
            ]
            parts.append("\n".join(lines) + "\n")
    notes = explanations(comparison)
    parts.append("".join(f"\\par\\noindent\\footnotesize {latex_escape(of)}\n" for of in notes))
    return "\n".join(parts)


def comparison_json(comparison: Comparison) -> str:
    """Returns everything that a comparison holds, as JSON."""
    content = {
        "schema_version": SCHEMA_VERSION,
        **asdict(comparison.family),
        "test": comparison.family.test.value,
        "correction": "holm",
        "power": POWER,
        "sections": [_section_json(section) for section in comparison.sections],
        "notes": [*_board(comparison).notes, *explanations(comparison)],
    }
    return json_text(content)


def _board(comparison: Comparison) -> Board:
    records = [record for section in comparison.sections for record in section.records]
    return make_board(records, comparison.ranking)


def _rows(section: Section) -> list[list[str]]:
    return [
        [
            heading(metric),
            verdict(pair, decimals_of(metric)),
            *difference_cell(pair, decimals_of(metric)),
            p_cell(pair.p_value),
            p_cell(pair.corrected),
            segments_cell(pair),
        ]
        for metric in section.metrics
        for pair in metric.differences
    ]


def _markdown_examples(section: Section, examples: Examples) -> str:
    decimals = places(examples.column, ())
    first, second = examples.systems
    head = f"{title(section)}: where {first} and {second} differ most by {examples.column}"
    lines = [
        f"### {markdown_escape(head)}\n",
        markdown_row(map(markdown_escape, ["segment", "source", "reference", first, second])),
        markdown_row(["---"] * 5),
    ]
    for row in examples.rows:
        cells = [row.segment.id, row.segment.source, " / ".join(row.segment.references)]
        cells += [
            f"{score:.{decimals}f}: {text}"
            for score, text in zip(row.scores, row.hypotheses, strict=True)
        ]
        lines.append(markdown_row(map(markdown_escape, cells)))
    return "\n".join(lines) + "\n"


def _section_json(section: Section) -> dict[str, object]:
    record = next(iter(section.runs.values())).record
    return {
        "testset": record.testset,
        "source_lang": record.source_lang,
        "target_lang": record.target_lang,
        "digest": record.digest,
        "segments": record.segments,
        "unit": record.resampling.unit,
        "units": record.resampling.units,
        "references": list(record.provenance),
        "runs": [
            {"system": label, "run": run.path.as_posix(), "name": run.record.system}
            for label, run in section.runs.items()
        ],
        "metrics": [_metric_json(metric) for metric in section.metrics],
        "examples": section.examples and _examples_json(section.examples),
    }


def _metric_json(metric: ByMetric) -> dict[str, object]:
    decimals = decimals_of(metric)
    return {
        "column": metric.column,
        "higher_is_better": metric.higher_is_better,
        "scores": [{"system": label, **asdict(of)} for label, of in metric.scores.items()],
        "comparisons": [
            {**asdict(pair), "verdict": verdict(pair, decimals)} for pair in metric.differences
        ],
    }


def _examples_json(examples: Examples) -> dict[str, object]:
    return {
        "column": examples.column,
        "systems": list(examples.systems),
        "segments": [
            {
                "id": row.segment.id,
                "document": row.segment.document,
                "source": row.segment.source,
                "references": list(row.segment.references),
                "hypotheses": dict(zip(examples.systems, row.hypotheses, strict=True)),
                "scores": dict(zip(examples.systems, row.scores, strict=True)),
            }
            for row in examples.rows
        ],
    }
