"""Composing the configuration without Hydra's command line, and without touching its state."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy, deepcopy
from typing import Any

from omegaconf import DictConfig, OmegaConf

from evalharness import resources
from evalharness.config.options import option_hints
from evalharness.config.schema import register_schemas
from evalharness.config.spelling import spelled

_ONE_AT_A_TIME = threading.Lock()


def compose_config(overrides: Sequence[str], name: str = "config") -> DictConfig:
    """Composes a command's configuration.

    An application of somebody's own that uses Hydra keeps its configuration, its schemas and its
    version base: Hydra's singletons are set aside meanwhile.

    Args:
        overrides: Hydra overrides, as they were typed.
        name: The command's configuration in `conf/`.

    Returns:
        The configuration, open to new keys.

    Raises:
        HydraException: An override is wrong.
    """
    import hydra

    with _state_of_its_own():
        register_schemas()
        folder = str(resources.folder("conf"))
        with hydra.initialize_config_dir(folder, job_name="evalharness", version_base="1.3"):
            config = hydra.compose(name, overrides=[spelled(word, _hints) for word in overrides])
    OmegaConf.set_struct(config, False)
    return config


def _hints(key: str) -> Sequence[Any]:
    return option_hints("run", key, None)


@contextmanager
def _state_of_its_own() -> Iterator[None]:
    """Sets Hydra's singletons aside, but for the plugins that it has found."""
    from hydra.core.config_store import ConfigStore
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.hydra_config import HydraConfig
    from hydra.core.singleton import Singleton
    from hydra.version import VersionBase

    with _ONE_AT_A_TIME:
        store = copy(ConfigStore.instance())
        store.repo = deepcopy(store.repo)
        before = Singleton._instances
        ours: dict[Any, Any] = {**before, ConfigStore: store}
        for kind in (GlobalHydra, HydraConfig, VersionBase):
            ours.pop(kind, None)
        Singleton._instances = ours
        try:
            yield
        finally:
            Singleton._instances = before
