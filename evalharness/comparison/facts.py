"""Everything that a comparison holds, as the JSON that other programs read."""

from __future__ import annotations

from dataclasses import asdict

from evalharness.comparison.outcomes import POWER, ByMetric, Comparison, Examples, Section
from evalharness.comparison.sentences import decimals, verdict

SCHEMA_VERSION = 2


def comparison_facts(comparison: Comparison) -> dict[str, object]:
    """Returns a comparison's content, all of types that JSON has."""
    return {
        "schema_version": SCHEMA_VERSION,
        **_family_facts(comparison),
        "correction": "holm",
        "power": POWER,
        "sections": [_section_facts(section, comparison) for section in comparison.sections],
    }


def _family_facts(comparison: Comparison) -> dict[str, object]:
    family = comparison.family
    tested = [
        metric.trials
        for section in comparison.sections
        for metric in (*section.metrics, *section.checks)
    ]
    return {
        "tests": family.tests,
        "test": family.test.value,
        "family": family.scope.value,
        "alpha": family.alpha,
        "trials": max(tested, default=0),
        "resamples": family.resamples,
        "seed": family.seed,
    }


def _section_facts(section: Section, comparison: Comparison) -> dict[str, object]:
    run = next(iter(section.runs.values()))
    return {
        "testset": run.testset,
        "source_lang": run.source_lang,
        "target_lang": run.target_lang,
        "slice": run.slice.label if run.slice else None,
        "digest": run.digest,
        "segments": run.segments,
        "unit": section.units.unit,
        "units": section.units.number,
        "references": list(run.provenance),
        "runs": [
            {"system": label, "run": run.path.as_posix(), "name": run.system}
            for label, run in section.runs.items()
        ],
        "metrics": [_metric_facts(metric, comparison) for metric in section.metrics],
        "checks": [_metric_facts(check, comparison) for check in section.checks],
        "examples": section.examples and _examples_facts(section.examples),
    }


def _metric_facts(metric: ByMetric, comparison: Comparison) -> dict[str, object]:
    places = decimals(comparison, metric.column)
    return {
        "column": metric.column,
        "higher_is_better": metric.higher_is_better,
        "scores": [{"system": label, **asdict(score)} for label, score in metric.scores.items()],
        "tests": metric.tests,
        "trials": metric.trials,
        "comparisons": [
            {**asdict(pair), "verdict": verdict(pair, metric, places)}
            for pair in metric.differences
        ],
    }


def _examples_facts(examples: Examples) -> dict[str, object]:
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
