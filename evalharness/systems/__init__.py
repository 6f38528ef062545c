"""Translation systems."""

from evalharness.systems.base import Failure, Prices, System, TakenBackError, Translation
from evalharness.systems.command import CommandSystem
from evalharness.systems.copy import CopySystem
from evalharness.systems.file import FileSystem, GivenOutputs, name_after
from evalharness.systems.gloss import GlossSystem
from evalharness.systems.usage import usage

__all__ = [
    "CommandSystem",
    "CopySystem",
    "Failure",
    "FileSystem",
    "GivenOutputs",
    "GlossSystem",
    "Prices",
    "System",
    "TakenBackError",
    "Translation",
    "name_after",
    "usage",
]
