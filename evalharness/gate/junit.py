"""A gate's verdicts as JUnit XML, which CI systems show as test results.

Written for the schema that Jenkins, GitLab and the GitHub actions read
(github.com/jenkinsci/xunit-plugin, junit-10.xsd): a suite per test set and language pair, a case
per metric.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from evalharness.escaping import visible
from evalharness.gate import reasons
from evalharness.gate.report import GateReport, Outcome, Verdict


def gate_junit(report: GateReport) -> bytes:
    """Returns the XML: what stops the candidate is a failure, what is open otherwise is skipped."""
    root = ET.Element("testsuites", name="evalharness gate")
    suites: dict[str, list[Verdict]] = {}
    for verdict in report.verdicts:
        suites.setdefault(f"{verdict.testset}.{verdict.pair}", []).append(verdict)
    for name, verdicts in suites.items():
        _add_suite(root, name, verdicts, report)
    return _written(root)


def error_junit(message: str) -> bytes:
    """Returns the XML of a gate that could not decide, and why."""
    root = ET.Element("testsuites", name="evalharness gate")
    suite = ET.SubElement(
        root, "testsuite", name="gate", tests="1", failures="0", errors="1", skipped="0"
    )
    case = ET.SubElement(suite, "testcase", classname="gate", name="gate")
    ET.SubElement(case, "error", type="error", message=visible(message))
    return _written(root)


def _written(root: ET.Element) -> bytes:
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _add_suite(
    root: ET.Element, name: str, verdicts: Sequence[Verdict], report: GateReport
) -> None:
    stopped = [verdict for verdict in verdicts if report.stops(verdict)]
    suite = ET.SubElement(
        root,
        "testsuite",
        name=visible(name),
        tests=str(len(verdicts)),
        failures=str(len(stopped)),
        errors="0",
        skipped=str(sum(_is_skipped(verdict, report) for verdict in verdicts)),
    )
    for verdict in verdicts:
        case = ET.SubElement(
            suite, "testcase", classname=visible(name), name=visible(verdict.metric)
        )
        message = visible(reasons.reason(verdict))
        if report.stops(verdict):
            ET.SubElement(case, "failure", type=verdict.outcome.value, message=message)
        elif _is_skipped(verdict, report):
            ET.SubElement(case, "skipped", message=message)
        if found := verdict.measured:
            measured = f"{verdict.outcome.value}: {reasons.numbers(verdict, found)}"
            ET.SubElement(case, "system-out").text = measured


def _is_skipped(verdict: Verdict, report: GateReport) -> bool:
    return verdict.outcome is Outcome.INCONCLUSIVE and not report.stops(verdict)
