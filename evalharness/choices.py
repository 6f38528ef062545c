"""The list command: every model, test set and metric, and whether it can run here now."""

from __future__ import annotations

from pathlib import Path

from hydra import compose
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf
from rich import box
from rich.table import Table
from rich.text import Text

from evalharness.config import build
from evalharness.errors import EvalHarnessError
from evalharness.terminal import results_console

GROUPS = ("model", "testset", "metric")


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
        obstacle = _obstacle(group, choice)
        state = Text("ready", "green") if obstacle is None else Text(obstacle, "yellow")
        table.add_row(choice, _description(path), state)
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


def _obstacle(group: str, choice: str) -> str | None:
    """Why a choice cannot run here now; `None` if it can."""
    node = compose("config", overrides=[f"{group}={choice}"])[group]
    key = group
    if group == "metric":
        (name,) = node
        node, key = node[name], f"{group}.{name}"
    if missing := sorted(OmegaConf.missing_keys(node)):
        return f"needs {', '.join(f'{option}=' for option in missing)}"
    try:
        reason = build(node, key).unavailable()
    except EvalHarnessError as error:
        return str(error)
    return None if reason is None else str(reason)
