"""The table of `families.csv`: what model families call the languages they have."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("families.csv")


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """Returns the rows by their tags; a field that says nothing is empty."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {row["tag"]: row for row in csv.DictReader(line for line in file if line[0] != "#")}


@cache
def codes(family: str) -> Mapping[str, str]:
    """Returns a family's codes by the tags of the table.

    Raises:
        KeyError: There is no such family.
    """
    return {tag: row[family] for tag, row in table().items() if row[family]}


@cache
def spelled() -> Mapping[str, str]:
    """Returns the tags of the table by all that they are called, in lower case."""
    named = {"und": "und"}
    for tag, row in table().items():
        if "-" not in tag:  # arb is ar; CLDR does not say so of als, fuv and more
            codes_of_row = filter(None, (row["seamless"], row["nllb"]))
            named |= {code.partition("_")[0]: tag for code in codes_of_row}
    return named | {tag.lower(): tag for tag in table()}


def row_of(tag: str) -> str | None:
    """Returns the longest part of a normalised tag that has a row: with its script, without."""
    primary = tag.partition("-")[0]
    parts = (tag, f"{primary}-{script_of(tag)}", primary)
    return next((part for part in parts if part in table()), None)


def script_of(tag: str) -> str | None:
    """Returns the script that a normalised tag says, if it says one."""
    match = re.match("[a-z]+-([A-Z][a-z]{3})(?:-|$)", tag)
    return match[1] if match else None


def scripts_of(row: str) -> list[str]:
    """Returns the scripts that a row is known to stand for; none of a tag without a row."""
    known = table().get(row, {"scripts": "", "nllb": ""})
    return known["scripts"].split() or known["nllb"].split("_")[1:]
