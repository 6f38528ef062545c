"""The schema of the composed configuration: what each command takes.

A group's own options (`model.*`, `testset.*`, `metric.<name>.*`) are declared once, as the fields
of the dataclass that `_target_` names: `building` checks the configuration against them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from hydra.core.config_store import ConfigStore
from omegaconf import MISSING, OmegaConf

from evalharness.config.hints import Location, Text, Texts

# conf/common.yaml uses it. At import, so that the processes of a parallel sweep know it, too.


def _default_store(results_dir: str) -> str:
    """The store that `EVALHARNESS_STORE` names, if it names one: a path, and so no secret."""
    return os.environ.get("EVALHARNESS_STORE") or f"{results_dir}/store"


OmegaConf.register_new_resolver("home", os.path.expanduser, replace=True)
OmegaConf.register_new_resolver("default_store", _default_store, replace=True)


class Format(Enum):
    """How a table is printed."""

    table = "table"
    csv = "csv"
    markdown = "markdown"
    latex = "latex"


class CompareFormat(Enum):
    """How a comparison is printed."""

    table = "table"
    markdown = "markdown"
    latex = "latex"
    json = "json"


class PairedTest(Enum):
    """How two systems are tested: by swapping outputs, or by resampling them (Koehn, 2004)."""

    randomization = "randomization"
    bootstrap = "bootstrap"


class Dtype(Enum):
    """The number format that neural systems compute in."""

    auto = "auto"
    float32 = "float32"
    bfloat16 = "bfloat16"
    float16 = "float16"
    int8 = "int8"


class GateFormat(Enum):
    """How a gate's verdicts are printed."""

    table = "table"
    markdown = "markdown"
    json = "json"


class OnInconclusive(Enum):
    """What an open question means to a gate."""

    fail = "fail"
    warn = "warn"


@dataclass
class CommonConfig:
    """What every command takes.

    Attributes:
        results_dir: The one folder that is written to.
        debug: Whether errors show their traceback.
    """

    results_dir: Location = "results"
    debug: bool = False


@dataclass
class BootstrapConfig:
    """How intervals are estimated.

    Attributes:
        resamples: How many resamples; at least 40.
    """

    resamples: int = 1000


@dataclass
class StoreConfig:
    """What is kept between runs.

    Attributes:
        dir: The store's folder; several processes and machines may share one.
        max_gb: How many GB of embeddings it keeps; those not used for longest go first.
        shared: Whether others may read what paid services answered, as far as the umask lets them.
        read: Whether what is kept there is used; what is new is kept in any case.
    """

    dir: Location = MISSING
    max_gb: float = 8.0
    shared: bool = False
    read: bool = True


@dataclass
class RunConfig(CommonConfig):
    """A run.

    Attributes:
        model: The system, by its class and the class's fields.
        testset: The test set, likewise.
        metric: The metrics, likewise, by the name of their file.
        pivot: The language everything is translated into.
        limit: The first so many segments of each pair; `None` for all.
        device: Where neural systems and metrics compute: `auto`, `cpu`, `cuda`, `cuda:1`.
        dtype: What neural systems compute in.
        seed: Seeds everything random.
        bootstrap: How intervals are estimated.
        store: What is kept between runs.
        require_metrics: Whether a metric that could not be computed ends in exit code 1.
    """

    model: dict[str, Any] = field(default_factory=dict)
    testset: dict[str, Any] = field(default_factory=dict)
    metric: dict[str, Any] = field(default_factory=dict)
    pivot: Text = "en"
    limit: int | None = None
    device: Text = "auto"
    dtype: Dtype = Dtype.auto
    seed: int = 12345
    bootstrap: BootstrapConfig = field(default_factory=BootstrapConfig)
    store: StoreConfig = field(default_factory=StoreConfig)
    require_metrics: bool = False


@dataclass
class LeaderboardOptions:
    """How the leaderboard is shown.

    Attributes:
        by: The column that ranks; `None` for the one that most runs have, of several the first.
        format: How it is printed.
    """

    by: Text | None = None
    format: Format = Format.table


