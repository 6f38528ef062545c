"""What checks and findings say below a table: a line per warning, and what else was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

import numpy as np

from evalharness.checks.warning import ALPHA
from evalharness.errors import EvalHarnessError
from evalharness.results.over_runs import findings_over_runs
from evalharness.results.run import SYSTEM, Run
from evalharness.stats.aggregates import MeanAggregate
from evalharness.values import CheckRate, Finding, Score

_MOST_RUNS = 6  # that a note lists
_MOST_IDS = 5  # that it names of each


def warning_notes(runs: Sequence[Run]) -> Iterator[str]:
    """Yields a line for each check that warns, the highest rates first, and for each finding.

    A rate that is shown to be above the references', but not by as much as a warning asks, has a
    line without that word. All else that fired has a line together; files and columns have the
    rates.
    """
    fired = _fired(runs)
    for check in sorted(fired):
        looked = sum(run.check(check) is not None for run in runs)
        if warned := [found for found in fired[check] if found[1].warn]:
            yield f"WARNING {_told(check, warned, looked)}"
            yield from _unseen(warned)
        if above := [found for found in fired[check] if _is_above(found[1])]:
            words = _told(check, above, looked)
            yield f"{words}; more often than in the references, too rarely for a warning"
    for several, finding in findings_over_runs(runs):
        first = several[0]
        systems = " and ".join(run.system for run in several)
        yield finding_note(f"{systems} {first.testset} {first.pair}", finding)
    for warn in (True, False):
        for run in runs:
            for finding in run.findings:
                if finding.warn is warn:
                    yield finding_note(f"{run.system} {run.testset} {run.pair}", finding)
    quiet = {
        check: [rate for _, rate in several if not rate.warn and not _is_above(rate)]
        for check, several in fired.items()
    }
    if told := [_most(check, rates) for check, rates in sorted(quiet.items()) if rates]:
        yield f"checks that fired without a warning: {'; '.join(told)}"


def finding_note(who: str, finding: Finding) -> str:
    """Returns a finding in a line."""
    words = f"{who}: {finding.finding}: {finding.message}"
    if not finding.warn:
        return words
    segments = f" (segments {_first(finding.segment_ids)})" if finding.segment_ids else ""
    return f"WARNING {words}{segments}"


def _fired(runs: Sequence[Run]) -> dict[str, list[tuple[Run, CheckRate]]]:
    """The rates above 0 by check, the highest first.

    A run whose system says the same about its own outputs has a note of that already.
    """
    fired: dict[str, list[tuple[Run, CheckRate]]] = {}
    for run in runs:
        for rate in run.checks:
            if rate.count and rate.check not in run.observed.get(SYSTEM, {}):
                fired.setdefault(rate.check, []).append((run, rate))
    for several in fired.values():
        several.sort(key=lambda found: -found[1].rate)
    return fired


def _is_above(rate: CheckRate) -> bool:
    """Whether a rate without a warning is shown to be above the references'."""
    return not rate.warn and rate.p_corrected is not None and rate.p_corrected <= ALPHA


def _told(check: str, found: Sequence[tuple[Run, CheckRate]], looked: int) -> str:
    meaning = next((rate.meaning for _, rate in found if rate.meaning), "")
    words = f"{check} ({meaning})" if meaning else check
    shown = "; ".join(_in_words(*one) for one in found[:_MOST_RUNS])
    more = len(found) - _MOST_RUNS
    others = f"; and {more} more run{'s' if more > 1 else ''}" if more > 0 else ""
    return f"{words}: {shown}{others}; {looked} run{'s' if looked > 1 else ''} looked at"


def _unseen(warned: Sequence[tuple[Run, CheckRate]]) -> Iterator[str]:
    """Yields which flagged segments score well by a metric of segments, such as COMET.

    A segment scores well where its score is at least the median of the run's segments. Metrics of
    counts (BLEU, chrF, TER) are left out: the score of a single segment says little there.
    """
    for run, rate in warned[:_MOST_RUNS]:
        for score in run.scores:
            with suppress(EvalHarnessError):
                if isinstance(run.aggregate(score.metric), MeanAggregate):
                    ids = _well_scored(run, rate, score)
                    if ids:
                        yield (
                            f"{rate.check}: of {rate.count:,} flagged segments of {run.system}"
                            f" {run.testset} {run.pair}, {len(ids):,} score at least the run's"
                            f" median by {score.metric}: {_first(ids)}"
                        )


def _well_scored(run: Run, rate: CheckRate, score: Score) -> list[str]:
    scores, flags = run.segment_scores(score.metric), run.flags(rate)[:, 0] > 0
    if not score.higher_is_better:
        scores = -scores
    good = flags & (scores >= np.nanmedian(scores))
    return [row["id"] for row, one in zip(run.rows, good, strict=True) if one]


def _in_words(run: Run, rate: CheckRate) -> str:
    where = f"{run.system} {run.testset} {run.pair}"
    counts = ", ".join(f"{name} {count:,}" for name, count in rate.reference_counts.items())
    references = f" (references: {counts})" if counts else " (no reference could be judged)"
    ids = _first(rate.segment_ids)
    return f"{where} {rate.count:,} of {rate.applicable:,}{references}, segments {ids}"


def _first(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_MOST_IDS]) + (", ..." if len(ids) > _MOST_IDS else "")


def _most(check: str, rates: Sequence[CheckRate]) -> str:
    top = rates[0]
    words = f"{check} {top.count:,} of {top.applicable:,}"
    return words if len(rates) == 1 else f"{words} at most ({len(rates)} runs)"
