"""The list command: every system, test set and metric, and what it needs."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hydra import compose
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalharness.config import build
from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint
from evalharness.systems import System
from evalharness.terminal import plain, results_console

GROUPS = ("model", "testset", "metric")
_KEY = re.compile(r"(\w+):")
_UNSEEN = ("defaults", "_target_")
_PAIRS = (("ar", "en"), ("tr", "en"))  # of the statements


@dataclass(frozen=True)
class _Choice:
    """A file of a group.

    Attributes:
        group: `model`, `testset` or `metric`.
        name: What `group=` calls it.
        path: The file.
    """

    group: str
    name: str
    path: Path

    @property
    def description(self) -> str:
        """The comment that the file begins with."""
        comment = []
        for line in self.path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                break
            comment.append(line.removeprefix("#").strip())
        return " ".join(comment)

    @property
    def options(self) -> list[str]:
        """The lines of its file and of the files it rests on, an option each, with comments."""
        lines: dict[str, list[str]] = {}
        for path in (*self._bases, self.path):
            key = ""
            for line in path.read_text(encoding="utf-8").splitlines():
                if found := _KEY.match(line):
                    key = found[1]
                    lines[key] = []
                if key:
                    lines[key].append(line)
        return [line for key, part in lines.items() if key not in _UNSEEN for line in part]

    @property
    def _bases(self) -> list[Path]:
        content = OmegaConf.load(self.path)
        defaults = content.get("defaults", ()) if isinstance(content, DictConfig) else ()
        named = [str(entry).partition("@")[0] for entry in defaults if isinstance(entry, str)]
        return [self.path.parent / f"{name}.yaml" for name in named if name != "_self_"]


def list_choices(config: DictConfig) -> int:
    """Prints the choices: a line each, a group's in full, or one choice with its options.

    Raises:
        EvalHarnessError: There is no such group or choice.
    """
    asked = list(config.show)
    with results_console() as console:
        if not asked:
            for group in GROUPS:
                console.print(_brief_table(_choices(group), console.width))
            console.print(Text("list model shows a group in full, list model=NAME one choice"))
        for word in asked:
            group, _, name = word.partition("=")
            if name:
                _show(_find(group, name), console)
            else:
                console.print(_table(_choices(group)))
    return 0


def _find(group: str, name: str) -> _Choice:
    choices = {choice.name: choice for choice in _choices(group)}
    if name in choices:
        return choices[name]
    near = difflib.get_close_matches(name, choices, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise EvalHarnessError(
        "no such choice", where=f"{group}={name}", mend=f"{hint}choices: {', '.join(choices)}"
    )


def _choices(group: str) -> list[_Choice]:
    """The files of a group, also those in folders of the user's own (`--config-dir`)."""
    if group not in GROUPS:
        raise EvalHarnessError(f"no group {group!r}", where="list", mend=" | ".join(GROUPS))
    sources = HydraConfig.get().runtime.config_sources
    folders = [Path(source.path) for source in sources if source.schema == "file"]
    paths = {
        path.stem: path for folder in reversed(folders) for path in (folder / group).glob("*.yaml")
    }
    return [_Choice(group, name, path) for name, path in sorted(paths.items())]


def _table(choices: Sequence[_Choice]) -> Table:
    """A group in full."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(f"{choices[0].group}=", no_wrap=True)
    table.add_column("what it is")
    table.add_column("here, now")
    for choice in choices:
        table.add_row(plain(choice.name), plain(choice.description), _state(choice))
    return table


def _brief_table(choices: Sequence[_Choice], width: int) -> Table:
    """A line for each choice: the first sentence, and the state in a few words."""
    name_width = max(len(choice.name) for choice in choices)
    state_width = min(40, (width - name_width) // 2 - 6)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(f"{choices[0].group}=", no_wrap=True, width=name_width)
    for head, size in (
        ("what it is", width - name_width - state_width - 8),
        ("here, now", state_width),
    ):
        table.add_column(head, width=size, no_wrap=True, overflow="ellipsis")
    for choice in choices:
        description = choice.description.partition(". ")[0].rstrip(".")
        state = _state(choice)
        words = state.plain.partition("; ")[0].removeprefix("the environment variable ")
        table.add_row(plain(choice.name), plain(description), plain(words, str(state.style)))
    return table


def _show(choice: _Choice, console: Console) -> None:
    """One choice with its options, as its file explains them."""
    console.print(plain(f"{choice.group}={choice.name}", "bold"))
    console.print(plain(choice.description))
    console.print(Text.assemble("here, now: ", _state(choice)))
    console.print(Text(f"\noptions ({choice.group}.KEY=VALUE) and their defaults:"))
    for line in choice.options:
        console.print(plain(f"  {line}"), soft_wrap=True)


def _state(choice: _Choice) -> Text:
    """Whether a choice can run here now, and why not."""
    node, key = _node(choice), choice.group
    if choice.group == "metric":
        (name,) = map(str, node)
        node, key = node[name], f"metric.{name}"
    if missing := sorted(OmegaConf.missing_keys(node)):
        return plain(f"needs {', '.join(f'{option}=' for option in missing)}", "yellow")
    try:
        built = build(node, key)
        is_model = choice.group == "model"
        if reason := built.unavailable() or (built.lacking() if is_model else None):
            return plain(reason, "yellow")
        if is_model and built.hardware() == "remote":
            return plain("not asked: a server elsewhere", "cyan")
        if is_model and not all(part.is_here() for part in _checkpoints(built)):
            return plain("downloads when first run", "cyan")
    except EvalHarnessError as error:
        return plain(str(error), "yellow")
    return plain("ready", "green")


def _checkpoints(system: System) -> Iterator[Checkpoint]:
    """What a system would load for the pairs of the statements that it translates."""
    for source, target in _PAIRS:
        if system.supports(source, target):
            yield from system.checkpoints(source, target)


def _node(choice: _Choice) -> DictConfig:
    composed = compose("config", overrides=[f"{choice.group}={choice.name}"])[choice.group]
    assert isinstance(composed, DictConfig)
    return composed
