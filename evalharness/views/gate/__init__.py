"""How a gate's verdicts are shown."""

from evalharness.views.gate.cells import shown
from evalharness.views.gate.junit import error_junit, gate_junit
from evalharness.views.gate.machine import gate_json
from evalharness.views.gate.markdown import gate_markdown
from evalharness.views.gate.report import GateReport, Measured, Outcome, Verdict
from evalharness.views.gate.terminal import print_gate

__all__ = [
    "GateReport",
    "Measured",
    "Outcome",
    "Verdict",
    "error_junit",
    "gate_json",
    "gate_junit",
    "gate_markdown",
    "print_gate",
    "shown",
]
