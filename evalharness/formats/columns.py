"""What columns and keys are called that hold sources, references, outputs and ids."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evalharness.errors import EvalHarnessError


@dataclass
class Columns:
    """The columns of a TSV or CSV file, or the keys of a JSONL file; empty for the obvious ones.

    Attributes:
        source: The sources.
        references: The references, a column each, in their order.
        document: The document of each segment.
        id: The id of each segment.
        domain: Its domain.
        origlang: The language it was written in.
    """

    source: str = ""
    references: list[str] = field(default_factory=list)
    document: str = ""
    id: str = ""
    domain: str = ""
    origlang: str = ""


SOURCE, REFERENCE, HYPOTHESIS = "source", "references", "hypothesis"
DOCUMENT, ID, DOMAIN, ORIGLANG = "document", "id", "domain", "origlang"

_OBVIOUS: Mapping[str, Sequence[str]] = {
    SOURCE: ("source", "src", "src_text", "source_text", "source_sentence"),
    REFERENCE: ("reference", "ref", "target", "tgt", "tgt_text", "ref_text", "reference_text"),
    HYPOTHESIS: ("hypothesis", "hyp", "mt", "output", "prediction", "translation", "target", "tgt"),
    DOCUMENT: ("document", "doc", "document_id", "doc_id", "docid"),
    ID: ("id", "segment_id", "seg_id", "segid", "line_id", "sentence_id"),
    DOMAIN: ("domain",),
    ORIGLANG: ("origlang", "original_lang", "orig_lang"),
}
_NAMED_REFERENCE = re.compile(
    r"refs\.(?P<nested>.+)\.ref|ref(?:erence)?[_ -]?(?P<letter>[A-Z]|\d+)"
)


def find_column(names: Sequence[str], role: str, asked: str = "") -> str | None:
    """Returns the column that holds something.

    Args:
        names: What the columns are called.
        role: What is looked for, such as `source`.
        asked: What the user calls the column; empty for the obvious one.

    Returns:
        The column's name; `None` where none is obvious.

    Raises:
        EvalHarnessError: There is no column of that name.
    """
    if asked:
        if asked not in names:
            raise EvalHarnessError(
                f"no column {asked!r}", where=role, hint=f"columns: {', '.join(names)}"
            )
        return asked
    folded = {name.strip().casefold(): name for name in reversed(names)}
    return next((folded[name] for name in _OBVIOUS[role] if name in folded), None)


def find_references(names: Sequence[str], asked: Sequence[str] = ()) -> Mapping[str, str]:
    """Returns the columns of references by what the references are called.

    Args:
        names: What the columns are called.
        asked: What the user calls them; empty for the obvious ones.

    Returns:
        In the order in which they are asked for, else in that of the file.

    Raises:
        EvalHarnessError: There is no column of that name.
    """
    if asked:
        return {_called(name): str(find_column(names, REFERENCE, name)) for name in asked}
    several = {_called(name): name for name in names if _NAMED_REFERENCE.fullmatch(name)}
    if several:
        return several
    single = find_column(names, REFERENCE)
    return {} if single is None else {"A": single}


def _called(column: str) -> str:
    """What a reference is called that stands in a column."""
    found = _NAMED_REFERENCE.fullmatch(column)
    return (found["nested"] or found["letter"]) if found else column


def is_header(cells: Sequence[str]) -> bool:
    """Whether cells are the names of columns: one of them is obvious."""
    known = {name for names in _OBVIOUS.values() for name in names}
    return any(
        cell.strip().casefold() in known or _NAMED_REFERENCE.fullmatch(cell) for cell in cells
    )
