"""The workflow that teams copy: its commands run as they stand, on the baseline beside it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import yaml

from evalharness.gate.command import SUMMARY

from ..conftest import ROOT


def test_the_example_passes_on_this_repository(tmp_path: Path):
    workflow = yaml.safe_load((ROOT / ".github/workflows/mt-regression.yml").read_text())
    steps = workflow["jobs"]["gate"]["steps"]
    shutil.copytree(ROOT / ".github/mt-baseline", tmp_path / ".github/mt-baseline")
    commands = [step["run"] for step in steps if "evalharness" in step.get("run", "")]
    commands = [command for command in commands if not command.startswith("pip")]
    assert len(commands) == 2
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "python"
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env={**os.environ, SUMMARY: str(tmp_path / "summary.md")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert "### Translation quality: PASS: 4 pass" in (tmp_path / "summary.md").read_text()
    assert len(list(ET.parse(tmp_path / "mt-gate.xml").iter("testcase"))) == 4
