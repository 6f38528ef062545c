"""The gate: non-inferiority to a committed baseline."""

from evalharness.gate.command import gate

__all__ = ["gate"]
