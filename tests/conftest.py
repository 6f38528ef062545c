"""What the tests share: the real data, small inputs, and the command line."""

from __future__ import annotations

import csv
import gc
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra.plugins.config_source import ConfigResult
from hypothesis import settings

from .hub_server import environment

# As many processes as cores run the tests: threads beside them would only wait for each other.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ.pop("EVALHARNESS_STORE", None)
# Nor do they reach the hub, or find what somebody downloaded from it.
os.environ.update(environment(Path(tempfile.gettempdir()) / f"evalharness.{os.getpid()}"))

# Started in the background or by `nohup`, the suite ignores SIGINT, and what it starts would, too.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is no failure; and the whole suite is to take less than five minutes.
settings.register_profile("unhurried", deadline=None, max_examples=40)
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data beside the checkout."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"needs the shared data folder beside the checkout ({SHARED_DATA.name})")
    return SHARED_DATA


@pytest.fixture(scope="session")
def flores(shared_data: Path) -> Path:
    return shared_data / "flores-outputs"


def read_lines(path: Path | str) -> list[str]:
    r"""The lines of a file in UTF-8; only `\n` ends one."""
    return Path(path).read_bytes().decode().removesuffix("\n").split("\n")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves sweeps of cases to CI, and all but a sample of others, unless `-m` asks for them."""
    if os.environ.get("CI") or config.option.markexpr:
        return
    left = {item for item in items if item.get_closest_marker("sweep")}
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("sample"):
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left.update(item for several in cases.values() for item in several if several.index(item) % 3)
    config.hook.pytest_deselected(items=list(left))
    items[:] = [item for item in items if item not in left]


def pytest_collection_finish() -> None:
    """Lets the garbage collector, which some tests run often, pass over what was imported."""
    gc.collect()
    gc.freeze()


def remember_configuration_files() -> None:
    """Has Hydra parse each of its YAML files once, not once in each command."""
    parse, parsed = FileConfigSource.load_config, dict[object, bytes]()

    def load_config(self: FileConfigSource, config_path: str) -> ConfigResult:
        path = Path(self.path, self._normalize_file_name(config_path))
        if not path.is_file():
            return parse(self, config_path)
        state = path.stat()
        key = (self.provider, path.resolve(), state.st_ino, state.st_mtime_ns, state.st_size)
        if key not in parsed:
            parsed[key] = pickle.dumps(parse(self, config_path))
        result: ConfigResult = pickle.loads(parsed[key])
        return result

    FileConfigSource.load_config = load_config


remember_configuration_files()


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


CommandLine = Callable[..., Outcome]


@pytest.fixture
def evalharness(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> CommandLine:
    """Runs the command line in this process, in an empty folder."""
    from evalharness.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["evalharness"])
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")

    def call(*arguments: str) -> Outcome:
        capfd.readouterr()
        try:
            code = main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        return Outcome(code, *capfd.readouterr())

    return call


@pytest.fixture
def own_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets `_target_` name the classes of tests/plugins/own_metrics.py, also in new processes."""
    folder = ROOT / "tests/plugins"
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")


Prepare = Callable[[str, Path, Callable[[], None]], None]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepare:
    """Does what many tests begin with once, and copies what it leaves into each one's folder."""
    root = tmp_path_factory.mktemp("prepared")

    def prepare(name: str, folder: Path, make: Callable[[], None]) -> None:
        if (root / name).exists():
            shutil.copytree(root / name, folder, dirs_exist_ok=True)
            return
        make()
        shutil.copytree(folder, root / name)

    return prepare


@pytest.fixture
def small(tmp_path: Path) -> list[str]:
    """Three Turkish lines, their reference, and the overrides that name them."""
    return write_small(tmp_path)


def write_small(tmp_path: Path) -> list[str]:
    (tmp_path / "src.txt").write_text("kırmızı elma\nmavi deniz\nsarı güneş\n", encoding="utf-8")
    (tmp_path / "ref.txt").write_text("red apple\nblue sea\nyellow sun\n", encoding="utf-8")
    return ["testset=text", *text_testset("src.txt", "ref.txt")]


def text_testset(source: Path | str, *references: Path | str, lang: str = "tr") -> list[str]:
    return [
        "testset=text",
        f"testset.source_lang={lang}",
        f"testset.source={source}",
        f"testset.references=[{','.join(map(str, references))}]",
    ]


def in_new_process(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess:
    """Runs `python -m evalharness` as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "evalharness", *arguments],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "120", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def read_scores(results: Path) -> dict[str, dict[str, dict]]:
    """The content of every scores.json: by system, then by metric."""
    found = {}
    for path in sorted(results.glob("runs/*/*/scores.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        found[content["system"]] = {score["metric"]: score for score in content["scores"]}
    return found


def read_leaderboard(results: Path) -> list[dict[str, str]]:
    with (results / "leaderboard.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
