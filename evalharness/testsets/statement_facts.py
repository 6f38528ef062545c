"""Facts that a good translation of a statement keeps: references/<pivot>/facts.yaml."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from evalharness import resources
from evalharness.errors import EvalHarnessError
from evalharness.formats.text import read_bytes, read_text
from evalharness.reading import read_yaml
from evalharness.values.segments import HUMAN, MACHINE_DRAFTED

FILE_NAME = "facts.yaml"
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Fact:
    """What a statement says, in any of its languages.

    Attributes:
        id: What it is called.
        says: The fact in a sentence.
        lines: The lines of each source language that state it: the segment's id with the line's
            own text, so that another text under this id is not taken for it.
        accepted: Wordings that keep it: each is several parts, of which one alternative each stands
            in the text.
        wrong: Wordings that contradict it.
    """

    id: str
    says: str
    lines: Mapping[str, Mapping[str, str]]
    accepted: Sequence[Sequence[Sequence[str]]]
    wrong: Sequence[Sequence[Sequence[str]]]

    def kept_by(self, texts: Sequence[str]) -> bool | None:
        """Says whether translations of its lines keep it.

        Args:
            texts: The translations.

        Returns:
            `True` if one of them has an accepted wording; `None` if one contradicts it.
        """
        plain = [as_words(text) for text in texts]
        if any(_stands(wording, text) for wording in self.wrong for text in plain):
            return None
        return any(_stands(wording, text) for wording in self.accepted for text in plain)


def as_words(text: str) -> str:
    """Returns the words of a text between spaces, without case, accents and punctuation."""
    folded = unicodedata.normalize("NFKD", text.casefold()).replace("ı", "i")
    letters = "".join(one for one in folded if not unicodedata.combining(one))
    joined = re.sub(r"(?<=\w)['’ʼ](?=\w)|(?<=\b\w)\.(?=\w\b)", "", letters)
    words = " ".join(re.findall(r"\w+", joined))
    return f" {words} "


def _stands(wording: Sequence[Sequence[str]], text: str) -> bool:
    return all(any(words in text for words in part) for part in wording)


@lru_cache
def statement_facts(pivot: str) -> Sequence[Fact]:
    """Returns the facts of the statements that come along; none for a pivot without a file.

    Args:
        pivot: The language of the translations.

    Raises:
        EvalHarnessError: The file is malformed, or made from another version of a seed.
    """
    path = resources.folder("references") / pivot / FILE_NAME
    return read_facts(path, resources.folder("seeds")) if path.is_file() else ()


def read_facts(path: Path, seeds: Path) -> Sequence[Fact]:
    """Reads a file of facts.

    Args:
        path: The file; references/en/facts.yaml says what is in it.
        seeds: The folder of the seeds that it names.

    Raises:
        EvalHarnessError: It cannot be read, is malformed, or was made from another version of a
            seed.
    """
    try:
        content = read_yaml(path)
    except OSError as error:
        raise EvalHarnessError(f"cannot be read: {error.strerror}", where=path) from error
    except yaml.YAMLError as error:
        raise EvalHarnessError(f"not valid YAML: {error}", where=path) from error
    if not isinstance(content, dict) or content.get("schema_version") != SCHEMA_VERSION:
        raise EvalHarnessError(f"no 'schema_version: {SCHEMA_VERSION}'", where=path)
    if content.get("made_by") not in (HUMAN, MACHINE_DRAFTED):
        hint = f"{HUMAN} | {MACHINE_DRAFTED}"
        raise EvalHarnessError(f"made_by is {content.get('made_by')!r}", where=path, hint=hint)
    known = _mapping(content.get("seeds"), "seeds", path)
    sources = {str(seed): _lines(seeds, str(seed), known[seed], path) for seed in known}
    facts = _mapping(content.get("facts"), "facts", path)
    return tuple(_fact(str(id_), facts[id_], sources, path) for id_ in facts)


def _lines(seeds: Path, seed: str, digest: object, path: Path) -> Sequence[str]:
    file = seeds / seed
    if not file.is_file():
        raise EvalHarnessError(f"seeds: there is no {seed}", where=path)
    found = hashlib.sha256(read_bytes(file)).hexdigest()
    if found != digest:
        raise EvalHarnessError(
            f"seeds: {seed} has changed since the facts were written",
            where=path,
            hint=f"check the lines of each fact, then write its digest {found}",
        )
    return read_text(file).lines


def _fact(id_: str, entry: object, sources: Mapping[str, Sequence[str]], path: Path) -> Fact:
    where = f"facts.{id_}"
    fields = _mapping(entry, where, path)
    if strange := set(fields) - {"says", "lines", "accepted", "wrong"}:
        raise EvalHarnessError(f"{where}: no such key {sorted(map(str, strange))[0]}", where=path)
    lines: dict[str, dict[str, str]] = {}
    for seed, numbers in _mapping(fields.get("lines"), f"{where}.lines", path).items():
        texts = sources.get(str(seed))
        if texts is None:
            hint = "name its digest under seeds"
            raise EvalHarnessError(f"{where}.lines: {seed} is not known", where=path, hint=hint)
        for number in numbers if isinstance(numbers, list) else [numbers]:
            inside = isinstance(number, int) and 1 <= number <= len(texts)
            if not inside or not texts[number - 1].strip():
                raise EvalHarnessError(f"{where}.lines: {seed} has no line {number}", where=path)
            language, _, name = str(seed).partition("/")
            id_of_line = f"{Path(name).stem}:{number}"
            lines.setdefault(language, {})[id_of_line] = texts[number - 1]
    says = fields.get("says")
    if not isinstance(says, str) or not says:
        raise EvalHarnessError(f"{where}.says: no sentence", where=path)
    accepted = _wordings(fields.get("accepted"), f"{where}.accepted", path)
    if not accepted or not lines:
        lacking = "accepted: no wording" if lines else "lines: none"
        raise EvalHarnessError(f"{where}.{lacking}", where=path)
    return Fact(id_, says, lines, accepted, _wordings(fields.get("wrong"), f"{where}.wrong", path))


def _wordings(found: object, where: str, path: Path) -> Sequence[Sequence[Sequence[str]]]:
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise EvalHarnessError(f"{where}: not a list of wordings", where=path)
    made = [
        [[as_words(words) for words in part.split("|")] for part in wording.split(" ... ")]
        for wording in found
    ]
    if any(not words.strip() for wording in made for part in wording for words in part):
        raise EvalHarnessError(f"{where}: a wording without words", where=path)
    return made


def _mapping(found: object, where: str, path: Path) -> Mapping[Any, Any]:
    if not isinstance(found, dict) or not found:
        raise EvalHarnessError(f"{where}: no keys with values", where=path)
    return found
