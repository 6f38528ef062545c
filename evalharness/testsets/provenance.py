"""Who made each reference of a statement: references/provenance.yaml."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import yaml

from evalharness.errors import EvalHarnessError
from evalharness.formats.text import read_bytes
from evalharness.reading import read_yaml
from evalharness.values.segments import HUMAN, MACHINE_DRAFTED

FILE_NAME = "provenance.yaml"
SCHEMA_VERSION = 1


def read_provenance(references: Path) -> Mapping[str, Mapping[str, object]]:
    """Reads who made each reference.

    Args:
        references: The folder that holds `provenance.yaml`.

    Returns:
        The entries, by the reference's path below `references`, with forward slashes.

    Raises:
        EvalHarnessError: The file is missing, is no YAML, has another schema, or names a
            reference that is not there.
    """
    path = references / FILE_NAME
    try:
        content = read_yaml(path)
    except OSError as error:
        raise EvalHarnessError(f"cannot be read: {error.strerror}", where=path) from error
    except yaml.YAMLError as error:
        raise EvalHarnessError(f"not valid YAML: {error}", where=path) from error
    if not isinstance(content, dict) or content.get("schema_version") != SCHEMA_VERSION:
        raise EvalHarnessError(f"no 'schema_version: {SCHEMA_VERSION}'", where=path)
    entries = content.get("references")
    if not isinstance(entries, dict) or not all(isinstance(e, dict) for e in entries.values()):
        raise EvalHarnessError("'references' must map each reference to its entry", where=path)
    if lost := [str(key) for key in entries if not (references / str(key)).is_file()]:
        raise EvalHarnessError(f"no such reference: {', '.join(lost)}", where=path)
    return entries


def maker_of(
    reference: Path, seed: Path, references: Path, entries: Mapping[str, Mapping[str, object]]
) -> str:
    """Returns who made a reference, once its entry fits its seed.

    Args:
        reference: The reference file.
        seed: The seed it translates.
        references: The folder that holds `provenance.yaml`.
        entries: Its entries.

    Returns:
        `human` or `machine-drafted`.

    Raises:
        EvalHarnessError: The entry is missing or malformed, or the seed changed since.
    """
    key = reference.relative_to(references).as_posix()
    path = references / FILE_NAME
    if key not in entries:
        raise EvalHarnessError(
            f"no entry for {key}", where=path, hint=f"add who made it; see {references}/README.md"
        )
    maker = entries[key].get("made_by")
    if maker not in (HUMAN, MACHINE_DRAFTED):
        raise EvalHarnessError(
            f"{key}: made_by is {maker!r}", where=path, hint=f"{HUMAN} | {MACHINE_DRAFTED}"
        )
    if lacking := [fact for fact in ("made_on", "licence") if not entries[key].get(fact)]:
        raise EvalHarnessError(f"{key}: no {' and no '.join(lacking)}", where=path)
    digest = hashlib.sha256(read_bytes(seed)).hexdigest()
    if entries[key].get("source_sha256") != digest:
        raise EvalHarnessError(
            f"{key} was made from another version of {seed}",
            where=path,
            hint=f"check the reference against the seed, then set source_sha256: {digest}",
        )
    return str(maker)
