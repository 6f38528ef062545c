"""Scoring outputs that exist, for Python and for the command `score`."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from evalharness.api.mappings import Scores
from evalharness.api.shapes import (
    References,
    languages_of,
    list_texts,
    name_outputs,
    name_references,
)
from evalharness.comparison.kept import read_kept_tests
from evalharness.config import RunConfig, absolute, build_all, explained, settle
from evalharness.config.composing import compose_config
from evalharness.errors import EvalHarnessError
from evalharness.evaluation import evaluate
from evalharness.leaderboard import Board, rebuild
from evalharness.preparation import check_options
from evalharness.results import Run, read_runs
from evalharness.systems import FileSystem, GivenOutputs
from evalharness.testsets import GivenTestSet, TestSet, Texts

_RESULTS = re.compile(r"\+{0,2}results_dir=")
_METRICS = {"chrf2": "chrf", "chrf++": "chrfpp", "chrf2++": "chrfpp"}


def score(
    outputs: Mapping[str, Iterable[str]] | Iterable[str],
    *,
    references: References | None,
    sources: Iterable[str] | None,
    pair: str | None,
    metrics: Sequence[str] | None,
    checks: Sequence[str] | None,
    documents: Iterable[str] | None,
    testset: str,
    results_dir: str | Path | None,
    store: str | Path | None,
    device: str,
    seed: int,
    overrides: Sequence[str],
) -> Scores:
    """Scores outputs; see `evalharness.score`."""
    systems = name_outputs(outputs)
    count = len(next(iter(systems.values())))
    named = name_references(references, count)
    given_sources = None if sources is None else list_texts("sources", sources, count)
    ids = None if documents is None else list_texts("documents", documents, count)
    source_lang, target_lang = languages_of(pair)
    looked_for = [] if checks is None else [f"check=[{','.join(checks)}]"]
    options = [f"device={device}", f"seed={seed}", *looked_for, *overrides]
    config, keep = configure(options, metrics, results_dir)
    if store is not None:
        config.store.dir = absolute(str(store))
    given = GivenTestSet(
        Texts(
            given_sources,
            list(named.values()),
            ids or [None] * count,
            "sources",
            names=list(named),
        ),
        source_lang,
        target_lang,
        testset,
        config.testset.provenance,
        config.testset.on_empty,
    )
    config.testset = {
        "_target_": "evalharness.testsets.GivenTestSet",
        "name": testset,
        "source_lang": source_lang,
        "target_lang": target_lang,
    }
    made = [GivenOutputs("", name, lines=tuple(lines)) for name, lines in systems.items()]
    scores = score_systems([(given, made)], config, keep)
    absent = [absence for run in scores.runs for absence in run.unavailable]
    if metrics is not None and absent:
        raise EvalHarnessError(f"{absent[0].metric}: {absent[0].reason}", where="metrics")
    return scores


def load(results_dir: str | Path = "results") -> Scores:
    """Reads finished runs; see `evalharness.load`.

    Raises:
        EvalHarnessError: There is no finished run.
    """
    results = Path(absolute(str(results_dir)))
    runs = read_runs(results)
    if not runs:
        raise EvalHarnessError("no complete run", where=results / "runs")
    return Scores(Board(results, runs, read_kept_tests(results)), runs)


def configure(
    overrides: Sequence[str],
    metrics: Sequence[str] | None,
    results_dir: str | Path | None,
    own: Path | None = None,
) -> tuple[DictConfig, object]:
    """Composes the configuration of a run over outputs that exist.

    Args:
        overrides: Hydra overrides of the user's.
        metrics: What `metric=` calls them; a word with a `/` is a COMET checkpoint. Metrics that
            are named are downloaded if need be, and required. `None` for the usual ones.
        results_dir: Where runs go; `None` for a temporary folder.
        own: A folder of configuration files of the user's own; `None` for none.

    Returns:
        The configuration, and what has to live as long as its results folder is needed.

    Raises:
        EvalHarnessError: No metric is named; an override, or the name of a metric, is wrong.
    """
    if any(_RESULTS.match(word) for word in overrides):
        raise EvalHarnessError("not an override here", where="results_dir", hint="give it by name")
    words = ["testset=text", "model=file"]
    checkpoints: list[str] = []
    if metrics is not None:
        checkpoints = [name for name in metrics if "/" in name]
        choices = [_METRICS.get(name.lower(), name.lower()) for name in metrics if "/" not in name]
        if not metrics:
            raise EvalHarnessError("none chosen", where="metrics")
        if checkpoints and "comet" not in choices:
            choices.append("comet")
        words.append(f"metric=[{','.join(dict.fromkeys(choices))}]")
    try:
        config = compose_config([*words, *overrides], own=own)
    except (HydraException, OmegaConfBaseException) as error:
        raise EvalHarnessError(explained(error) or str(error)) from error
    keep = tempfile.TemporaryDirectory() if results_dir is None else None
    config.results_dir = keep.name if keep else str(results_dir)
    settle(config, RunConfig)
    if metrics is not None:
        _require(config, checkpoints, "comet" in map(str.lower, metrics))
    return config, keep


def _require(config: DictConfig, checkpoints: Sequence[str], comet: bool) -> None:
    """Has the metrics downloaded that are named, and adds one for each checkpoint."""
    config.require_metrics = True
    base = OmegaConf.to_container(config.metric.comet) if checkpoints else None
    if checkpoints and not comet:
        del config.metric["comet"]
    for number, checkpoint in enumerate(checkpoints, 1):
        assert isinstance(base, dict)
        config.metric[f"comet_{number}"] = {**base, "checkpoint": checkpoint}
    for options in config.metric.values():
        if "fetch" in options:
            options.fetch = True


def score_systems(
    groups: Sequence[tuple[TestSet, Sequence[FileSystem]]], config: DictConfig, keep: object = None
) -> Scores:
    """Scores systems on test sets, and writes a run folder for each.

    Args:
        groups: The test sets, each with the systems' outputs for it.
        config: What `configure` returned.
        keep: Likewise.

    Raises:
        EvalHarnessError: A name, a text, a metric or an option is wrong.
    """
    for _, systems in groups:
        names = [system.name for system in systems]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise EvalHarnessError(
                f"two systems are called {', '.join(twice)}", hint="name them: NAME=FILE"
            )
    check_options(config)
    runs = [run for testset, systems in groups for run in _evaluate(systems, testset, config)]
    metrics = [metric.name for metric in build_all(config.metric, "metric")]
    board = rebuild(Path(config.results_dir))
    return Scores(board, [run.only(metrics) for run in runs], keep)


def _evaluate(systems: Sequence[FileSystem], testset: TestSet, config: DictConfig) -> Sequence[Run]:
    recorded = []
    for system in systems:
        own = config.copy()
        own.model = {"_target_": "evalharness.systems.FileSystem", "path": system.path}
        own.model.name = system.name
        if system.column:
            own.model.column = system.column
        own.model.repeats = config.model.get("repeats", 1)
        recorded.append((system, own))
    return evaluate(recorded, testset, config)
