"""The fetch command: what a run would load is downloaded, and then it needs no network."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import CommandLine, in_new_process
from .hub_server import MODEL, WANTED, Hub, Repo, environment, serving

# A user's own system, chosen with --config-dir.
MODULE = """
from dataclasses import dataclass

from evalharness.hub import Checkpoint
from evalharness.systems import System, Translation


@dataclass(frozen=True)
class Own(System):
    checkpoint: str
    name: str = "own"

    def unavailable(self):
        return None

    def supports(self, source, target):
        return True

    def fingerprint(self, source, target):
        return {"system": "own", "model": self.checkpoints(source, target)[0].identity()}

    def checkpoints(self, source, target):
        name = self.checkpoint.replace("SRC", source)
        return [Checkpoint(name, fetch_with="python -m evalharness fetch model=own")]

    def translate(self, texts, source, target):
        folder = self.checkpoints(source, target)[0].folder()
        assert (folder / "model.safetensors").exists()
        return enumerate(map(Translation, texts))
"""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as hub:
        for name in ("own/tr", "own/ar"):
            hub.repos[name] = Repo()
            hub.repos[name].push(MODEL)
        yield hub


@pytest.fixture
def own(tmp_path: Path) -> list[str]:
    """Writes the system; returns what the command line needs to find it."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code/ownsystem.py").write_text(MODULE)
    (tmp_path / "conf/model").mkdir(parents=True)
    (tmp_path / "conf/model/own.yaml").write_text(
        "# Our own.\n_target_: ownsystem.Own\ncheckpoint: own/SRC\nname: own\n"
    )
    return [f"--config-dir={tmp_path / 'conf'}"]


def variables(tmp_path: Path, url: str = "http://127.0.0.1:9") -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(tmp_path / "code"), os.environ.get("PYTHONPATH")]))
    return {**environment(tmp_path / "home", url), "PYTHONPATH": path}


def test_what_was_fetched_for_every_pair_needs_no_network_to_run(
    hub: Hub, own: list[str], tmp_path: Path
):
    done = in_new_process("fetch", *own, "model=own", cwd=tmp_path, **variables(tmp_path, hub.url))
    assert done.returncode == 0, done.stderr
    size = sum(len(MODEL[name]) for name in WANTED) / 1e3
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert sorted(line[:3] for line in lines) == [
        [name, hub.repos[name].branches["main"], f"{size:.1f} kB"] for name in ("own/ar", "own/tr")
    ]
    for line in lines:
        assert {path.name for path in Path(line[3]).iterdir()} == WANTED
    assert done.stderr.count("INFO downloading own/") == 2
    assert not (tmp_path / "results").exists()

    hub.asked()
    done = in_new_process(*own, "model=own", cwd=tmp_path, **variables(tmp_path))
    assert done.returncode == 0, done.stderr
    runs = [
        json.loads(path.read_bytes()) for path in (tmp_path / "results").glob("runs/*/*/run.json")
    ]
    assert sorted(run["fingerprint"]["model"]["checkpoint"] for run in runs) == ["own/ar", "own/tr"]
    assert {run["fingerprint"]["model"]["commit"] for run in runs} == {lines[0][1]}
    assert hub.asked() == []


def test_a_run_without_network_says_how_to_fetch(own: list[str], small: list[str], tmp_path: Path):
    command = [*own, *small, "model=own"]
    done = in_new_process(*command, cwd=tmp_path, **variables(tmp_path))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "evalharness: error: own/tr: not downloaded, and 127.0.0.1 cannot be reached"
        " (ConnectionError); run python -m evalharness fetch model=own where there is a network,"
        " or give model.checkpoint=FOLDER"
    )


def test_a_sweep_fetches_what_it_can_and_names_what_it_cannot(
    hub: Hub, own: list[str], small: list[str], tmp_path: Path
):
    done = in_new_process(
        *["fetch", "-m", *own, *small, "model=own", "model.checkpoint=own/tr,own/none,own/ar"],
        cwd=tmp_path,
        **variables(tmp_path, hub.url),
    )
    assert done.returncode == 2
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["own/tr", "own/ar"]
    assert done.stderr.splitlines()[-1].startswith(
        "evalharness: failed: model.checkpoint=own/none: own/none: neither a folder here nor"
    )
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "results/leaderboard.csv").exists()


def test_an_interrupted_download_ends_at_once(
    hub: Hub, own: list[str], small: list[str], tmp_path: Path
):
    hub.repos["own/tr"].stalled["model.safetensors"] = 100
    process = subprocess.Popen(
        [sys.executable, "-m", "evalharness", "fetch", *own, *small, "model=own"],
        cwd=tmp_path,
        env={**os.environ, **variables(tmp_path, hub.url)},
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 60
    while not any(
        asked.startswith("GET /own/tr/") and "safetensors" in asked for asked in hub.requests
    ):
        assert time.monotonic() < end
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.endswith("evalharness: interrupted\n")
    assert "Traceback" not in told


def test_systems_without_weights_have_nothing_to_fetch(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    outcome = evalharness("fetch", "model=copy", *small)
    assert (outcome.code, outcome.out) == (0, "copy: nothing to fetch\n")
    assert not (tmp_path / "results").exists()
    outcome = evalharness("fetch", "-m", "model=copy,gloss", *small)
    assert outcome.code == 0, outcome.err
    assert outcome.out == "copy: nothing to fetch\ngloss: nothing to fetch\n"
    outcome = evalharness("fetch", "model=file", "model.path=out.txt", *small)
    assert outcome.out == "out: nothing to fetch\n"


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["model=gloss", "testset.source_lang=de"], "gloss: does not translate German"),
        (["model=glos"], "did you mean gloss"),
        (["testset.source=nowhere.txt"], "nowhere.txt: no such file"),
        (["model=file"], "model.path: not given"),
    ],
)
def test_what_is_wrong_for_a_run_is_wrong_for_fetch(
    overrides: list[str], said: str, evalharness: CommandLine, small: list[str]
):
    outcome = evalharness("fetch", "model=copy", *small, *overrides)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert said in outcome.err
