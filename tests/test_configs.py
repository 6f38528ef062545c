"""Every YAML file composes, and every choice becomes the object it names."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hydra.utils import get_class
from omegaconf import OmegaConf

from evalharness.commands.list import GROUPS
from evalharness.config import build, redacted_yaml, register_schemas

from .conftest import ROOT

CONF = ROOT / "conf"
REQUIRED = {
    "model.path": "out.txt",
    "model.base_url": "http://localhost:1/v1",
    "model.model": "m",
    "model.command": "[cat]",
    "testset.source_lang": "tr",
    "testset.source": "src.txt",
    "testset.path": "set.xml",
    "testset.name": "wmt18",
    "testset.repository": "own/set",
    "testset.pairs": "[tr-en]",
}
CHOICES = [(group, path.stem) for group in GROUPS for path in sorted((CONF / group).glob("*.yaml"))]
COMMANDS = [path.stem for path in sorted(CONF.glob("*.yaml")) if path.stem != "common"]


@pytest.fixture(autouse=True)
def hydra_app():
    register_schemas()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        yield


def composed(*overrides: str):
    return compose("config", overrides=list(overrides), return_hydra_config=True)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_composes_without_stray_folders(command: str):
    config = compose(command, return_hydra_config=True)
    assert config.hydra.job.name == "evalharness"
    assert config.hydra.output_subdir is None
    assert config.hydra.run.dir == "."
    assert config.hydra.sweep.dir.startswith("results/")


@pytest.mark.sample
@pytest.mark.parametrize(("group", "choice"), CHOICES)
def test_every_choice_is_built_and_lists_all_its_options(group: str, choice: str):
    node = compose("config", overrides=[f"{group}={choice}"])[group]
    needed = sorted(OmegaConf.missing_keys(node))
    overrides = [f"{option}={REQUIRED[option]}" for option in needed]
    node = compose("config", overrides=[f"{group}={choice}", *overrides])[group]
    if group in ("metric", "check"):
        (node,) = node.values()
    built = build(node, group)
    assert built.id if group == "check" else built.name
    reason = built.missing_requirement()
    if "checkpoint" in node and group == "metric":  # nothing is downloaded for tests
        assert str(reason).endswith(f"; python -m evalharness fetch metric={choice}")
    elif choice != "smollm2":  # its weights come with a package that no extra can name
        assert reason is None
    fields = {field.name for field in dataclasses.fields(get_class(node._target_))}
    # How many passes are made is said beside every system's own options.
    assert fields == set(node) - ({"_target_", "repeats"} if group == "model" else {"_target_"})


@pytest.mark.sample
@pytest.mark.parametrize(("group", "choice"), CHOICES)
def test_every_choice_begins_by_saying_what_it_is(group: str, choice: str):
    first = (CONF / group / f"{choice}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# ")
    assert first.endswith((".", ","))


@pytest.mark.parametrize("path", sorted((CONF / "experiment").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_experiment_composes_and_begins_with_its_command(path: Path):
    assert f"experiment={path.stem}" in path.read_text(encoding="utf-8").splitlines()[1]
    assert composed(f"experiment={path.stem}").metric


def jobs_of(experiment: str) -> list[list[str]]:
    """The overrides of each job that an experiment sweeps over."""
    params = composed(f"experiment={experiment}").hydra.sweeper.params or {}
    choices = [[f"{key}={value}" for value in values.split(",")] for key, values in params.items()]
    return [list(job) for job in itertools.product(*choices)]


@pytest.mark.parametrize(
    ("experiment", "names", "checkpoints"),
    [
        ("baselines", ["copy", "gloss"], None),
        ("engines", ["nllb-transformers", "nllb-ctranslate2"], 1),
        (
            "nllb_sizes",
            [f"nllb-200-{size}" for size in ("distilled-600M", "distilled-1.3B", "1.3B", "3.3B")],
            4,
        ),
    ],
)
def test_every_job_of_an_experiment_is_a_system_with_a_name_of_its_own(
    experiment: str, names: list[str], checkpoints: int | None
):
    systems = []
    for job in jobs_of(experiment):
        config = composed(f"experiment={experiment}", *job)
        HydraConfig.instance().set_config(config)
        systems.append(build(config.model, "model"))
    assert [system.name for system in systems] == names
    if checkpoints is not None:
        assert len({system.checkpoint.partition("@")[0] for system in systems}) == checkpoints
        for system in systems:
            assert system.checkpoint.startswith("facebook/nllb-200-")


def test_metrics_are_chosen_as_a_list():
    assert set(composed("metric=[ter,chrfpp]").metric) == {"ter", "chrfpp"}
    assert set(composed("metric=bleu").metric) == {"bleu"}


def test_a_command_line_choice_beats_the_experiment():
    assert set(composed("experiment=string_metrics", "metric=[ter]").metric) == {"ter"}


def test_environment_variables_never_reach_the_saved_configuration(monkeypatch):
    monkeypatch.setenv("A_KEY", "sesame")
    config = composed("model.name=${oc.env:A_KEY}")
    config.testset.name = "${model.name}"  # the secret by way of another option
    shown = redacted_yaml(config)
    assert config.testset.name == "sesame"
    assert "sesame" not in shown
    assert "${oc.env:A_KEY}" in shown
