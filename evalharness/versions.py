"""The versions that a score was computed with: packages, and the code's git revision."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from evalharness.errors import EvalHarnessError

_DISTRIBUTION = "evalharness"


@lru_cache(maxsize=1)
def versions() -> Mapping[str, str]:
    """Returns the versions of Python, the harness and all its installed dependencies.

    Raises:
        EvalHarnessError: The harness runs from a checkout that is not installed.
    """
    found = {"python": platform.python_version()}
    try:
        found[_DISTRIBUTION] = metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError as error:
        raise EvalHarnessError(
            "evalharness is not installed, so versions cannot be recorded",
            hint="pip install -c constraints.txt -e .",
        ) from error
    for requirement in metadata.requires(_DISTRIBUTION) or ():
        name = re.match(r"[\w.-]+", requirement)
        if name is None or re.search(r"extra\s*==\s*['\"]test", requirement):
            continue
        try:
            found[name[0]] = metadata.version(name[0])
        except metadata.PackageNotFoundError:  # an extra that is not installed
            continue
    return dict(sorted(found.items()))


@lru_cache(maxsize=1)
def git_revision() -> str | None:
    """Returns the commit of the checkout that runs, `-dirty` if changed; `None` outside one."""
    root = Path(__file__).resolve().parents[1]
    if not (root / ".git").exists():
        return None
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"],
            cwd=root,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return described.stdout.strip()
