"""What .ci/ says of vulnerabilities: loud, and never a reason to fail or to wait."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

AUDIT = Path(__file__).parents[1] / ".ci/audit"
FINDING = "transformers 4.57.6 PYSEC-2099-1"
# What each program does in the script's place, and what has to be said.
CASES = {
    "no network": ("exit 7", "true", "true", "NOT AUDITED: api.osv.dev"),
    "no index": ("true", "exit 1", "true", "NOT AUDITED: pip-audit cannot be installed"),
    "found": ("true", "true", f'echo "{FINDING}" > "$folder/report"; exit 1', "VULNERABLE: "),
    "not asked": ("true", "true", "exit 1", "NOT AUDITED: pip-audit failed"),
    "too long": ("true", "true", "exit 124", "NOT AUDITED: pip-audit failed"),
    "nothing": ("true", "true", "true", "AUDITED: no vulnerability is known"),
}


def program(path: Path, script: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("case", CASES)
def test_an_audit_reports_and_never_fails(case: str, tmp_path: Path):
    curl, pip, audit, message = CASES[case]
    folder = tmp_path / "audit"
    program(tmp_path / "bin/curl", curl)
    program(tmp_path / "bin/python3", "true")  # it would make a virtual environment
    folder.mkdir()
    program(folder / "bin/pip", pip)
    program(folder / "bin/pip-audit", f'folder="{folder}"; {audit}')
    done = subprocess.run(
        ["bash", str(AUDIT), str(folder)],
        env={"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "GITHUB_ACTIONS": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = [line for line in done.stdout.splitlines() if "AUDIT" in line.partition(":")[0]] or [
        line for line in done.stdout.splitlines() if line.startswith("VULNERABLE")
    ]
    assert line.startswith(message)
    assert ("::warning" in done.stdout) == (case != "nothing")
    assert (FINDING in done.stdout) == (case == "found")
