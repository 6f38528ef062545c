"""Which format a file is in, so that none is scored as text that is something else."""

from __future__ import annotations

import json
import re
from collections import Counter
from enum import Enum
from pathlib import Path

from evalharness.errors import EvalHarnessError


class Kind(Enum):
    """A format that segments are read from."""

    text = "text"
    tsv = "tsv"
    csv = "csv"
    jsonl = "jsonl"
    xml = "xml"


AUTO = "auto"
"""What `input_format` is where nobody says how a file is to be read."""

INPUT_FORMATS = (AUTO, *(kind.value for kind in Kind))

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_ROOTS = re.compile(
    rb"(?:<!--.*?-->\s*)*"
    rb"(?:<(?:[\w.-]+:)?(?:dataset|xliff|tmx|mteval|srcset|refset|tstset|html)[\s>]"
    rb"|<(?:\?xml|!doctype)[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_MOST_LINES = 0.75  # with the same number of tabs: a TSV file with damaged lines
_AS_TEXT = "input_format=text reads it as lines of text all the same"


def recognise(content: bytes, path: str | Path, wanted: str = AUTO) -> Kind:
    """Says which format a file is in.

    It is JSONL where every line is a JSON object; XML where it begins as one, with a declaration or
    with the root of a format of translations; CSV where its name ends in `.csv`; TSV where all
    lines have the same number of tabs, one or more; else text with a segment on each line.

    Args:
        content: What the file holds.
        path: Its name.
        wanted: What the user says it is; `auto` where nobody does.

    Raises:
        EvalHarnessError: It is one JSON value, JSONL with a line that is none, TSV with a line of
            another number of columns, or in no format that is read.
    """
    if wanted not in INPUT_FORMATS:
        choices = " | ".join(INPUT_FORMATS)
        raise EvalHarnessError(f"unknown format {wanted!r}", where="input_format", hint=choices)
    if wanted != AUTO:
        return Kind(wanted)
    head = _without_mark(content[:10_000])
    if _ROOTS.match(head):
        return Kind.xml
    if head[:1] in (b"{", b"["):
        return _json_or_text(content, path)
    if Path(path).suffix.lower() == ".csv":
        return Kind.csv
    return _tsv_or_text(content, path)


def _without_mark(head: bytes) -> bytes:
    for mark in _BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"").lstrip()


def _json_or_text(content: bytes, path: str | Path) -> Kind:
    lines = [line for line in _without_mark_of(content).split(b"\n") if line.strip()]
    if all(line.lstrip()[:1] == b"{" and line.rstrip()[-1:] == b"}" for line in lines) and all(
        _is_object(line) for line in lines
    ):
        return Kind.jsonl
    if _is_object(lines[0]):
        wrong = next(n for n, line in enumerate(lines, 1) if not _is_object(line))
        raise EvalHarnessError(
            f"its first line is a JSON object, and line {wrong} is none, or is cut short",
            where=path,
            hint=_AS_TEXT,
        )
    if len(lines) > 1 and lines[-1].strip() in (b"}", b"]") and _is_json(content):
        raise EvalHarnessError(
            "one JSON value, not one on each line",
            where=path,
            hint=f"write an object on each line (jq -c '.[]' FILE), or {_AS_TEXT}",
        )
    return _tsv_or_text(content, path)


def _without_mark_of(content: bytes) -> bytes:
    return content.removeprefix(_BYTE_ORDER_MARKS[0])


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _is_json(content: bytes) -> bool:
    try:
        return isinstance(json.loads(_without_mark_of(content)), dict | list)
    except (ValueError, RecursionError):
        return False


def _tsv_or_text(content: bytes, path: str | Path) -> Kind:
    """TSV where all lines have the same number of tabs, one or more; text where few lines have.

    Raises:
        EvalHarnessError: Most lines have the same number, and others have not.
    """
    if b"\t" not in content:
        return Kind.text
    tabs = [line.count(b"\t") for line in content.removesuffix(b"\n").split(b"\n")]
    usual, count = Counter(tabs).most_common(1)[0]
    if usual and count == len(tabs):
        return Kind.tsv
    if usual and count >= _MOST_LINES * len(tabs):
        other = next(number for number, found in enumerate(tabs, 1) if found != usual)
        raise EvalHarnessError(
            f"{count} of {len(tabs)} lines have {usual + 1} columns, and line {other} has"
            f" {tabs[other - 1] + 1}",
            where=path,
            hint=f"mend that line; or {_AS_TEXT}",
        )
    return Kind.text