@dataclass
class LeaderboardConfig(CommonConfig):
    """The leaderboard command."""

    leaderboard: LeaderboardOptions = field(default_factory=LeaderboardOptions)


@dataclass
class ListConfig(CommonConfig):
    """The list command.

    Attributes:
        show: Groups (`model`) that are shown in full, choices (`model=nllb`) with their options.
    """

    show: list[str] = field(default_factory=list)


@dataclass
class CompareOptions:
    """What is compared, how, and how that is shown.

    Attributes:
        testset: Only runs on the test set of this name.
        pair: Only runs on this language pair, such as `tr-en`.
        metrics: Only these, as they are called in tables; `None` for all that two runs have.
        test: Where p-values come from.
        trials: Randomization trials; `None` for as many as alpha takes.
        resamples: Bootstrap resamples; likewise.
        by: The metric whose best two systems are shown side by side; `None` for the first.
        examples: How many segments are shown.
        examples_of: The two systems whose segments are shown, instead of the best two.
        format: How it is printed.
    """

    testset: Text | None = None
    pair: Text | None = None
    metrics: Texts | None = None
    test: PairedTest = PairedTest.randomization
    trials: int | None = None
    resamples: int | None = None
    by: Text | None = None
    examples: int = 10
    examples_of: Texts | None = None
    format: CompareFormat = CompareFormat.table


@dataclass
class CompareConfig(CommonConfig):
    """The compare command.

    Attributes:
        runs: Run folders, or names of systems, which mean all their runs.
        alpha: How often the whole comparison may call equal systems different.
        seed: Seeds everything random.
        compare: What is compared, how, and how that is shown.
    """

    runs: Texts = field(default_factory=list)
    alpha: float = 0.05
    seed: int = 12345
    compare: CompareOptions = field(default_factory=CompareOptions)


@dataclass
class GateOptions:
    """How the gate works.

    Attributes:
        system: The candidate's system, where the results hold several on a language pair.
        on_inconclusive: Whether an open question stops the candidate.
        format: How the verdicts are printed.
        junit: The file for JUnit XML; `None` for none.
        base: The revision of git that the baseline and its margins are taken from; `None` for the
            working tree.
    """

    system: Text | None = None
    on_inconclusive: OnInconclusive = OnInconclusive.fail
    format: GateFormat = GateFormat.table
    junit: Location | None = None
    base: Text | None = None


@dataclass
class GateConfig(CommonConfig):
    """The gate command.

    Attributes:
        baseline: The folder with what the candidate is held to.
        candidate: A run folder, or a results folder.
        update: Whether to write the baseline instead, from the candidate.
        margin: How much worse is still good enough, by metric, in the metric's own unit.
        alpha: How often the gate may pass any question wrongly, and how often fail any.
        gate: How it works.
        metric: What scores the hypotheses again, by the name of its file.
        testset: The target language that these metrics are configured for.
        device: Where neural ones compute.
        store: What these keep; the folder `""` for one that is removed at the end.
    """

    baseline: Location | None = None
    candidate: Location = MISSING
    update: bool = False
    margin: dict[str, float] = field(default_factory=dict)
    alpha: float = 0.05
    gate: GateOptions = field(default_factory=GateOptions)
    metric: dict[str, Any] = field(default_factory=dict)
    testset: dict[str, Any] = field(default_factory=dict)
    device: str = "auto"
    store: StoreConfig = field(default_factory=StoreConfig)


SCHEMAS: Mapping[str, type[CommonConfig]] = {
    "run": RunConfig,
    "fetch": RunConfig,
    "leaderboard": LeaderboardConfig,
    "compare": CompareConfig,
    "gate": GateConfig,
    "list": ListConfig,
}
"""What each command takes, by its name."""


def register_schemas() -> None:
    """Makes the schemas known to Hydra, as `<command>_schema`."""
    for command, schema in SCHEMAS.items():
        ConfigStore.instance().store(name=f"{command}_schema", node=schema)
