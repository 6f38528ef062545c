"""What the shapes of the texts mean that a caller gives, and which shapes are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from evalharness.errors import EvalHarnessError
from evalharness.languages import UNDETERMINED, split_pair
from evalharness.testsets import reference_letters

References = (
    Iterable[str | None] | Mapping[str, Iterable[str | None]] | Iterable[Iterable[str | None]]
)
_UNNAMED = "system"


def name_outputs(outputs: Mapping[str, Iterable[str]] | Iterable[str]) -> dict[str, list[str]]:
    """Returns the outputs by the system's name.

    Args:
        outputs: A list of texts per system, or one list.

    Raises:
        EvalHarnessError: There is no system or no segment, or the systems differ.
    """
    named = outputs if isinstance(outputs, Mapping) else {_UNNAMED: outputs}
    lists = {str(name): list_texts(f"outputs of {name}", texts) for name, texts in named.items()}
    if not lists:
        raise EvalHarnessError("no system", where="outputs")
    first, count = next((name, len(texts)) for name, texts in lists.items())
    for name, texts in lists.items():
        if len(texts) != count:
            raise EvalHarnessError(
                f"{len(texts)} texts, but {first} has {count}",
                where=f"outputs of {name}",
                hint="give one text per segment, in the same order",
            )
    if not count:
        raise EvalHarnessError("no text", where=f"outputs of {first}")
    return lists


def list_texts(what: str, texts: object, count: int | None = None) -> list[str]:
    """Returns the texts as a list; refuses what is no list of texts, or has another length.

    Raises:
        EvalHarnessError: It is none, or it has not `count` texts.
    """
    _refuse_text(what, texts)
    assert isinstance(texts, Iterable)
    listed = list(texts)
    odd = next((n for n, text in enumerate(listed) if not isinstance(text, str)), None)
    if odd is not None:
        kind = type(listed[odd]).__name__
        raise EvalHarnessError(f"item {odd} is {kind}, not a text", where=what)
    if count is not None and len(listed) != count:
        raise EvalHarnessError(
            f"{len(listed)} texts for {count} segments",
            where=what,
            hint="give one text per segment, in the same order",
        )
    return [str(text) for text in listed]


def name_references(references: References | None, count: int) -> dict[str, list[str]]:
    """Returns the references by name, an empty text where a reference leaves a segment out.

    Args:
        references: A list of texts, a mapping of names to lists of texts, or a list of lists: of
            one list per reference, or of one list per segment, where only one of them fits. `None`
            instead of a text leaves the segment out.
        count: How many segments there are.

    Raises:
        EvalHarnessError: The shape fits neither, or both.
    """
    if references is None:
        return {}
    if isinstance(references, Mapping):
        lists = {str(name): _filled(texts) for name, texts in references.items()}
    else:
        _refuse_text("references", references)
        rows = list(references)
        if all(row is None or isinstance(row, str) for row in rows):
            lists = {"A": _filled(rows)}
        else:
            columns = _by_reference(rows, count)
            lists = dict(zip(reference_letters(len(columns)), columns, strict=True))
    return {name: list_texts(f"reference {name}", lists[name], count) for name in lists}


def languages_of(pair: str | None) -> tuple[str, str]:
    """Returns the languages of a pair; `None` is for languages that nobody named.

    Raises:
        EvalHarnessError: It is no text, or see `split_pair`.
    """
    if pair is not None and not isinstance(pair, str):
        raise EvalHarnessError(f"{pair!r} is no text", where="pair", hint="write it as 'ar-en'")
    return (UNDETERMINED.code, UNDETERMINED.code) if pair is None else split_pair(pair)


def _by_reference(rows: Sequence[object], count: int) -> list[list[str]]:
    """The lists of a list of lists, one per reference."""
    lists = []
    for row in rows:
        _refuse_text("references", row)
        lists.append(_filled(row))
    lengths = sorted({len(row) for row in lists})
    seen = f"{len(lists)} lists of {' or '.join(map(str, lengths))} texts, {count} segments"
    per_reference = lengths == [count]
    per_segment = len(lists) == count and len(lengths) == 1
    if per_reference and per_segment and count > 1:
        raise EvalHarnessError(
            f"{seen}: this could be a list per reference or a list per segment",
            where="references",
            hint="give a mapping of names to lists, such as {'A': [...], 'B': [...]}",
        )
    if per_reference:
        return lists
    if per_segment:
        return [list(column) for column in zip(*lists, strict=True)]
    raise EvalHarnessError(
        f"{seen}: neither a list per reference nor a list per segment",
        where="references",
        hint=f"give lists of {count} texts, one list per reference",
    )


def _filled(texts: object) -> list[str]:
    _refuse_text("references", texts)
    assert isinstance(texts, Iterable)
    return ["" if text is None else text for text in texts]


def _refuse_text(where: str, texts: object) -> None:
    unordered = (str, bytes, Mapping, Set)
    if isinstance(texts, unordered) or not isinstance(texts, Iterable):
        kind = "one text" if isinstance(texts, str) else type(texts).__name__
        raise EvalHarnessError(f"{kind}, not a list of texts", where=where, hint="give a list")
