"""What metrics load: downloaded in a run where that is wanted, and if not, absent with a reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from .conftest import in_new_process, read_scores
from .hub_server import Hub, Repo, environment, serving
from .systems.neural.tiny_checkpoints import build_opus_mt

WEIGHTED = "+metric.weighted={_target_:own_metrics.Weighted}"
FETCH = "python -m evalharness fetch metric=weighted"


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub with a metric's checkpoint and the one that it names."""
    with serving() as hub:
        hub.repos |= {"own/metric": Repo(), "own/encoder": Repo()}
        hub.repos["own/metric"].push({"encoder.txt": b"own/encoder\n", "weights.bin": b"1"})
        hub.repos["own/encoder"].push({"vocabulary.txt": b"a b c", "weights.bin": b"2"})
        yield hub


class Machine:
    """Runs commands on a machine with a cache of its own, and with or without a way to the hub."""

    def __init__(self, folder: Path, hub: Hub, testset: list[str]):
        self.folder, self.hub, self.testset = folder, hub, testset

    def call(self, *arguments: str, network: bool = True) -> CompletedProcess:
        command = [*arguments, *self.testset, "metric=bleu", WEIGHTED]
        url = [self.hub.url] if network else []
        return in_new_process(*command, cwd=self.folder, **environment(self.folder / "home", *url))

    def asked(self) -> list[str]:
        """The repositories that files were downloaded from, in order."""
        gets = [path for path in self.hub.asked() if path.startswith("GET /own/")]
        return list(dict.fromkeys("/".join(path.split("/")[1:3]) for path in gets))


@pytest.fixture
def machine(tmp_path: Path, hub: Hub, small: list[str], own_metrics: None) -> Machine:
    return Machine(tmp_path, hub, small)


@pytest.fixture
def neural(tmp_path: Path) -> list[str]:
    """A system with weights."""
    checkpoint = build_opus_mt(tmp_path / "opus")
    return ["model=opus_mt", f"model.checkpoint={checkpoint}", "model.pairs=[tr-en]", "device=cpu"]


def missing_requirement(results: Path) -> dict[str, str]:
    (path,) = results.glob("runs/*/*/scores.json")
    absent = json.loads(path.read_text(encoding="utf-8"))["unavailable"]
    return {text["metric"]: text["reason"] for text in absent}


def test_a_system_without_weights_leaves_a_metrics_weights_where_they_are(machine: Machine):
    done = machine.call("model=copy")
    assert done.returncode == 0, done.stderr
    assert missing_requirement(machine.folder / "results") == {
        "weighted": f"own/metric is not here; {FETCH}"
    }
    assert f"no weighted: own/metric is not here; {FETCH}\n" in done.stdout
    assert machine.hub.asked() == []


def test_what_is_to_be_fetched_is_fetched_once_and_then_there(machine: Machine):
    done = machine.call("model=copy", "+metric.weighted.fetch=true")
    assert done.returncode == 0, done.stderr
    assert machine.asked() == ["own/metric", "own/encoder"]
    assert set(read_scores(machine.folder / "results")["copy"]) == {"BLEU", "weighted"}
    again = machine.call("model=copy", "require_metrics=true", network=False)
    assert (again.returncode, again.stdout) == (0, done.stdout)


@pytest.mark.sample
@pytest.mark.parametrize("option", ["results_dir", "store.dir"])
def test_a_place_that_cannot_be_written_is_known_before_anything_is_downloaded(
    option: str, machine: Machine
):
    done = machine.call("model=copy", "+metric.weighted.fetch=true", f"{option}=/proc/none")
    assert done.returncode == 2
    assert f"choose another {option}=" in done.stderr
    assert machine.hub.asked() == []
    assert not (machine.folder / "results").exists()


@pytest.mark.sweep
def test_a_system_with_weights_brings_the_metrics_weights_along(
    machine: Machine, neural: list[str]
):
    done = machine.call(*neural, "+metric.weighted.fetch=false")
    assert done.returncode == 0, done.stderr
    assert machine.hub.asked() == []
    done = machine.call(*neural, "require_metrics=true")
    assert done.returncode == 0, done.stderr
    assert machine.asked() == ["own/metric", "own/encoder"]


@pytest.mark.sample
@pytest.mark.parametrize("obstacle", ["no network", "gated", "only the first one"])
def test_what_cannot_be_fetched_is_absent_with_the_reason_and_the_run_goes_on(
    obstacle: str, machine: Machine
):
    if obstacle != "no network":
        machine.hub.repos["own/metric" if obstacle == "gated" else "own/encoder"].gated = True
    done = machine.call(
        "model=copy",
        "+metric.weighted.fetch=true",
        "require_metrics=true",
        network=obstacle != "no network",
    )
    assert done.returncode == 1
    shown = done.stderr.splitlines()[-1]
    assert shown.startswith("evalharness: failed: weighted could not be computed, but is required;")
    reason = missing_requirement(machine.folder / "results")["weighted"]
    assert f"no weighted: {reason}" in " ".join(done.stdout.split())  # wrapped at the width
    assert reason not in done.stderr
    assert "BLEU" in read_scores(machine.folder / "results")["copy"]
    if obstacle == "no network":
        assert f"cannot be reached (ConnectionError); run {FETCH} where there is" in reason
    else:
        name = "own/metric" if obstacle == "gated" else "own/encoder"
        assert reason.startswith(f"{name}: gated: its licence has to be accepted first")


@pytest.mark.sweep
def test_what_the_hub_does_not_have_is_absent_and_what_no_metric_can_load_is_wrong_input(
    machine: Machine,
):
    command = ["model=copy", "+metric.weighted.fetch=true", "+metric.weighted.checkpoint=own/other"]
    done = machine.call(*command)
    assert done.returncode == 0, done.stderr
    assert missing_requirement(machine.folder / "results")["weighted"].startswith(
        "own/other: neither a folder here nor a repository on the hub that can be read"
    )
    machine.hub.repos["own/other"] = Repo()
    machine.hub.repos["own/other"].push({"weights.bin": b"1"})
    done = machine.call(*command, "results_dir=other")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(
        "evalharness: error: own/other: the repository has no encoder.txt at revision main"
    )
    assert not (machine.folder / "other").exists()


def test_the_fetch_command_fetches_what_metrics_load(machine: Machine):
    done = machine.call("fetch", "model=copy", network=False)
    assert done.returncode == 2
    assert "own/metric: not downloaded, and 127.0.0.1 cannot be reached" in done.stderr
    done = machine.call("fetch", "model=copy", "+metric.weighted.fetch=false")
    assert done.returncode == 0, done.stderr
    nothing, *lines = done.stdout.splitlines()
    assert nothing == "copy: nothing to fetch"
    commits = {name: repo.branches["main"] for name, repo in machine.hub.repos.items()}
    assert [line.split("\t")[:2] for line in lines] == [
        [name, commits[name]] for name in ("own/metric", "own/encoder")
    ]
    assert machine.call("model=copy", "require_metrics=true", network=False).returncode == 0


@pytest.mark.sweep
def test_the_systems_network_is_gone_when_metrics_compute(machine: Machine, neural: list[str]):
    done = machine.call(*neural, "+metric.alive={_target_:own_metrics.Networks}", network=False)
    assert done.returncode == 0, done.stderr
    assert read_scores(machine.folder / "results")["opus_mt"]["networks"]["score"] == 0
