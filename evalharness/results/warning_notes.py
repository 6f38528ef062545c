"""What checks and findings say below a table: a line per warning, and what else was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalharness.results.over_runs import findings_over_runs
from evalharness.results.run import SYSTEM, Run
from evalharness.values import CheckRate, Finding

_MOST_RUNS = 6  # that a note lists
_MOST_IDS = 5  # that it names of each


def warning_notes(runs: Sequence[Run]) -> Iterator[str]:
    """Yields a line for each check that warns, the highest rates first, and for each finding.

    What fired without a warning has a line together; the rates are in files and columns.
    """
    fired = _fired(runs)
    for check in sorted(fired):
        if warned := [found for found in fired[check] if found[1].warn]:
            yield _warning(check, warned, sum(run.check(check) is not None for run in runs))
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
        check: [rate for _, rate in several if not rate.warn] for check, several in fired.items()
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


def _warning(check: str, warned: Sequence[tuple[Run, CheckRate]], looked: int) -> str:
    meaning = next((rate.meaning for _, rate in warned if rate.meaning), "")
    words = f"{check} ({meaning})" if meaning else check
    shown = "; ".join(_in_words(*found) for found in warned[:_MOST_RUNS])
    more = len(warned) - _MOST_RUNS
    others = f"; and {more} more run{'s' if more > 1 else ''}" if more > 0 else ""
    return f"WARNING {words}: {shown}{others}; {looked} run{'s' if looked > 1 else ''} looked at"


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
