"""The notes below a table: who made the references, which intervals, what is missing and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from evalharness.errors import EvalHarnessError
from evalharness.results.agreement import agreement_notes
from evalharness.results.run import SYSTEM, Run
from evalharness.results.tellings import telling_notes
from evalharness.results.warning_notes import warning_notes
from evalharness.stats import ROUGH
from evalharness.stats.bootstrap import PLAIN_FROM
from evalharness.stats.intervals import EXPANDED, JACKKNIFE, MIXED
from evalharness.values.scores import Resampling, Unavailable

_OBSERVED = {
    "truncated": "sources were cut off: they are longer than the system can read",
    "unfinished": "hypotheses are not finished: they reached the length limit",
    "empty": "hypotheses are empty: they have no visible characters",
}


def notes(runs: Sequence[Run], columns: Sequence[str]) -> Iterator[str]:
    """Yields what a reader has to know about the numbers of runs, a line each.

    Args:
        runs: The runs.
        columns: The columns that their scores are shown in.
    """
    scored, runs = runs, [run for run in runs if run.slice is None] or runs
    yield from provenance_notes(runs)
    yield from _version_notes(runs)
    several = Counter(column.split("|")[0] for column in columns)
    for metric in (metric for metric, count in several.items() if count > 1):
        yield f"{metric}: {several[metric]} signatures, in a column each, never ranked together"
    tests = ((run.testset, run.pair, note) for run in runs for note in run.testset_notes)
    for testset, pair, note in dict.fromkeys(tests):
        yield f"{testset} {pair}: {note}"
    yield from _boundary_notes(runs)
    yield from _interval_notes(scored)
    for system, note in dict.fromkeys((run.system, note) for run in runs for note in run.notes):
        yield f"{system}: {note}"
    for run in runs:
        yield from _answer_notes(run)
    yield from _truncation_notes(runs)
    yield from warning_notes(runs)
    yield from telling_notes(runs)
    yield from agreement_notes(runs)
    yield from _absences(runs)


def sampling_notes(samples: bool, passes: int) -> tuple[str, ...]:
    """Says what the scores of a system that samples rest on; nothing of another system.

    Args:
        samples: Whether it draws its hypotheses.
        passes: In how many passes it translated the test set.
    """
    if not samples:
        return ()
    if passes == 1:
        return (
            "its own variance is unknown: it samples, and made one pass (model.repeats=5 makes"
            " five)",
        )
    return (
        f"scores are means over {passes} passes, and what passes differ by is in intervals and"
        " tests; the texts shown, and checks, are of the first pass",
    )


def _version_notes(runs: Sequence[Run]) -> Iterator[str]:
    """Says where runs of one name are on other segments or references."""
    tests: dict[tuple[str, str], dict[str, Run]] = {}
    for run in sorted(runs, key=lambda run: run.test):
        tests.setdefault((run.testset, run.pair), {}).setdefault(run.digest, run)
    for (testset, pair), versions in tests.items():
        if len(versions) < 2:
            continue
        if differ_in_order(list(versions.values())):
            yield f"{testset} {pair}: references in another order: chrF depends on it; ranked apart"
        else:
            yield (
                f"{testset} {pair}: {len(versions)} versions of the test set (other segments,"
                " references or provenance), ranked apart"
            )


def differ_in_order(runs: Sequence[Run]) -> bool:
    """Whether the test sets of runs differ in nothing but the order of the references."""
    with suppress(EvalHarnessError):
        contents = {
            json.dumps(
                [
                    sorted(run.provenance),
                    [
                        [s.id, s.document, s.source, sorted(s.references)]
                        for s in run.bitext.segments
                    ],
                ]
            )
            for run in runs
        }
        return len(contents) == 1
    return False


def _boundary_notes(runs: Sequence[Run]) -> Iterator[str]:
    """Says where words are counted in a language that is written without spaces."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        for score in run.scores:
            parts = score.signature.split("|")
            if _UNSPACED & {run.target_lang.split("-")[0]} and "tok:13a" in parts:
                found.setdefault(score.metric, []).append(run)
    for metric, several in found.items():
        yield (
            f"{metric} ({_tests(several)}): the target is written without spaces between words, and"
            " tok:13a takes whole clauses for words (metric.bleu.tokenize=char or flores200)"
        )


_UNSPACED = {"bo", "dz", "ja", "km", "lo", "my", "th", "yue", "zh"}
"""Languages that do not part words by spaces."""


def _absences(runs: Sequence[Run]) -> Iterator[str]:
    """Says which metrics could not be computed, a line for each and each reason."""
    lacking: dict[Unavailable, list[Run]] = {}
    for run in runs:
        for absent in run.unavailable:
            lacking.setdefault(absent, []).append(run)
    for absent, several in lacking.items():
        whose = f" ({_who(several)})" if len(several) < len(runs) else ""
        yield f"no {absent.metric}{whose}: {absent.reason}"


