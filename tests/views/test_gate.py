"""Verdicts shown: on narrow terminals, with many things wrong at once, to machines."""

from __future__ import annotations

import io
import json
import math
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from evalharness.views.gate import (
    GateReport,
    Measured,
    Outcome,
    Verdict,
    gate_json,
    gate_junit,
    gate_markdown,
    print_gate,
)

COMET = "wmt22-comet-da"


def measured(
    baseline: float, candidate: float, low: float, high: float, margin: float, **others: object
) -> Measured:
    facts = {
        "higher_is_better": True,
        "unit": "segment",
        "units": 1012,
        "units_needed": 1012.0,
        "p_not_worse": 0.5,
        "p_worse": 0.5,
        "p_better": 0.012,
    }
    return Measured(baseline, candidate, low, high, margin, **{**facts, **others})


CHANGED = "the test set has changed: 1,012 segments, now 40 (digest 68ee7ba9, 12345678)"
VERDICTS = {
    "pass": Verdict(
        "news", "tr-en", "BLEU", Outcome.PASS, measured=measured(26.58, 26.31, -0.8, 0.2, 1)
    ),
    "better": Verdict(
        "news", "tr-en", "chrF2", Outcome.BETTER, measured=measured(50, 52, 1, 3, 0.75)
    ),
    "fail": Verdict(
        "news",
        "tr-en",
        "TER",
        Outcome.FAIL,
        measured=measured(56.58, 59.31, 1.8, 3.2, 1, higher_is_better=False),
    ),
    "open": Verdict(
        "news",
        "tr-en",
        COMET,
        Outcome.INCONCLUSIVE,
        measured=measured(0.8312, 0.8301, -0.0041, 0.0019, 0.0025, units_needed=123_456.0),
    ),
    "never": Verdict(
        "news",
        "ar-en",
        COMET,
        Outcome.INCONCLUSIVE,
        measured=measured(0.8, 0.7975, -0.004, 0.001, 0.0025, units_needed=math.inf),
    ),
    "changed": Verdict("news", "ar-en", "BLEU", Outcome.FAIL, CHANGED),
    "changed too": Verdict("news", "ar-en", "TER", Outcome.FAIL, CHANGED),
}


def report(*names: str, inconclusive_fails: bool = True) -> GateReport:
    chosen = tuple(VERDICTS[name] for name in names or VERDICTS)
    return GateReport(chosen, 0.05, inconclusive_fails, ("a note",))


def printed(of: GateReport, width: int) -> str:
    file = io.StringIO()
    print_gate(of, Console(file=file, width=width, highlight=False))
    return file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits_the_terminal_and_cuts_no_number(width: int):
    lines = printed(report(), width).splitlines()
    assert max(map(len, lines)) <= width
    shown = " ".join(lines)
    for number in ("26.58", "26.31", "−0.27", "−0.80…+0.20", "−1.00", "+2.73", "+1.80…+3.20"):
        assert number in shown
    for number in ("0.8312", "0.8301", "−0.0011", "−0.0041…+0.0019", "−0.0025"):
        assert number in shown


def test_a_terminal_that_is_too_narrow_still_gets_every_number():
    assert "−0.0041…+0.0019" in printed(report(), 40)


def test_what_is_wrong_is_said_once_and_first():
    lines = printed(report(), 200).splitlines()
    (changed,) = (n for n, line in enumerate(lines) if CHANGED in line)
    assert lines[changed] == f"news ar-en BLEU, TER: fail: {CHANGED}"
    (better,) = (n for n, line in enumerate(lines) if "better by 2.00, p = 0.012" in line)
    assert changed < better
    assert lines[-1] == "FAIL: 1 pass, 1 better, 2 inconclusive, 3 fail"


def test_an_open_question_says_what_would_settle_it():
    shown = printed(report(), 200)
    open_question = "inconclusive: may be worse by up to 0.0041, 0.0025 is allowed"
    assert f"{open_question}; about 130,000 segments would settle it (there are 1,012)" in shown
    assert "not even 1,000,000 segments would settle it" in shown


@pytest.mark.parametrize(
    ("names", "fails", "summary"),
    [
        (("pass", "better"), True, "PASS: 1 pass, 1 better"),
        (("pass", "open"), True, "FAIL: 1 pass, 1 inconclusive"),
        (("pass", "open"), False, "PASS: 1 pass, 1 inconclusive (gate.on_inconclusive=warn)"),
        (("open", "fail"), False, "FAIL: 1 inconclusive, 1 fail"),
    ],
)
def test_the_decision(names: tuple[str, ...], fails: bool, summary: str):
    of = report(*names, inconclusive_fails=fails)
    assert of.summary == summary
    assert of.passes is summary.startswith("PASS")
    assert gate_markdown(of).startswith(f"### Translation quality: {summary}\n")
    assert json.loads(gate_json(of))["passes"] is of.passes


def test_json_has_no_infinity():
    found = json.loads(gate_json(report("never")))["verdicts"][0]
    assert found["measured"]["units_needed"] is None
    assert found["outcome"] == "inconclusive"


def test_junit_counts_are_those_of_its_cases():
    root = ET.fromstring(gate_junit(report(inconclusive_fails=False)))
    for suite in root:
        for count, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
            assert int(suite.get(count, "")) == len(list(suite.iter(tag)))
    assert [suite.get("name") for suite in root] == ["news.tr-en", "news.ar-en"]


def test_junit_is_xml_whatever_a_reason_says():
    reason = 'stopped by \x1b[31m<red> & "quotes" \ud800 \x00'
    verdict = Verdict("news", "tr-en", "BLEU", Outcome.FAIL, reason)
    (failure,) = ET.fromstring(gate_junit(GateReport((verdict,), 0.05, True))).iter("failure")
    assert failure.get("message") == r'fail: stopped by \x1b[31m<red> & "quotes" \ud800 \x00'
