"""Who made each reference of a test set, as `testset.provenance` says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evalharness.errors import EvalHarnessError
from evalharness.values.segments import MAKERS


def check_provenance(provenance: object) -> None:
    """Refuses another maker of references than those that are known.

    Args:
        provenance: One of `MAKERS`, or a list with one for each reference.

    Raises:
        EvalHarnessError: It is another.
    """
    for maker in [provenance] if isinstance(provenance, str) else _listed(provenance):
        one_of("provenance", maker, MAKERS)


def _listed(provenance: object) -> Sequence[object]:
    return provenance if isinstance(provenance, Sequence) else [provenance]


def makers_of(provenance: Any, references: int) -> tuple[str, ...]:
    """Returns who made each of so many references.

    Args:
        provenance: See `check_provenance`.
        references: How many there are.

    Raises:
        EvalHarnessError: The list has another length.
    """
    if isinstance(provenance, str):
        return (provenance,) * references
    if len(provenance) != references:
        raise EvalHarnessError(
            f"{len(provenance)} makers for {references} references",
            where="testset.provenance",
            hint="give one for all, or a list with one for each, in the order of the references",
        )
    return tuple(provenance)


def one_of(option: str, value: object, choices: Sequence[str]) -> None:
    """Refuses a value of an option that is none of its choices.

    Raises:
        EvalHarnessError: It is none.
    """
    if value not in choices:
        raise EvalHarnessError(f"unknown value {value!r}", where=option, hint=" | ".join(choices))
