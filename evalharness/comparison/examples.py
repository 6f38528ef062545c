"""The segments where two systems differ most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evalharness.comparison.outcomes import Example, Examples
from evalharness.comparison.planning import Plan
from evalharness.config import CompareOptions
from evalharness.errors import EvalHarnessError


def check_examples(plans: Sequence[Plan], options: CompareOptions) -> None:
    """Sees to it that `find_examples` finds what was asked for.

    Raises:
        EvalHarnessError: No runs are compared by that metric, or there are no such systems.
    """
    if options.examples < 0:
        raise EvalHarnessError(f"{options.examples} is less than 0", where="compare.examples")
    columns = list(dict.fromkeys(column for plan in plans for column in plan.columns))
    if options.by not in (None, *columns):
        raise EvalHarnessError(
            f"no two runs have {options.by!r}",
            where="compare.by",
            hint=f"metrics: {', '.join(columns)}",
        )
    if options.examples_of is not None and not any(_systems(plan, options) for plan in plans):
        labels = dict.fromkeys(label for plan in plans for label in plan.runs)
        raise EvalHarnessError(
            f"not two of the systems: {', '.join(options.examples_of)}",
            where="compare.examples_of",
            hint=f"systems: {', '.join(labels)}",
        )


def find_examples(plan: Plan, options: CompareOptions) -> Examples | None:
    """Finds the segments where two systems differ most.

    Args:
        plan: What is compared.
        options: By which metric, which systems, and how many segments.

    Returns:
        The segments; `None` where none were asked for, or not both systems have the metric.
    """
    systems = _systems(plan, options)
    if not systems or not options.examples or plan.is_slice:
        return None
    column = _column(plan, options)
    both = [plan.runs[label] for label in systems]
    scores = [run.segment_scores(plan.metric(column)) for run in both]
    distances = np.abs(scores[0] - scores[1])
    order = np.argsort(-distances, kind="stable")[: options.examples]
    return Examples(
        column,
        systems,
        tuple(
            Example(
                both[0].bitext.segments[row],
                tuple(run.outputs.hypotheses[row] or "" for run in both),
                tuple(float(several[row]) for several in scores),
            )
            for row in map(int, order)
            if distances[row] > 0
        ),
    )


def _column(plan: Plan, options: CompareOptions) -> str:
    return options.by or next(iter(plan.columns), "")


def _systems(plan: Plan, options: CompareOptions) -> tuple[str, str] | None:
    """The two systems that are shown, the better one first."""
    having = list(plan.columns.get(_column(plan, options), ()))
    if options.examples_of is not None:
        wanted = options.examples_of
        runs = [(label, plan.runs[label]) for label in having]
        having = [label for label, run in runs if {label, run.system, run.label} & set(wanted)]
        if len(having) != 2 or len(wanted) != 2:
            return None
    return (having[0], having[1]) if len(having) > 1 else None
