"""Comparing runs: every pair of them, by every metric."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evalharness.comparison.examples import check_examples, find_examples
from evalharness.comparison.grouping import group_runs
from evalharness.comparison.kept import KeptTests, read_kept_tests
from evalharness.comparison.outcomes import Comparison, Section
from evalharness.comparison.planning import plan_family, plan_sections
from evalharness.comparison.ranges import rank_sections
from evalharness.comparison.testing import run_rate_tests, run_tests
from evalharness.config import CompareOptions, Selection
from evalharness.results import Run, find_runs, select_runs, slice_runs


def compare_runs(
    names: list[str],
    results: Path,
    options: CompareOptions,
    *,
    alpha: float,
    seed: int,
    select: Selection | None = None,
    slices: Sequence[str] = (),
) -> Comparison:
    """Finds runs and compares them with each other, those on the same segments.

    Args:
        names: What the user calls them: folders or systems.
        results: The results folder.
        options: What is compared, and how.
        alpha: How often a family of tests may call equal systems different.
        seed: Seeds everything random.
        select: Which of the runs that are named are compared; `None` for all.
        slices: By which facts they are compared in slices, too; see `slice_runs`.

    Raises:
        EvalHarnessError: There are no such runs, they cannot be compared, or an option is wrong.
    """
    select = select or Selection()
    found = [
        (name, run)
        for name in names
        for run in find_runs(name, results, testset=select.testset, pair=select.pair)
    ]
    chosen = {run.path for run in select_runs([run for _, run in found], select)}
    named = [(name, run) for name, run in found if run.path in chosen]
    return compare(named, read_kept_tests(results), options, alpha=alpha, seed=seed, slices=slices)


def compare(
    named: Sequence[tuple[str, Run]],
    kept: KeptTests,
    options: CompareOptions,
    *,
    alpha: float,
    seed: int,
    slices: Sequence[str] = (),
) -> Comparison:
    """Compares runs with each other, those on the same segments.

    Args:
        named: What the user calls each run, and the run.
        kept: Tests that were made before.
        options: What is compared, and how.
        alpha: How often a family of tests may call equal systems different.
        seed: Seeds everything random.
        slices: By which facts they are compared in slices, too; see `slice_runs`.

    Raises:
        EvalHarnessError: The runs cannot be compared, or an option is wrong.
    """
    groups, left_out = group_runs(named)
    cut = slice_runs([run for group in groups for run in group], slices)
    parts: dict[object, list[Run]] = {}
    for run in cut.runs:
        parts.setdefault(run.test, []).append(run)
    plans, lacking = plan_sections([*groups, *parts.values()], options.metrics)
    plans.sort(key=lambda plan: next(iter(plan.runs.values())).test)
    family = plan_family(plans, options, alpha, seed)
    check_examples(plans, options)
    tested = run_tests(plans, family, kept)
    sections = [
        Section(
            plan.runs,
            plan.units,
            metrics,
            find_examples(plan, options),
            run_rate_tests(plan, family, kept),
        )
        for plan, metrics in zip(plans, tested, strict=True)
    ]
    ranking = rank_sections(sections, family, options.by)
    return Comparison(family, tuple(sections), ranking, (*left_out, *cut.notes, *lacking))
