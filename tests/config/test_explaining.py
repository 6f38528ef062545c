"""What goes wrong is said in one line, in the words of whoever knows."""

from __future__ import annotations

import errno
from urllib.error import URLError

import pytest
import requests

from evalharness.config import explained
from evalharness.errors import EvalHarnessError

LINES = {
    "a library's own": (requests.ConnectionError("no route\nto own.hub"), "no route to own.hub"),
    "urllib's": (URLError("unknown url type: gopher"), "<urlopen error unknown url type: gopher>"),
    "transformers'": (OSError("Can't load the tokenizer"), "Can't load the tokenizer"),
    "of a file": (OSError(errno.ENOSPC, "No space left", "a/b"), "a/b: No space left"),
    "of no file": (OSError(errno.ENOSPC, "No space left"), "No space left"),
    "without words": (TimeoutError(), "TimeoutError"),
    "ours": (EvalHarnessError("wrong", where="here", hint="mend it"), "here: wrong; mend it"),
    "memory": (MemoryError(), "the memory is not enough"),
    "recursion": (RecursionError(), "something given is nested too deeply to be read"),
    "a defect": (KeyError("x"), None),
}


@pytest.mark.parametrize("case", LINES)
def test_an_error_is_one_line_in_its_own_words(case: str):
    error, line = LINES[case]
    assert explained(error) == line
