"""What is looked at before anything is translated: options, the names of parts, the test set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from omegaconf import DictConfig

from evalharness.checks import Check
from evalharness.compute import check_device
from evalharness.errors import EvalHarnessError
from evalharness.languages import language
from evalharness.metrics import Metric
from evalharness.results import check_name, is_taken
from evalharness.stats import FEWEST_RESAMPLES, MOST_RESAMPLES
from evalharness.values import Bitext
from evalharness.versions import versions


def check_part_names(metrics: Sequence[Metric], checks: Sequence[Check]) -> None:
    """Refuses metrics and checks that share a name, or that no column can bear.

    Raises:
        EvalHarnessError: There is one.
    """
    for kind, names in (
        ("metric", [metric.name for metric in metrics]),
        ("check", [check.id for check in checks]),
    ):
        if twice := {name for name in names if names.count(name) > 1}:
            raise EvalHarnessError(f"two {kind}s called {', '.join(twice)}", where=kind)
        for name in names:
            check_name(name, kind)
            if kind == "metric" and is_taken(name):
                raise EvalHarnessError(
                    f"{name!r} is the name of another column of the leaderboard",
                    where=kind,
                    hint="give the metric another name",
                )


def check_bitexts(testset: str, bitexts: Sequence[Bitext]) -> None:
    """Refuses segments that share an id, and language pairs that share a folder.

    Args:
        testset: The test set's name.
        bitexts: Its language pairs.

    Raises:
        EvalHarnessError: There are such segments or pairs.
    """
    pairs = Counter(bitext.pair for bitext in bitexts)
    if pair := next((pair for pair, count in pairs.items() if count > 1), None):
        raise EvalHarnessError(f"{pair} is there twice", where=testset)
    for bitext in bitexts:
        ids = Counter(segment.id for segment in bitext.segments)
        for id_, count in ids.items():
            if count > 1:
                raise EvalHarnessError(
                    f"{bitext.pair}: {count} segments have the id {id_!r}",
                    where=testset,
                    hint="give each segment an id of its own",
                )


def check_options(config: DictConfig) -> None:
    """Refuses options that are out of their range, before anything is read or made.

    Raises:
        EvalHarnessError: One is.
    """
    versions()
    language(config.pivot, where="pivot")
    for option, folder in (("results_dir", config.results_dir), ("store.dir", config.store.dir)):
        if not folder:
            raise EvalHarnessError("empty", where=option, hint=f"give {option}=DIR")
    check_device(config.device)
    if not config.metric:
        raise EvalHarnessError("none chosen", where="metric", hint="python -m evalharness list")
    if config.bootstrap.resamples > MOST_RESAMPLES:
        raise EvalHarnessError(f"more than {MOST_RESAMPLES}", where="bootstrap.resamples")
    for option, value, least in (
        ("limit", config.limit, 1),
        ("seed", config.seed, 0),
        ("bootstrap.resamples", config.bootstrap.resamples, FEWEST_RESAMPLES),
    ):
        if value is not None and value < least:
            raise EvalHarnessError(f"{value} is less than {least}", where=option)
