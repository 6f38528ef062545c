"""The list command: every model, test set and metric, and whether it can run here now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hydra import compose
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf
from rich import box
from rich.table import Table
from rich.text import Text

from evalharness.config import build
from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint
from evalharness.systems import System
from evalharness.terminal import plain, results_console

GROUPS = ("model", "testset", "metric")
_PAIRS = (("ar", "en"), ("tr", "en"))  # of the statements


def list_choices(config: DictConfig) -> int:
    """Prints a table per group."""
    with results_console() as console:
        for group in GROUPS:
            console.print(_table(group))
    return 0


def _table(group: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(f"{group}=", no_wrap=True)
    table.add_column("what it is")
    table.add_column("here, now")
    for choice, path in sorted(_choices(group).items()):
        table.add_row(plain(choice), plain(_description(path)), _state(group, choice))
    return table


def _choices(group: str) -> dict[str, Path]:
    """The files of a group, also those in folders of the user's own (`--config-dir`)."""
    sources = HydraConfig.get().runtime.config_sources
    folders = [Path(source.path) for source in sources if source.schema == "file"]
    return {
        path.stem: path for folder in reversed(folders) for path in (folder / group).glob("*.yaml")
    }


def _description(path: Path) -> str:
    """The comment that the file begins with."""
    comment = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        comment.append(line.removeprefix("#").strip())
    return " ".join(comment)


def _state(group: str, choice: str) -> Text:
    """Whether a choice can run here now, and why not."""
    node = compose("config", overrides=[f"{group}={choice}"])[group]
    key = group
    if group == "metric":
        (name,) = node
        node, key = node[name], f"{group}.{name}"
    if missing := sorted(OmegaConf.missing_keys(node)):
        return plain(f"needs {', '.join(f'{option}=' for option in missing)}", "yellow")
    try:
        built = build(node, key)
        if reason := built.unavailable() or (built.lacking() if group == "model" else None):
            return plain(reason, "yellow")
        if group == "model" and not all(part.is_here() for part in _checkpoints(built)):
            return plain("downloads when first run", "cyan")
    except EvalHarnessError as error:
        return plain(str(error), "yellow")
    return plain("ready", "green")


def _checkpoints(system: System) -> Iterator[Checkpoint]:
    """What a system would load for the pairs of the statements that it translates."""
    for source, target in _PAIRS:
        if system.supports(source, target):
            yield from system.checkpoints(source, target)
