"""Verdicts shown: on narrow terminals, with many things wrong at once, to machines."""

from __future__ import annotations

import csv
import io
import json
import math
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from evalharness.config import Format
from evalharness.errors import EvalHarnessError
from evalharness.gate.gate_page import gate_page
from evalharness.gate.junit import gate_junit
from evalharness.gate.report import GateReport, Measured, Outcome, Verdict
from evalharness.render import print_page, render

from ..hostile import HOSTILE, breaks_out, controls

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


def printed(made: GateReport, width: int) -> str:
    file = io.StringIO()
    print_page(gate_page(made), Console(file=file, width=width, highlight=False))
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
    settled = "about 130,000 segments would settle it for an unchanged system (there are 1,012)"
    assert f"{open_question}; {settled}" in shown
    assert "no number of segments would settle it" in shown


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
    made = report(*names, inconclusive_fails=fails)
    assert made.summary == summary
    assert made.passes is summary.startswith("PASS")
    page = gate_page(made)
    assert summary in render(page, Format.markdown).splitlines()[0].replace("\\", "")
    assert json.loads(render(page, Format.json))["passes"] is made.passes


def test_json_has_no_infinity():
    found = json.loads(render(gate_page(report("never")), Format.json))["verdicts"][0]
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


CONTRACT = {
    "schema_version": 1,
    "passes": True,
    "alpha": 0.05,
    "verdicts": [
        {
            "testset": "news",
            "pair": "tr-en",
            "metric": "BLEU",
            "outcome": "pass",
            "obstacle": "",
            "measured": {
                "baseline": 26.58,
                "candidate": 26.31,
                "difference": pytest.approx(-0.27),
                "low": -0.8,
                "high": 0.2,
                "margin": 1,
                "higher_is_better": True,
                "unit": "segment",
                "units": 1012,
                "units_needed": 1012.0,
                "p_not_worse": 0.5,
                "p_worse": 0.5,
                "p_better": 0.012,
                "believed": "",
                "changed": "",
                "passes_vary": False,
            },
        }
    ],
}


def test_json_is_what_other_programs_read():
    content = json.loads(render(gate_page(report("pass")), Format.json))
    assert "a note" in content.pop("notes")
    assert content == CONTRACT


def test_csv_has_a_row_per_verdict_with_whole_numbers():
    rows = list(csv.DictReader(io.StringIO(render(gate_page(report()), Format.csv))))
    assert len(rows) == len(VERDICTS)
    found = {(row["pair"], row["metric"]): row for row in rows}
    comet = found["tr-en", COMET]
    assert (comet["difference_low"], comet["difference_high"]) == ("-0.0041", "0.0019")
    assert comet["allowed"] == "-0.0025"
    assert found["ar-en", COMET]["units_needed"] == ""  # no number settles it
    assert (found["ar-en", "BLEU"]["baseline"], found["ar-en", "BLEU"]["outcome"]) == ("", "fail")


@pytest.mark.parametrize("form", Format)
def test_every_format_shows_every_outcome(form: Format):
    shown = render(gate_page(report()), form)
    for outcome in Outcome:
        assert outcome.value in shown
    assert "26.58" in shown


def selected(**select: str) -> tuple[list[tuple[str, str]], str]:
    """The verdicts that are shown, and all notes."""
    content = json.loads(render(gate_page(report(), **select), Format.json))
    found = [(verdict["pair"], verdict["metric"]) for verdict in content["verdicts"]]
    assert content["passes"] is False
    return found, " ".join(content["notes"])


def test_a_selection_hides_no_verdict_that_stops_the_candidate():
    shown, notes = selected(pair="ar-en")
    stopping = [("tr-en", "TER"), ("tr-en", COMET)]
    assert shown == [*stopping, ("ar-en", COMET), ("ar-en", "BLEU"), ("ar-en", "TER")]
    assert "2 verdicts are not shown, by select.*; none of them stops the candidate" in notes
    assert "verdicts that stop the candidate are shown whatever select.* says" in notes
    every, notes = selected(testset="news")
    assert len(every) == len(VERDICTS)
    assert "select" not in notes


def test_a_selection_of_nothing_is_refused():
    with pytest.raises(EvalHarnessError, match=r"select\.pair: .*nothing on de-en; it holds"):
        gate_page(report(), pair="de-en")


def hostile_report(text: str) -> GateReport:
    numbers = measured(1.0, 2.0, 0.5, 1.5, 1.0)
    verdicts = (
        Verdict(f"news{text}", f"tr-en{text}", f"BLEU{text}", Outcome.FAIL, text),
        Verdict(f"news{text}", f"tr-en{text}", f"TER{text}", Outcome.BETTER, "", numbers),
        Verdict(f"news{text}", f"tr-en{text}", text, Outcome.INCONCLUSIVE, "", numbers),
    )
    return GateReport(verdicts, 0.05, False, (text, f"x{text}"))


@pytest.mark.parametrize("form", [*(form for form in Format if form is not Format.table), "junit"])
def test_a_gate_keeps_strangers_texts_in_their_place(form: Format | str):
    def show(made: GateReport) -> str:
        return gate_junit(made).decode() if form == "junit" else render(gate_page(made), form)

    shown = show(hostile_report(HOSTILE))
    assert not breaks_out(shown)
    assert shown.count("\n") == show(hostile_report("harmless")).count("\n")
    if form is Format.json:
        assert json.loads(shown)["verdicts"][0]["obstacle"] == HOSTILE
    if form == "junit":
        suite = ET.fromstring(shown.encode()).find("testsuite")
        assert suite is not None
        assert not controls("".join(suite.attrib.values()))


@pytest.mark.parametrize("width", [40, 80, 120, 4000])
def test_a_gate_on_a_terminal_obeys_no_stranger(width: int):
    assert not breaks_out(printed(hostile_report(HOSTILE), width))
