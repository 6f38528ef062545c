"""Any program that reads a segment per line and writes a translation per line."""

from evalharness.systems.command.command import CommandSystem

__all__ = ["CommandSystem"]
