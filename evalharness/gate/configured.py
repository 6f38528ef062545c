"""What a gate takes from its configuration, never from a run folder: metrics, checks, margins."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from evalharness.config import build, build_all
from evalharness.errors import EvalHarnessError
from evalharness.gate.limits import Limits
from evalharness.gate.margins import Margins
from evalharness.metrics import Metric

_LIMIT = re.compile(r"\+{0,2}((?:margin|max_rate)(?:\.[^=]+)?)=")
_MARGIN = re.compile(r"\+{0,2}margin(?:\.([^=]+))?=")


@contextmanager
def configured_metrics(config: DictConfig) -> Iterator[Mapping[str, Metric]]:
    """Builds the metrics that score again, by what `metric=` calls them.

    They read no store but one that the user names: what lies beside a candidate is the candidate's.
    """
    with tempfile.TemporaryDirectory(prefix="evalharness.") as temporary:
        usual = {"store": {"dir": config.store.dir or temporary}}
        nodes = OmegaConf.merge(config, usual).metric
        yield {str(name): build(nodes[name], f"metric.{name}") for name in nodes}


def limits_of(config: DictConfig) -> Limits:
    """Returns what is asked of checks, and the checks that look again.

    Raises:
        EvalHarnessError: A limit or a check is none.
    """
    words = [_LIMIT.match(word) for word in HydraConfig.get().overrides.task]
    return Limits(
        build_all(config.check, "check"),
        _numbers(config.margin),
        _numbers(config.max_rate),
        frozenset(found[1] for found in words if found),
        config.gate.base,
    )


def margins_of(config: DictConfig) -> Margins:
    """Returns the margins, and which of them stand on the command line.

    Raises:
        EvalHarnessError: One is none.
    """
    words = [_MARGIN.match(word) for word in HydraConfig.get().overrides.task]
    keys = [found[1] for found in words if found]
    margins = _numbers(config.margin)
    if none := sorted(name for name in keys if name in config.margin and name not in margins):
        raise EvalHarnessError(
            "null is not a margin", where=f"margin.{none[0]}", hint="leave it out"
        )
    return Margins(margins, frozenset(margins if None in keys else keys), config.gate.base)


def _numbers(node: DictConfig) -> dict[str, float]:
    """The numbers of a part of the configuration; `null` says that nothing is asked."""
    return {str(name): float(number) for name, number in node.items() if number is not None}
