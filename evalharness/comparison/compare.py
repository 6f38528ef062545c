"""Comparing runs: every pair of them, by every metric, in one family of tests."""

from __future__ import annotations

from pathlib import Path

from evalharness.comparison.clusters import rank_sections
from evalharness.comparison.examples import check_examples, find_examples
from evalharness.comparison.planning import plan_family, plan_sections
from evalharness.comparison.testing import run_tests
from evalharness.comparison.values import Comparison, Section
from evalharness.config import CompareOptions
from evalharness.evidence import find_runs, group_runs, load_evidence


def compare_runs(
    names: list[str], results: Path, options: CompareOptions, *, alpha: float, seed: int
) -> Comparison:
    """Compares runs with each other, those on the same segments.

    Args:
        names: What the user calls them: folders or systems.
        results: The results folder.
        options: What is compared, and how.
        alpha: How often the whole comparison may call equal systems different.
        seed: Seeds everything random.

    Raises:
        EvalHarnessError: There are no such runs, they cannot be compared, or an option is wrong.
    """
    found = [
        run
        for name in names
        for run in find_runs(name, results, testset=options.testset, pair=options.pair)
    ]
    groups, left_out = group_runs(found)
    plans, lacking = plan_sections(groups, options.metrics)
    family = plan_family(sum(plan.tests for plan in plans), options, alpha, seed)
    check_examples(plans, options)
    loaded = [
        {label: load_evidence(run, plan.metrics_of(label)) for label, run in plan.runs.items()}
        for plan in plans
    ]
    tested = run_tests(plans, loaded, family)
    sections = [
        Section(plan.runs, metrics, find_examples(plan, runs, options))
        for plan, runs, metrics in zip(plans, loaded, tested, strict=True)
    ]
    ranking = rank_sections(sections, family, options.by)
    return Comparison(family, tuple(sections), ranking, (*left_out, *lacking))
