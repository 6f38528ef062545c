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

from ..conftest import CommandLine, in_new_process
from ..hub_server import Hub, Repo, environment, serving
from ..systems.neural.tiny_checkpoints import build_opus_mt

STRINGS = "metric=[bleu,chrf]"
OPUS = ["model=opus_mt", "model.checkpoint='own/{source}-{target}'", "device=cpu", STRINGS]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with an OPUS-MT checkpoint for each pair."""
    checkpoint = build_opus_mt(tmp_path / "opus")
    files = {path.name: path.read_bytes() for path in checkpoint.iterdir()}
    with serving() as hub:
        for name in ("own/tr-en", "own/ar-en"):
            hub.repos[name] = Repo()
            hub.repos[name].push({**files, "tf_model.h5": b"unwanted", "code.py": b"unwanted"})
        yield hub


def variables(tmp_path: Path, url: str = "http://127.0.0.1:9") -> dict[str, str]:
    return environment(tmp_path / "home", url)


@pytest.mark.sweep
def test_what_was_fetched_for_every_pair_needs_no_network_to_run(hub: Hub, tmp_path: Path):
    done = in_new_process("fetch", *OPUS, cwd=tmp_path, **variables(tmp_path, hub.url))
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert sorted(line[:2] for line in lines) == [
        [name, hub.repos[name].branches["main"]] for name in ("own/ar-en", "own/tr-en")
    ]
    for line in lines:
        there = {path.name for path in Path(line[3]).iterdir()}
        assert {"config.json", "model.safetensors", "source.spm", "vocab.json"} <= there
        assert not {"tf_model.h5", "code.py"} & there
    assert done.stderr.count("INFO downloading own/") == 2
    assert not (tmp_path / "results").exists()
    shown = in_new_process(
        "fetch", *OPUS, "format=json", cwd=tmp_path, **variables(tmp_path, hub.url)
    )
    rows = json.loads(shown.stdout)["checkpoints"]
    assert [[row["checkpoint"], row["identity"]] for row in rows] == [line[:2] for line in lines]

    hub.asked()
    offline = {**variables(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = in_new_process(*OPUS, cwd=tmp_path, **offline)
    assert done.returncode == 0, done.stderr
    runs = [
        json.loads(path.read_bytes()) for path in (tmp_path / "results").glob("runs/*/*/run.json")
    ]
    loaded = [run["fingerprint"]["checkpoint"] for run in runs]
    assert sorted(facts["checkpoint"] for facts in loaded) == ["own/ar-en", "own/tr-en"]
    assert {facts["commit"] for facts in loaded} == {lines[0][1]}
    assert hub.asked() == []


def test_a_run_without_network_says_how_to_fetch(small: list[str], tmp_path: Path):
    command = [*OPUS, *small]
    done = in_new_process(*command, cwd=tmp_path, **variables(tmp_path))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "evalharness: error: own/tr-en: not downloaded, and 127.0.0.1 cannot be reached"
        " (ConnectionError); run python -m evalharness fetch model=opus_mt"
        " \"model.checkpoint='own/{source}-{target}'\" where there is a network,"
        " or give model.checkpoint=FOLDER"
    )


def test_a_sweep_fetches_what_it_can_and_names_what_it_cannot(
    hub: Hub, small: list[str], tmp_path: Path
):
    done = in_new_process(
        *["fetch", "-m", "model=opus_mt", "model.pairs=[tr-en]", *small],
        "model.checkpoint=own/tr-en,own/none,own/ar-en",
        STRINGS,
        cwd=tmp_path,
        **variables(tmp_path, hub.url),
    )
    assert done.returncode == 2
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["own/tr-en", "own/ar-en"]
    assert done.stderr.splitlines()[-1].startswith(
        "evalharness: failed: model.checkpoint=own/none: own/none: neither a folder here nor"
    )
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "results/leaderboard.csv").exists()


def test_an_interrupted_download_ends_at_once(hub: Hub, small: list[str], tmp_path: Path):
    hub.repos["own/tr-en"].stalled["model.safetensors"] = 100
    process = subprocess.Popen(
        [sys.executable, "-m", "evalharness", "fetch", *OPUS, *small],
        cwd=tmp_path,
        env={**os.environ, **variables(tmp_path, hub.url)},
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 60
    while not any(
        asked.startswith("GET /own/tr-en/") and "safetensors" in asked for asked in hub.requests
    ):
        assert time.monotonic() < end
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, shown = process.communicate(timeout=60)
    assert process.returncode == 130
    assert shown.endswith("interrupted; the same command goes on from where it stopped\n")
    assert "Traceback" not in shown


def test_systems_without_weights_have_nothing_to_fetch(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    outcome = evalharness("fetch", "model=copy", *small, STRINGS)
    assert (outcome.code, outcome.out) == (0, "copy: nothing to fetch\n")
    assert not (tmp_path / "results").exists()
    outcome = evalharness("fetch", "-m", "model=copy,gloss", *small, STRINGS)
    assert outcome.code == 0, outcome.err
    assert outcome.out == "copy: nothing to fetch\ngloss: nothing to fetch\n"
    outcome = evalharness("fetch", "model=file", "model.path=out.txt", *small, STRINGS)
    assert outcome.out == "out: nothing to fetch\n"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["model=gloss", "testset.source_lang=de"], "gloss: does not translate German"),
        (["model=glos"], "did you mean gloss"),
        (["testset.source=nowhere.txt"], "nowhere.txt: no such file"),
        (["model=file"], "model.path: not given"),
    ],
)
def test_what_is_wrong_for_a_run_is_wrong_for_fetch(
    overrides: list[str], message: str, evalharness: CommandLine, small: list[str]
):
    outcome = evalharness("fetch", "model=copy", *small, *overrides)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert message in outcome.err
