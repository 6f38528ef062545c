"""What lies in the working directory is never imported, also by a parallel sweep's processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import in_new_process, write_small

MARKER = "import pathlib\npathlib.Path({marker!r}).write_text('imported')\n"
# Of these, Hydra imports all plugins that it finds, joblib's processes import joblib as they begin.
NAMES = ("hydra_plugins/planted.py", "joblib.py", "sacrebleu.py", "planted.py", "__future__.py")


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A working directory with modules of a stranger's."""
    for name in NAMES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(MARKER.format(marker=str(tmp_path / "imported")))
    return tmp_path


@pytest.mark.parametrize("launcher", [[], ["-m", "hydra/launcher=joblib", "model=copy,copy"]])
def test_the_working_directory_is_not_on_the_import_path(planted: Path, launcher: list[str]):
    small = write_small(planted)
    done = in_new_process("model=copy", *small, "metric=bleu", *launcher, cwd=planted)
    assert done.returncode == 0, done.stderr
    assert not (planted / "imported").exists()
    refused = in_new_process("model._target_=planted.System", *small, cwd=planted)
    assert refused.returncode == 2
    assert "cannot import planted.System" in refused.stderr
    assert not (planted / "imported").exists()


def test_what_pythonpath_names_is(planted: Path):
    arguments = ["model._target_=planted.System", *write_small(planted)]
    in_new_process(*arguments, cwd=planted, PYTHONPATH=str(planted))
    assert (planted / "imported").exists()


def test_a_program_started_by_a_sweep_finds_the_modules_beside_it(tmp_path: Path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/beside.py").write_text("ANSWER = 'red apple'\n")
    (tmp_path / "bin/program.py").write_text(
        "import sys, beside\nfor line in sys.stdin: print(beside.ANSWER)\n"
    )
    command = "model.command=[python,bin/program.py]"
    sweep = ["-m", "hydra/launcher=joblib", "limit=1,2", "model=command", command, "metric=bleu"]
    done = in_new_process(*sweep, *write_small(tmp_path), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (path, _) = tmp_path.glob("results/runs/*/*/segments.jsonl")
    assert json.loads(path.read_text().splitlines()[0])["hypothesis"] == "red apple"
