"""Secrets of this process: which values must not be shown, and how they are hidden."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

REDACTED = "***"

_SHORTEST_SECRET = 6  # what is shorter could be guessed, and may be a common word
_SALT = b"evalharness"  # the same everywhere: fingerprints are compared between machines
_HEX_DIGITS = 8

_held: dict[str, str] = {}  # what is shown in its place, by secret


def hold(value: str, shown: str = REDACTED) -> None:
    """Takes a value that no log and no error may show from now on.

    Args:
        value: The secret. One of fewer than six characters is not held: it may be a common word.
        shown: What is shown in its place.
    """
    if len(value.strip()) >= _SHORTEST_SECRET:
        _held[value.strip()] = shown


def forget() -> None:
    """Forgets all values: another command begins."""
    _held.clear()


def scrub(text: str, values: Collection[str] | None = None) -> str:
    """Returns a text without secrets, however they are spelled: as they are, in URLs, in JSON.

    This has to be done before a text is cut: half a secret is not recognised.

    Args:
        text: The text.
        values: The secrets; `None` for all that are held.
    """
    secrets = dict(_held) if values is None else dict.fromkeys(filter(None, values), REDACTED)
    for secret in sorted(secrets, key=len, reverse=True):
        for spelling in _spellings(secret):
            text = text.replace(spelling, secrets[secret])
    return text


def conceal(facts: Any, values: Collection[str]) -> Any:
    """Returns facts in which a digest stands in the place of each secret value.

    The digest is the same on every machine, so that equal values give equal facts. It is made to
    be of little use for guessing: scrypt (RFC 7914) makes each guess cost tens of milliseconds and
    16 MB, and only 32 bits of it are kept, which cannot confirm a guess at a key of full length.

    Args:
        facts: Anything that JSON can hold.
        values: The secret values; parts of strings and whole numbers are replaced.
    """
    trimmed = {value.strip() for value in values}
    spellings = {*trimmed, *(value.rstrip("/") for value in trimmed)} - {""}
    if not spellings:
        return facts
    ordered = sorted(spellings, key=len, reverse=True)
    return _concealed(facts, re.compile("|".join(map(re.escape, ordered))))


def _concealed(facts: Any, secret: re.Pattern[str]) -> Any:
    if isinstance(facts, Mapping):
        return {name: _concealed(fact, secret) for name, fact in facts.items()}
    if isinstance(facts, (list, tuple)):
        return [_concealed(fact, secret) for fact in facts]
    if isinstance(facts, str):
        return secret.sub(lambda match: _digest(match[0]), facts)
    if isinstance(facts, (int, float)) and secret.fullmatch(str(facts)):
        return _digest(str(facts))
    return facts


@lru_cache(maxsize=256)
def _digest(value: str) -> str:
    digest = hashlib.scrypt(value.encode(), salt=_SALT, n=2**14, r=8, p=1)
    return f"<env {digest.hex()[:_HEX_DIGITS]}>"


def _spellings(secret: str) -> set[str]:
    quoted = {quote(secret), quote(secret, safe="")}
    escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return {secret, *quoted, *escaped, repr(secret)[1:-1], " ".join(secret.split())}
