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
    """How a command prints what it shows; `table` is for a terminal."""

    table = "table"
    csv = "csv"
    markdown = "markdown"
    latex = "latex"
    json = "json"
    html = "html"


class PairedTest(Enum):
    """How two systems are tested: by swapping outputs, or by resampling them (Koehn, 2004)."""

    randomization = "randomization"
    bootstrap = "bootstrap"


class FamilyScope(Enum):
    """What Holm's correction is for: pairs by one metric on one test set and pair, or all tests."""

    metric = "metric"
    all = "all"


class Dtype(Enum):
    """The number format that neural systems compute in."""

    auto = "auto"
    float32 = "float32"
    bfloat16 = "bfloat16"
    float16 = "float16"
    int8 = "int8"


class OnInconclusive(Enum):
    """What an open question means to a gate."""

    fail = "fail"
    warn = "warn"


@dataclass
class CommonConfig:
    """What every command takes.

    Attributes:
        results_dir: The one folder that is written to.
        format: How the command prints what it shows.
        debug: Whether errors show their traceback.
    """

    results_dir: Location = "results"
    format: Format = Format.table
    debug: bool = False


@dataclass
class Selection:
    """Which finished runs are shown; those on disk stay as they are.

    Attributes:
        testset: Only runs on the test set of this name.
        pair: Only runs on this language pair, such as `tr-en`.
        systems: Only runs of these systems, by name (`nllb`) or with the hash (`nllb.1a2b3c4d`);
            empty for all.
        exclude: No runs of these systems, named likewise.
    """

    testset: Text | None = None
    pair: Text | None = None
    systems: Texts = field(default_factory=list)
    exclude: Texts = field(default_factory=list)


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
        check: The checks, likewise.
        pivot: The language everything is translated into.
        limit: The first so many segments of each pair; `None` for all.
        device: Where neural systems and metrics compute: `auto`, `cpu`, `cuda`, `cuda:1`.
        dtype: What neural systems compute in.
        seed: Seeds everything random.
        bootstrap: How intervals are estimated.
        store: What is kept between runs.
        require_metrics: Whether a metric that could not be computed ends in exit code 1.
        input_format: Which format files of test sets and outputs are in; `auto` for what each looks
            like.
        slice: By which facts of the segments scores are shown in slices, too: a name or a list of
            them.
    """

    model: dict[str, Any] = field(default_factory=dict)
    testset: dict[str, Any] = field(default_factory=dict)
    metric: dict[str, Any] = field(default_factory=dict)
    check: dict[str, Any] = field(default_factory=dict)
    pivot: Text = "en"
    limit: int | None = None
    device: Text = "auto"
    dtype: Dtype = Dtype.auto
    seed: int = 12345
    bootstrap: BootstrapConfig = field(default_factory=BootstrapConfig)
    store: StoreConfig = field(default_factory=StoreConfig)
    require_metrics: bool = False
    input_format: Text = "auto"
    slice: Any = field(default_factory=list)


@dataclass
class LeaderboardOptions:
    """How the leaderboard is shown.

    Attributes:
        by: The column that ranks; `None` for the one that most runs have, of several the first.
    """

    by: Text | None = None


@dataclass
class LeaderboardConfig(CommonConfig):
    """The leaderboard command.

    Attributes:
        select: Which runs are shown.
        leaderboard: How they are shown.
        slice: By which facts of the segments scores are shown in slices, too: a name or a list of
            them.
    """

    select: Selection = field(default_factory=Selection)
    slice: Any = field(default_factory=list)
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
        metrics: Only these, as they are called in tables; `None` for all that two runs have.
        test: Where p-values come from.
        family: What the correction is for.
        trials: Randomization trials; `None` for as many as alpha takes.
        resamples: Bootstrap resamples; likewise.
        by: The metric whose best two systems are shown segment by segment; `None` for the first.
        examples: How many segments are shown.
        examples_of: The two systems whose segments are shown, instead of the best two.
    """

    metrics: Texts | None = None
    test: PairedTest = PairedTest.randomization
    family: FamilyScope = FamilyScope.metric
    trials: int | None = None
    resamples: int | None = None
    by: Text | None = None
    examples: int = 10
    examples_of: Texts | None = None


