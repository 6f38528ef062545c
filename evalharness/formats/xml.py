"""XML that others made: no entities of its own, nothing from elsewhere, bounded depth."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from evalharness.errors import EvalHarnessError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_DEEPEST = 64


def read_elements(content: bytes, path: str | Path, tag: str) -> Iterator[Element]:
    """Yields the elements of a tag one after the other, each whole, and forgets it afterwards.

    Args:
        content: What the file holds, in the encoding that it names.
        path: Its name, for errors.
        tag: The tag without a namespace; the root comes first, empty as yet, whatever its tag.

    Raises:
        EvalHarnessError: It is no XML, declares entities, asks for something from elsewhere, or is
            too deep.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    depth, root = 0, None
    try:
        for event, element in iterparse(io.BytesIO(content), events=("start", "end")):
            if event == "start":
                depth += 1
                if depth > _DEEPEST:
                    raise EvalHarnessError(f"elements {_DEEPEST} deep and deeper", where=path)
                if root is None:
                    root = element
                    yield element
                continue
            depth -= 1
            if local(element) == tag:
                yield element
                element.clear()
    except DefusedXmlException as error:
        raise EvalHarnessError(
            "declares entities or asks for a file from elsewhere, which is not read",
            where=path,
            hint="remove them from its DOCTYPE",
        ) from error
    except (ParseError, LookupError, ValueError) as error:
        raise EvalHarnessError(f"no XML: {error}", where=path) from error


def local(element: Element) -> str:
    """Returns the tag of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]
