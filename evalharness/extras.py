"""Which of the optional packages are here: what `pip install 'evalharness[EXTRA]'` brings."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable

NEURAL = ("comet", "pytorch_lightning", "sentencepiece", "torch", "transformers")
"""What neural systems and metrics import."""


def lacks_extra(extra: str, modules: Iterable[str]) -> str | None:
    """Says which extra to install where a module of it is missing; imports none of them.

    Args:
        extra: What the extra is called.
        modules: Top-level modules that it brings.
    """
    if all(map(importlib.util.find_spec, modules)):
        return None
    return f"needs the {extra} extra; pip install 'evalharness[{extra}]'"
