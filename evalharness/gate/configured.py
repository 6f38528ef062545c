"""What a gate takes from its configuration, never from a run folder: metrics and margins."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from evalharness.config import build
from evalharness.gate.assess import Configured
from evalharness.gate.margins import Margins
from evalharness.metrics import Metric

_MARGIN = re.compile(r"\+{0,2}margin(?:\.([^=]+))?=")


@contextmanager
def configured_metrics(config: DictConfig) -> Iterator[Configured]:
    """Builds the metrics that score again, each when it is first asked for.

    They read no store but one that the user names: what lies beside a candidate is the candidate's.
    """
    with tempfile.TemporaryDirectory(prefix="evalharness.") as temporary:
        store = config.store.dir or temporary

        @cache
        def build_for(target_lang: str) -> Mapping[str, Metric]:
            usual = {"testset": {"target_lang": target_lang}, "store": {"dir": store}}
            nodes = OmegaConf.merge(config, usual).metric
            return {str(name): build(nodes[name], f"metric.{name}") for name in nodes}

        yield build_for


def margins_of(config: DictConfig) -> Margins:
    """Returns the margins, and which of them stand on the command line.

    Raises:
        EvalHarnessError: One is none.
    """
    words = [_MARGIN.match(word) for word in HydraConfig.get().overrides.task]
    keys = [found[1] for found in words if found]
    margins = {str(name): float(margin) for name, margin in config.margin.items()}
    return Margins(margins, frozenset(margins if None in keys else keys), config.gate.base)
