"""Translation systems: whatever turns source segments into hypotheses.

`system` is the protocol. `copy` and `file` are systems of one file; `command`, `gloss`, `neural`
and `remote` are packages. `prompt` holds what language models are asked, and `usage` counts tokens,
characters and cost.
"""

from evalharness.systems.command import CommandSystem
from evalharness.systems.copy import CopySystem
from evalharness.systems.file import FileSystem, GivenOutputs, name_after, safe_name
from evalharness.systems.system import Prices, System, TakenBackError
from evalharness.systems.usage import usage
from evalharness.values.outputs import Failure, Translation

__all__ = [
    "CommandSystem",
    "CopySystem",
    "Failure",
    "FileSystem",
    "GivenOutputs",
    "Prices",
    "System",
    "TakenBackError",
    "Translation",
    "name_after",
    "safe_name",
    "usage",
]
