r"""What is written for a prompt: words with escapes, or `@FILE` for what a file holds.

`\n` is a line break, `\t` a tab, `\\` a backslash; every other backslash stays as it is. What a
file holds is taken as it is.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.reading import read_file

_FILE, _NO_FILE = "@", "@@"
_MOST_BYTES = 2**20
_ESCAPES = {r"\n": "\n", r"\t": "\t", r"\\": "\\"}
_ESCAPE = re.compile(r"\\[nt\\]")


def prompt_text(written: str, where: str) -> str:
    """Returns the prompt that an option stands for.

    Args:
        written: Words, which begin with `@@` where they are to begin with `@`; or `@FILE`, relative
            to the working directory, whose last line end is no part of the prompt.
        where: The option, for the error.

    Raises:
        EvalHarnessError: The file cannot be read, or is not UTF-8.
    """
    if not written.startswith(_FILE) or written.startswith(_NO_FILE):
        words = _ESCAPE.sub(lambda escape: _ESCAPES[escape[0]], written)
        return words.removeprefix(_FILE) if written.startswith(_NO_FILE) else words
    # Path's own raises a RuntimeError for a `~` that stands for nobody's home.
    path = Path(os.path.expanduser(written.removeprefix(_FILE)))  # noqa: PTH111
    try:
        content = read_file(path, _MOST_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else f"not UTF-8: {error.reason}"
        raise EvalHarnessError(
            f"{path}: {what}",
            where=where,
            hint="@ names a file; a prompt that begins with @ is written with @@",
        ) from error
    return content.replace("\r\n", "\n").removesuffix("\n")
