"""A text as a stranger would write it, and what must not be left of it where it is shown."""

from __future__ import annotations

import re
import unicodedata

HOSTILE = (
    "::set-env name=A::1\n::set-env name=A::2\r\x1b[31m\x9b2J\n# PASS\n"
    "##[error]no ##vso[task.x]y\u2028\u2029\u202e<b>`_*|&$\x00\x7f\ud800\ufffe [a](http://evil)"
)


def controls(text: str) -> set[str]:
    """What moves a cursor, ends a line, turns text around, or is in no encoding."""
    bad = {
        character
        for character in text
        if unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs")
        or unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF")
        or unicodedata.bidirectional(character) in ("LRI", "RLI", "FSI", "PDI")
    }
    return bad - {"\n"}


def commands(text: str) -> list[str]:
    """Lines that GitHub's runner (src/Runner.Common/ActionCommand.cs) or Azure's would obey."""
    found = [line for line in re.split("[\r\n]", text) if line.strip().startswith("::")]
    return found + re.findall(r"##\w*\[", text)


def breaks_out(text: str) -> bool:
    return bool(controls(text) or commands(text))