@dataclass
class CompareConfig(CommonConfig):
    """The compare command.

    Attributes:
        runs: Run folders, or names of systems, which mean all their runs.
        select: Which of them are compared.
        slice: By which facts of the segments scores are shown in slices, too: a name or a list of
            them.
        alpha: How often a family of tests may call equal systems different (`compare.family`).
        seed: Seeds everything random.
        compare: What is compared, how, and how that is shown.
    """

    runs: Texts = field(default_factory=list)
    select: Selection = field(default_factory=Selection)
    slice: Any = field(default_factory=list)
    alpha: float = 0.05
    seed: int = 12345
    compare: CompareOptions = field(default_factory=CompareOptions)


@dataclass
class GateOptions:
    """How the gate works.

    Attributes:
        system: The candidate's system, by name or with the hash, where its folder holds several;
            `None` for all.
        on_inconclusive: Whether an open question stops the candidate.
        junit: The file for JUnit XML; `None` for none.
        base: The revision of git that the baseline and its margins are taken from; `None` for the
            working tree.
    """

    system: Text | None = None
    on_inconclusive: OnInconclusive = OnInconclusive.fail
    junit: Location | None = None
    base: Text | None = None


@dataclass
class GateConfig(CommonConfig):
    """The gate command.

    Attributes:
        baseline: The folder with what the candidate is held to.
        candidate: A run folder, or a results folder.
        select: Which verdicts are shown; the decision is about all.
        update: Whether to write the baseline instead, from the candidate.
        margin: How much worse is still good enough, by metric, in the metric's own unit; or by
            check, as a rate. `None` for what is not asked of a check.
        max_rate: How high a rate may be, by check; `None` for what is not asked.
        alpha: How often the gate may pass any question wrongly, and how often fail any.
        gate: How it works.
        metric: What scores the hypotheses again, by the name of its file.
        check: What looks at them again, likewise.
        device: Where neural ones compute.
        store: What these keep; the folder `""` for one that is removed at the end.
    """

    baseline: Location | None = None
    candidate: Location = MISSING
    select: Selection = field(default_factory=Selection)
    update: bool = False
    margin: dict[str, float | None] = field(default_factory=dict)
    max_rate: dict[str, float | None] = field(default_factory=dict)
    alpha: float = 0.05
    gate: GateOptions = field(default_factory=GateOptions)
    metric: dict[str, Any] = field(default_factory=dict)
    check: dict[str, Any] = field(default_factory=dict)
    device: str = "auto"
    store: StoreConfig = field(default_factory=StoreConfig)


@dataclass
class RunsConfig(CommonConfig):
    """The runs command.

    Attributes:
        select: Which runs are listed.
        rename: A run folder, or the name of a system, which means all its runs.
        to: The new name of its system.
        delete: Likewise.
        verify: Likewise.
        yes: Whether to delete without asking.
        metric: What computes scores again, by the name of its file.
        device: Where neural ones compute.
        store: What these keep; the folder `""` for one that is removed at the end.
    """

    select: Selection = field(default_factory=Selection)
    rename: Text | None = None
    to: Text | None = None
    delete: Text | None = None
    verify: Text | None = None
    yes: bool = False
    metric: dict[str, Any] = field(default_factory=dict)
    device: str = "auto"
    store: StoreConfig = field(default_factory=StoreConfig)


SCHEMAS: Mapping[str, type[CommonConfig]] = {
    "run": RunConfig,
    "fetch": RunConfig,
    "leaderboard": LeaderboardConfig,
    "compare": CompareConfig,
    "gate": GateConfig,
    "runs": RunsConfig,
    "list": ListConfig,
}
"""What each command takes, by its name."""


def register_schemas() -> None:
    """Makes the schemas known to Hydra, as `<command>_schema`."""
    store = ConfigStore.instance()
    for command, schema in SCHEMAS.items():
        known = store.repo.get(f"{command}_schema.yaml")
        if known is None or OmegaConf.get_type(known.node) is not schema:
            store.store(name=f"{command}_schema", node=schema)
