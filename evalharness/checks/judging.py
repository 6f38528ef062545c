"""From outputs to rates: a check looks at every hypothesis, and at every reference beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from evalharness.checks.check import NOT_APPLICABLE, Check, Look
from evalharness.errors import EvalHarnessError
from evalharness.reading import as_json
from evalharness.secrecy import scrub
from evalharness.stats.bootstrap import Array
from evalharness.stats.rates import clopper_pearson
from evalharness.values import Bitext, CheckRate, CheckResult, Finding, Outputs, Segment
from evalharness.values.outputs import Observations
from evalharness.values.segments import reference_letters

_NOTHING: Observations = {}


def look_at(
    check: Check, outputs: Outputs, alike: tuple[Outputs, CheckResult] | None = None
) -> CheckResult | None:
    """Looks at all hypotheses of a bitext and at their references.

    A segment on which the system failed has no hypothesis, and is not applicable. Where a segment
    lacks some of the references it is not known which, and its references are not looked at.

    Args:
        check: The check.
        outputs: The hypotheses.
        alike: Another system's outputs, and what the check saw there. If they are of the same
            segments, the references are not looked at once more.

    Returns:
        The rate and what was seen; `None` where the check has nothing to say about this bitext.

    Raises:
        EvalHarnessError: The check fails on a segment, or what it saw is no JSON.
    """
    bitext = outputs.bitext
    try:
        look = check.prepare(bitext, outputs.prompt)
    except Exception as error:
        raise check_fault(check, f"cannot be prepared for {bitext.testset}", error) from error
    signature = signature_of(check, outputs)
    if not isinstance(check.meaning, str):
        raise check_fault(check, f"its meaning is {check.meaning!r}, no text")
    if look is None:
        return None
    everything = outputs.observations or [_NOTHING] * len(outputs.hypotheses)
    rows = zip(bitext.segments, outputs.hypotheses, everything, strict=True)
    seen = {
        at: _seen(check, look, segment, text, observations, "")
        for at, (segment, text, observations) in enumerate(rows)
        if text is not None
    }
    table = _table(seen, len(bitext.segments))
    flagged = {at: value for at, value in seen.items() if table[at, 0]}
    ids = tuple(bitext.segments[at].id for at in flagged)
    if alike is not None and _of_the_same(outputs, alike[0]):
        references = alike[1].references
    else:
        references = _references(check, look, bitext)
    counts = {name: int(rows[:, 0].sum()) for name, rows in references.items()}
    rate = make_rate(check.id, signature, table, counts, ids)
    rate = replace(rate, meaning=check.meaning, structural=bool(check.structural))
    return CheckResult(rate, table, flagged, references)


def signature_of(check: Check, outputs: Outputs) -> str:
    """Returns how a check looks at outputs, without secrets.

    Raises:
        EvalHarnessError: The check fails, or says no text.
    """
    try:
        signature = check.signature(outputs.bitext, outputs.prompt)
    except Exception as error:
        raise check_fault(check, "has no signature", error) from error
    if not isinstance(signature, str):
        raise check_fault(check, f"its signature is {signature!r}, no text")
    return scrub(signature)


def make_rate(
    check: str,
    signature: str,
    table: Array,
    reference_counts: Mapping[str, int],
    segment_ids: Sequence[str],
) -> CheckRate:
    """Returns the rate of a table of flags.

    Args:
        check: The check's id.
        signature: How it looked.
        table: 1 where it fired and 1 where it could look, of shape (n_segments, 2).
        reference_counts: On how many references it fired, by the reference's name.
        segment_ids: The segments it fired on.
    """
    count, applicable = (int(total) for total in table.sum(axis=0))
    interval = clopper_pearson(count, applicable)
    return CheckRate(
        check,
        signature,
        count,
        applicable,
        count / applicable if applicable else 0.0,
        interval.low,
        interval.high,
        reference_counts,
        tuple(segment_ids),
    )


def find(check: Check, outputs: Outputs) -> tuple[Finding, ...]:
    """Returns what a check finds over the segments of one bitext.

    Raises:
        EvalHarnessError: The check fails, or a finding rests on segments that are not there.
    """
    try:
        found = tuple(check.findings(outputs))
    except Exception as error:
        raise check_fault(check, f"fails over {outputs.bitext.testset}", error) from error
    ids = {segment.id for segment in outputs.bitext.segments}
    for finding in found:
        if not isinstance(finding, Finding) or not isinstance(finding.segment_ids, list | tuple):
            raise check_fault(check, f"{finding!r} is no Finding with a list of segment ids")
        texts = (finding.finding, finding.message)
        if not all(isinstance(text, str) and text for text in texts):
            raise check_fault(check, f"{finding!r} has no name or no message")
        if strange := [id_ for id_ in finding.segment_ids if id_ not in ids]:
            raise check_fault(check, f"{finding.finding}: there is no segment {strange[0]!r}")
    return tuple(replace(finding, check=check.id) for finding in found)


def _of_the_same(outputs: Outputs, others: Outputs) -> bool:
    """Whether a check sees the same in the references beside two systems' outputs."""
    return outputs.prompt == others.prompt and outputs.bitext == others.bitext


def _references(check: Check, look: Look, bitext: Bitext) -> dict[str, Array]:
    """The flags of each reference that the check can judge any of, by its name."""
    most = max((len(segment.references) for segment in bitext.segments), default=0)
    names = bitext.reference_names or reference_letters(most)
    whole = {
        at: segment
        for at, segment in enumerate(bitext.segments)
        if len(segment.references) == len(names)
    }
    tables = {
        name: _table(
            {
                at: _seen(check, look, segment, segment.references[place], None, name)
                for at, segment in whole.items()
            },
            len(bitext.segments),
        )
        for place, name in enumerate(names)
    }
    return {name: table for name, table in tables.items() if table[:, 1].any()}


def _table(seen: Mapping[int, Any], count: int) -> Array:
    table = np.zeros((count, 2))
    for at, value in seen.items():
        if value is not NOT_APPLICABLE:
            table[at] = (value is not None, 1)
    return table


def _seen(
    check: Check,
    look: Look,
    segment: Segment,
    text: str,
    observations: Observations | None,
    reference: str,
) -> Any:
    where = f"reference {reference} of segment" if reference else "segment"
    try:
        value = look(segment, text, observations)
    except Exception as error:
        raise check_fault(check, f"fails on {where} {segment.id}", error) from error
    if value is None or value is NOT_APPLICABLE:
        return value
    if value is False:
        raise check_fault(
            check, f"it saw False in {where} {segment.id}; return None where a text is right"
        )
    try:
        return json.loads(scrub(json.dumps(as_json(value), ensure_ascii=False)))
    except ValueError as error:
        what = f"what it saw in {where} {segment.id} cannot be kept as JSON"
        raise check_fault(check, what, error) from error


def check_fault(check: Check, what: str, error: Exception | None = None) -> EvalHarnessError:
    """Returns the error that says what is wrong with a check, and why."""
    why = "" if error is None else f": {type(error).__name__}: {error}"
    return EvalHarnessError(
        f"{what}{why}",
        where=f"check.{check.id}",
        hint="mend the check, or leave it out of 'check=[...]'",
    )
