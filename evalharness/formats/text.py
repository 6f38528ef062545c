r"""Text files with one segment per line, where only `\n` ends a line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.reading import NotRegularError, read_file

_BYTE_ORDER_MARK = "\ufeff"
_INVISIBLE_CATEGORIES = {"Cc", "Cf", "Zl", "Zp", "Zs"}
# Characters of these categories that are drawn all the same: Prepended_Concatenation_Mark in
# Unicode's PropList.txt.
_VISIBLE_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
# And characters of other categories that are not: Default_Ignorable_Code_Point in
# DerivedCoreProperties.txt (joiner, Hangul fillers, Khmer vowels, variation selectors).
_INVISIBLE = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for code in range(first, last + 1)
)


@dataclass(frozen=True)
class TextFile:
    """The lines of a file.

    Attributes:
        lines: Without their ends.
        notes: What a reader has to know of the file, a line each, with its name.
    """

    lines: list[str]
    notes: tuple[str, ...] = ()


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen: no character but spaces, controls, zero-width ones."""
    return all(
        char in _INVISIBLE
        or (unicodedata.category(char) in _INVISIBLE_CATEGORIES and char not in _VISIBLE_FORMATS)
        for char in text
    )


def read_bytes(path: str | Path) -> bytes:
    """Returns the content of a file.

    Raises:
        EvalHarnessError: The file is missing, is a folder, a device or a FIFO, or is too large.
    """
    try:
        return read_file(path)
    except FileNotFoundError:
        raise EvalHarnessError(
            "no such file", where=path, hint=f"paths are relative to {Path.cwd()}"
        ) from None
    except NotRegularError as error:
        raise EvalHarnessError(
            f"cannot be read: {error.strerror}", where=path, hint="write what it gives into a file"
        ) from error
    except OSError as error:
        raise EvalHarnessError(f"cannot be read: {error.strerror}", where=path) from error


def read_text(path: str | Path) -> TextFile:
    """Returns the lines of a UTF-8 file and what was found in it; see `decode_text`.

    Raises:
        EvalHarnessError: The file cannot be read or is no text in UTF-8.
    """
    return decode_text(read_bytes(path), path)


def decode_text(content: bytes, path: str | Path) -> TextFile:
    r"""Returns the lines of a file's content.

    Form feeds, U+2028 and other characters that `str.splitlines` would split at stay inside their
    line. A `\r` before the `\n` and a byte-order mark at the beginning are dropped; marks further
    inside stay, so that scores are those of sacreBLEU. The notes say so.

    Args:
        content: The bytes.
        path: Where they come from, for messages and notes.

    Raises:
        EvalHarnessError: They are not UTF-8 (names line and byte), or no `\n` ends a line.
    """
    text = _decode(content, path)
    lines = text.removeprefix(_BYTE_ORDER_MARK).split("\n")
    if lines[-1] == "":
        lines.pop()
    if "\r" in text and "\n" not in text:
        raise EvalHarnessError(
            "its lines end in \\r alone, as on old Macintoshes",
            where=path,
            hint=f"convert it: tr '\\r' '\\n' < {path} > NEW.txt",
        )
    notes = tuple(f"{Path(path).name}: {note}" for note in _notes(text, lines))
    return TextFile([line.removesuffix("\r") for line in lines], notes)


def _decode(content: bytes, path: str | Path) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise EvalHarnessError(
            f"line {line}: not UTF-8 (byte {error.start}: 0x{content[error.start]:02x})",
            where=path,
            hint="convert the file to UTF-8",
        ) from None
    if 4 * text.count("\0") > len(text):
        raise EvalHarnessError(
            "full of NUL characters: UTF-16, or no text",
            where=path,
            hint="convert the file to UTF-8",
        )
    return text


def _notes(text: str, lines: Sequence[str]) -> Iterator[str]:
    if text.startswith(_BYTE_ORDER_MARK):
        yield "the byte-order mark at the beginning was dropped (sacreBLEU would score it)"
    if inside := [number for number, line in enumerate(lines, 1) if _BYTE_ORDER_MARK in line]:
        yield (
            f"byte-order marks (U+FEFF) inside, as in files put together: {listed(inside)};"
            " they were kept and scored, as sacreBLEU does: remove them"
        )
    if crlf := sum(line.endswith("\r") for line in lines):
        yield f"{crlf} of {len(lines)} lines end in \\r\\n; the \\r was dropped"


def check_aligned(
    lines: Sequence[str | None], path: str | Path, source: str | Path, source_lines: int
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
            hint="line n of one must belong to line n of the other",
        )


def read_aligned(path: str | Path, source: str | Path, source_lines: int) -> TextFile:
    """Returns the lines of a file that has one line for each line of a source.

    Raises:
        EvalHarnessError: See `read_text` and `check_aligned`.
    """
    file = read_text(path)
    check_aligned(file.lines, path, source, source_lines)
    return file


def listed(numbers: Sequence[int], most: int = 10) -> str:
    """Returns line numbers for a message, cut after `most` of them."""
    noun = "line" if len(numbers) == 1 else "lines"
    shown = ", ".join(map(str, numbers[:most]))
    return f"{noun} {shown}" + (f", ... ({len(numbers)} in all)" if len(numbers) > most else "")
