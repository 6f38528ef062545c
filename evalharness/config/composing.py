"""Composing the configuration without Hydra's command line, and without touching its state."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy, deepcopy
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from evalharness import resources
from evalharness.config.options import check_choices, option_hints
from evalharness.config.schema import register_schemas
from evalharness.config.spelling import spelled
from evalharness.errors import EvalHarnessError

_ONE_AT_A_TIME = threading.Lock()


def compose_config(
    overrides: Sequence[str], name: str = "config", own: Path | None = None
) -> DictConfig:
    """Composes a command's configuration.

    An application of somebody's own that uses Hydra keeps its configuration, its schemas and its
    version base: Hydra's singletons are set aside meanwhile.

    Args:
        overrides: Hydra overrides, as they were typed.
        name: The command's configuration in `conf/`.
        own: A folder of configuration files of the user's own; `None` for none.

    Returns:
        The configuration, open to new keys.

    Raises:
        HydraException: An override is wrong.
        EvalHarnessError: There is no such folder.
    """
    import hydra

    if own is not None:
        if not own.is_dir():
            raise EvalHarnessError("no such folder", where=f"--config-dir {own}")
        check_choices(own)

    with _state_of_its_own():
        register_schemas()
        folder = str(resources.folder("conf"))
        with hydra.initialize_config_dir(folder, job_name="evalharness", version_base="1.3"):
            words = [spelled(word, lambda key: option_hints("run", key, own)) for word in overrides]
            if own is not None:
                path = str(own).replace("\\", "\\\\").replace("'", "\\'")
                words.append(f"hydra.searchpath=['file://{path}']")
            config = hydra.compose(name, overrides=words)
    OmegaConf.set_struct(config, False)
    return config


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
