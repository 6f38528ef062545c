"""Keys: named by environment variable, read when they are needed, shown nowhere."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from evalharness.errors import EvalHarnessError

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_variable(variable: str, where: str = "api_key_env") -> None:
    """Refuses what cannot name an environment variable, most likely the key itself.

    Raises:
        EvalHarnessError: It cannot; what was given is not repeated.
    """
    if not _VARIABLE.fullmatch(variable):
        raise EvalHarnessError(
            "not the name of an environment variable",
            where=where,
            hint="keys are never options: export one under a name, and give that name",
        )


def check_address(address: str, where: str = "base_url") -> None:
    """Refuses what is no address of a server, and one that holds credentials.

    Raises:
        EvalHarnessError: It is refused; credentials are not repeated.
    """
    try:
        parts = urlsplit(address)
        credentials = parts.username is not None or bool(parts.query)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        (parts.hostname or "").encode("idna")
    except ValueError:
        credentials = sound = False
    if credentials:
        raise EvalHarnessError(
            "holds credentials or a query; it would be written into results",
            where=where,
            hint="name an environment variable with model.api_key_env=",
        )
    if not sound:
        raise EvalHarnessError(
            "not the address of a server", where=where, hint="give one like http://localhost:8000"
        )


def read_key(variable: str, system: str) -> str:
    """Returns the content of an environment variable, without white space around it.

    Raises:
        EvalHarnessError: It is not set, or cannot be a key.
    """
    if not (key := os.environ.get(variable, "").strip()):
        raise EvalHarnessError(
            f"the environment variable {variable} is not set",
            where=system,
            hint=f"export {variable}=<your key>",
        )
    if not (key.isascii() and key.isprintable()):
        raise EvalHarnessError(
            f"the environment variable {variable} holds characters that no key has",
            where=system,
            hint="export it again",
        )
    return key
