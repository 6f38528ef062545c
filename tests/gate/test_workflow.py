"""The workflow that teams copy: its commands run as they stand, on the baseline beside it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from evalharness.commands.gate import SUMMARY

from ..conftest import ROOT

BASELINE = ".github/mt-baseline"


def workflow(name: str) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows" / name).read_text())
    return content


def steps() -> dict[str, dict[str, Any]]:
    return {
        step.get("name", step.get("uses")): step
        for step in workflow("mt-regression.yml")["jobs"]["gate"]["steps"]
    }


def shell(folder: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a step's commands as GitHub does."""
    here = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **environment,
    }
    return subprocess.run(
        ["bash", "-e", "-c", command], cwd=folder, env=here, capture_output=True, text=True
    )


def commit(folder: Path) -> None:
    who = "-c user.name=a -c user.email=a@b.c -c commit.gpgsign=false"
    done = shell(folder, f"git add -A . && git {who} commit -q --allow-empty -m step")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The baseline committed to `main`, and a branch `change` checked out."""
    folder = tmp_path / "repository"
    shutil.copytree(ROOT / BASELINE, folder / BASELINE)
    assert shell(folder, "git init -q -b main").returncode == 0
    commit(folder)
    assert shell(folder, "git checkout -q -b change").returncode == 0
    return folder


@pytest.mark.sweep
def test_the_example_passes_on_this_repository(repository: Path, tmp_path: Path):
    environment = {
        SUMMARY: str(tmp_path / "summary.md"),
        "RUNNER_TEMP": str(tmp_path / "temporary"),
        "HELD_TO": "main",
    }
    for name in ("translate and score", "gate"):
        done = shell(repository, steps()[name]["run"], **environment)
        assert done.returncode == 0, done.stdout + done.stderr
    summary = (tmp_path / "summary.md").read_text()
    assert "### Translation quality: PASS: 4 pass" in summary
    assert f"main:{BASELINE} (commit " in summary
    assert "believed" not in summary
    assert len(list(ET.parse(repository / "mt-gate.xml").iter("testcase"))) == 4
    assert not (repository / "results").exists()


def test_a_change_of_the_baseline_needs_a_label(repository: Path):
    step = steps()["baseline"]
    (repository / "other.txt").write_text("a change\n")
    commit(repository)
    assert shell(repository, step["run"], BASE="main").returncode == 0
    with (repository / BASELINE / "statements.tr-en.jsonl").open("a") as file:
        file.write("\n")
    commit(repository)
    done = shell(repository, step["run"], BASE="main")
    assert done.returncode == 1
    assert "set the label mt-baseline" in done.stdout
    assert step["if"] == "${{ !contains(github.event.pull_request.labels.*.name, 'mt-baseline') }}"
    assert {"labeled", "unlabeled"} <= set(
        workflow("mt-regression.yml")[True]["pull_request"]["types"]
    )


@pytest.mark.parametrize("name", ["ci.yml", "mt-regression.yml"])
def test_workflows_have_few_rights_and_fixed_actions(name: str):
    content = workflow(name)
    assert "pull_request_target" not in content[True]  # `on`, which YAML reads as a truth
    assert content["permissions"] == {"contents": "read"}
    for job in content["jobs"].values():
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])
            assert "${{" not in step.get("run", "")  # what is put into a script is run
