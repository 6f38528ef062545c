"""WMT's XML: documents with sources, references by their translators, and systems' outputs.

`dataset/(collection/)doc` with `src[@lang]`, `ref[@lang,@translator]` and `hyp[@lang,@system]`,
each with segments; hypotheses may call the language `language`, as wmt-format-tools' sample does.
Documents of test suites are passed over, as sacreBLEU does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from evalharness.errors import EvalHarnessError
from evalharness.formats.xml import local, read_elements

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOT = "dataset"

_KNOWN = {
    "xliff": "XLIFF",
    "tmx": "TMX",
    "mteval": "NIST's XML",
    "srcset": "NIST's SGML",
    "refset": "NIST's SGML",
    "tstset": "NIST's SGML",
    "html": "HTML",
}


@dataclass(frozen=True)
class Version:
    """One text of a document: the source, a reference or a hypothesis.

    Attributes:
        lang: The tag of its language; empty where the file has none.
        name: The translator or the system; empty where the file has none.
        segments: The texts by the segments' ids.
    """

    lang: str
    name: str
    segments: Mapping[str, str]


@dataclass(frozen=True)
class Document:
    """A document.

    Attributes:
        id: Its id.
        origlang: The tag of the language that it was written in; empty where the file has none.
        domain: Its domain, likewise.
        sources: Its sources: one.
        references: Its references.
        hypotheses: What systems made of it.
    """

    id: str
    origlang: str
    domain: str
    sources: list[Version] = field(default_factory=list)
    references: list[Version] = field(default_factory=list)
    hypotheses: list[Version] = field(default_factory=list)


def read_wmt_xml(content: bytes, path: str | Path) -> list[Document]:
    """Reads the documents of a file, but for those of test suites.

    Args:
        content: What the file holds.
        path: Its name.

    Raises:
        EvalHarnessError: It is other XML, or a document has no id or segments without one.
    """
    documents: list[Document] = []
    seen: set[str] = set()
    for element in _documents(content, path):
        if "testsuite" in element.attrib:
            continue
        document = _document(element, path)
        if document.id in seen:
            raise EvalHarnessError(f"two documents are called {document.id!r}", where=path)
        seen.add(document.id)
        documents.append(document)
    if not documents:
        raise EvalHarnessError("has no document", where=path)
    return documents


def _documents(content: bytes, path: str | Path) -> Iterator[Element]:
    elements = read_elements(content, path, "doc")
    root = local(next(elements))
    if root != ROOT:
        what = _KNOWN.get(root.lower(), f"XML with the root {root!r}")
        raise EvalHarnessError(
            f"{what}, which is not read",
            where=path,
            hint="take its texts out of it; input_format=text reads its lines as they are",
        )
    yield from elements


def _document(element: Element, path: str | Path) -> Document:
    document = Document(
        _needed(element, "id", path), element.get("origlang", ""), element.get("domain", "")
    )
    places = {
        "src": (document.sources, ""),
        "ref": (document.references, "translator"),
        "hyp": (document.hypotheses, "system"),
    }
    for part in element.iter():
        if local(part) in places:
            several, name = places[local(part)]
            several.append(
                Version(
                    part.get("lang") or part.get("language") or "",
                    part.get(name, "") if name else "",
                    _segments(part, path),
                )
            )
    if not document.sources:
        raise EvalHarnessError(f"document {document.id!r} has no source", where=path)
    return document


def _segments(part: Element, path: str | Path) -> dict[str, str]:
    segments: dict[str, str] = {}
    for element in part.iter():
        if local(element) == "seg":
            id_ = _needed(element, "id", path)
            if id_ in segments:
                raise EvalHarnessError(f"two segments {id_!r} in one document", where=path)
            segments[id_] = " ".join("".join(element.itertext()).split())  # as sacreBLEU does
    return _in_order(segments)


def _in_order(segments: Mapping[str, str]) -> dict[str, str]:
    """Segments by their numbers, as sacreBLEU sorts them; in the file's order if some have none."""
    if all(id_.isascii() and id_.isdigit() for id_ in segments):
        return {id_: segments[id_] for id_ in sorted(segments, key=int)}
    return dict(segments)


def _needed(element: Element, name: str, path: str | Path) -> str:
    value = element.get(name)
    if not value:
        raise EvalHarnessError(f"{local(element)} without {name}", where=path)
    return value
