r"""Text files with one segment per line, where only `\n` ends a line."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.reading import read_file

log = logging.getLogger(__name__)

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_bytes(path: str | Path) -> bytes:
    """Returns the content of a file.

    Raises:
        EvalHarnessError: The file is missing, is a folder, a device or a FIFO, or is too large.
    """
    try:
        return read_file(path)
    except FileNotFoundError:
        raise EvalHarnessError(
            "no such file", where=path, mend=f"paths are relative to {Path.cwd()}"
        ) from None
    except OSError as error:
        raise EvalHarnessError(f"cannot be read: {error.strerror}", where=path) from error


def read_lines(path: str | Path) -> list[str]:
    """Returns the lines of a UTF-8 file without their ends; see `decode_lines`.

    Raises:
        EvalHarnessError: The file cannot be read or is not UTF-8.
    """
    return decode_lines(read_bytes(path), path)


def decode_lines(content: bytes, path: str | Path) -> list[str]:
    r"""Returns the lines of a file's content without their ends.

    Form feeds, U+2028 and other characters that `str.splitlines` would split at stay inside their
    line. A `\r` before the `\n` and a byte-order mark are dropped, with a warning.

    Args:
        content: The bytes.
        path: Where they come from, for messages.

    Raises:
        EvalHarnessError: They are not UTF-8 (names line and byte).
    """
    if content.startswith(_BYTE_ORDER_MARK):
        log.warning("%s: starts with a byte-order mark; dropped", path)
        content = content[len(_BYTE_ORDER_MARK) :]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise EvalHarnessError(
            f"line {line}: not UTF-8 (byte {error.start}: 0x{content[error.start]:02x})",
            where=path,
            mend="convert the file to UTF-8",
        ) from None
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    crlf = sum(line.endswith("\r") for line in lines)
    if crlf:
        log.warning("%s: %d lines end in \\r\\n; the \\r is dropped", path, crlf)
        lines = [line.removesuffix("\r") for line in lines]
    return lines


def check_aligned(
    lines: Sequence[str], path: str | Path, source: str | Path, source_lines: int
) -> None:
    """Checks that there is one line for each line of a source.

    Args:
        lines: The references, hypotheses or document ids.
        path: Their file, for the error.
        source: The source's file, for the error.
        source_lines: How many lines the source has.

    Raises:
        EvalHarnessError: The numbers differ.
    """
    if len(lines) != source_lines:
        raise EvalHarnessError(
            f"{len(lines)} lines, but {source} has {source_lines}",
            where=path,
            mend="line n of one must belong to line n of the other",
        )


def read_aligned(path: str | Path, source: str | Path, source_lines: int) -> list[str]:
    """Returns the lines of a file that has one line for each line of a source.

    Raises:
        EvalHarnessError: See `read_lines` and `check_aligned`.
    """
    lines = read_lines(path)
    check_aligned(lines, path, source, source_lines)
    return lines


def listed(numbers: Sequence[int], most: int = 10) -> str:
    """Returns line numbers for a message, cut after `most` of them."""
    noun = "line" if len(numbers) == 1 else "lines"
    shown = ", ".join(map(str, numbers[:most]))
    return f"{noun} {shown}" + (f", ... ({len(numbers)} in all)" if len(numbers) > most else "")