def _answer_notes(run: Run) -> Iterator[str]:
    """What was cut off, what failed and why, and what was removed from answers."""
    who = f"{run.system} {run.testset} {run.pair}"
    observed = run.observed.get(SYSTEM, {})
    for name, what in _OBSERVED.items():
        if count := observed.get(name):
            yield f"{who}: {count} of {run.segments * run.passes} {what}"
    if run.failed:
        reasons = observed.get("failed")
        why = f": {_counted(reasons)}" if isinstance(reasons, Mapping) else ""
        yield f"{who}: {run.failed} of {run.segments} segments failed{why}"
    removed = observed.get("removed")
    if isinstance(removed, Mapping):
        yield f"{who}: removed from answers: {_counted(removed)}"


def _counted(counts: Mapping[str, int]) -> str:
    """The reasons, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{what} ({count})" for what, count in ordered)


def _truncation_notes(runs: Sequence[Run]) -> Iterator[str]:
    """Which texts metrics did not read to their end."""
    cut: dict[str, list[str]] = {}
    for run in runs:
        for metric, counts in run.observed.items():
            count = counts.get("truncated")
            if metric == SYSTEM or not count:
                continue
            where = f"{count} of {run.segments} segments ({_who([run])})"
            cut.setdefault(metric, []).append(where)
    for metric, places in cut.items():
        yield f"{metric} read only the beginning of a text in {', in '.join(places)}"


def provenance_notes(runs: Sequence[Run]) -> Iterator[str]:
    """Says who made the references that are not a human's, a line for each kind."""
    explanations = {
        "machine-drafted": "references are MACHINE-DRAFTED, not human: scores say how close a"
        " system comes to a machine's draft",
        "post-edited": "references are POST-EDITED: people corrected a machine's translation, so"
        " that systems like it score higher",
        "none": "no references: only metrics that need none can be computed",
        "unstated": "it is not stated who made the references (give"
        " testset.provenance=human where people did)",
    }
    for maker, text in explanations.items():
        if tests := _tests(run for run in runs if maker in run.provenance):
            yield f"{tests}: {text}"


def _interval_notes(runs: Sequence[Run]) -> Iterator[str]:
    scored = [run for run in runs if run.scores]
    kinds: dict[str, list[Run]] = {}
    for run in scored:
        kinds.setdefault(_interval_words(run), []).append(run)
    for words, several in kinds.items():
        whose = f" ({_tests(several)})" if len(kinds) > 1 else ""
        yield f"95 % intervals{whose}: {words}"
    for words, several in _rough(scored).items():
        yield f"{_tests(several)}: {words}, so the intervals are rough"
    if single := [run for run in scored if run.resampling.one_document]:
        yield (
            f"{_tests(single)}: one document, so its segments are resampled and swapped; how"
            " scores vary from document to document is not known"
        )


def _interval_words(run: Run) -> str:
    how = run.resampling
    if how.units < 2:
        return f"none, since one {how.unit} tells nothing of how scores vary"
    words = _resampled(how)
    return f"{words}, and what passes differ by" if run.passes > 1 else words


def _resampled(how: Resampling) -> str:
    if how.method == JACKKNIFE:
        return f"Student's t on the jackknife of {how.unit}s"
    words = f"{how.resamples} bootstrap resamples of {how.unit}s, seed {how.seed}"
    if how.method == EXPANDED:
        return f"{words}, wider than sacreBLEU's since there are fewer than {PLAIN_FROM}"
    if how.method == MIXED:
        return f"{words}, some as sacreBLEU's, of an older version, and some wider"
    return f"{words}, as sacreBLEU's"


def _rough(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """Runs on few units, by what is to be said of them."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        how = run.resampling
        effective = how.effective or how.units
        if effective >= ROUGH or how.units < 2:
            continue
        words = f"fewer than {ROUGH} {how.unit}s"
        if how.units - effective >= 0.05:
            words = (
                f"{how.units} {how.unit}s that tell as much as {effective:.1f} of equal size,"
                f" fewer than {ROUGH}"
            )
        found.setdefault(words, []).append(run)
    return found


def _tests(runs: Iterable[Run]) -> str:
    pairs: dict[str, dict[str, None]] = {}
    for run in runs:
        pairs.setdefault(run.testset, {})[run.pair_name] = None
    return "; ".join(f"{testset} {', '.join(pairs[testset])}" for testset in pairs)


def _who(runs: Iterable[Run]) -> str:
    """Systems, each with its tests; several with the same ones together."""
    systems: dict[str, list[Run]] = {}
    for run in runs:
        systems.setdefault(run.system, []).append(run)
    sharing: dict[str, list[str]] = {}
    for system, own in systems.items():
        sharing.setdefault(_tests(own), []).append(system)
    return "; ".join(f"{', '.join(several)} {tests}" for tests, several in sharing.items())
