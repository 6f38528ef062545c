"""The choices of the configuration's groups: what each is, its options, and what it needs here."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml
from hydra import compose
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from evalharness import resources
from evalharness.config import GROUPS, build
from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint
from evalharness.systems import System
from evalharness.values import Mark

_NAMED = ("metric", "check")  # a file of these groups holds one entry, under its name
_UNSEEN = ("defaults", "_target_")
_PAIRS = (("ar", "en"), ("tr", "en"))  # of the statements


class Option(NamedTuple):
    """An option of a choice.

    Attributes:
        key: What stands between `group.` and `=`.
        default: Its value as YAML, in one line; `???` where it has to be given.
        meaning: The comment that stands beside or above it; empty for none.
    """

    key: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Choice:
    """A file of a group.

    Attributes:
        group: One of `GROUPS`.
        name: What `group=` calls it.
        path: The file.
        node: What it is composed to.
    """

    group: str
    name: str
    path: Path
    node: DictConfig

    @property
    def description(self) -> str:
        """The comment that the file begins with."""
        return " ".join(_comments_above(self.path.read_text(encoding="utf-8").splitlines()))

    @property
    def options(self) -> list[Option]:
        """The options of its file and of the files it rests on, and those of its whole group."""
        found: dict[str, Option] = {}
        for path in _with_bases(self.path):
            for option in _options(path.read_text(encoding="utf-8"), self._entry):
                before = found.get(option.key)
                meaning = option.meaning or (before.meaning if before else "")
                found[option.key] = option._replace(meaning=meaning)
        of_all = (resources.folder("conf") / "config.yaml").read_text(encoding="utf-8")
        for option in _options(of_all, self.group, outside=False):
            found.setdefault(option.key, option)
        return [option for key, option in found.items() if key not in _UNSEEN]

    @property
    def state(self) -> tuple[str, Mark | None]:
        """Whether it can run here now, or why not; and how that is to stand out."""
        node, key = self.node, self.group
        if self._entry:
            node, key = node[self._entry], f"{self.group}.{self._entry}"
        if missing := sorted(OmegaConf.missing_keys(node)):
            keys = (name.split(".", 2)[2] for name in missing)  # behind where it was composed
            return f"needs {', '.join(f'{self.group}.{key}=' for key in keys)}", Mark.doubtful
        try:
            built = build(node, key)
            is_model = self.group == "model"
            if reason := built.missing_requirement() or (
                built.missing_to_translate() if is_model else None
            ):
                return reason, Mark.doubtful
            if is_model and built.hardware() == "remote":
                return "not asked: a server elsewhere", None
            if is_model and not all(part.is_here() for part in _checkpoints(built)):
                return "downloads when first run", None
        except EvalHarnessError as error:
            return str(error), Mark.doubtful
        return "ready (a floor)" if is_model and built.is_floor() else "ready", Mark.good

    @property
    def prefix(self) -> str:
        """What stands before the key of an option on the command line."""
        return f"{self.group}.{self._entry}." if self._entry else f"{self.group}."

    @property
    def _entry(self) -> str:
        """The name that the options stand under; empty for groups that have none."""
        return str(next(iter(self.node))) if self.group in _NAMED else ""


def find_choices(group: str) -> list[Choice]:
    """Finds the files of a group, also those in folders of the user's own (`--config-dir`).

    Raises:
        EvalHarnessError: There is no such group.
    """
    return _composed(group, _paths(group))


def _paths(group: str) -> dict[str, Path]:
    if group not in GROUPS:
        raise EvalHarnessError(f"no group {group!r}", where="list", hint=" | ".join(GROUPS))
    sources = HydraConfig.get().runtime.config_sources
    folders = [Path(source.path) for source in sources if source.schema == "file"]
    paths = {
        path.stem: path for folder in reversed(folders) for path in (folder / group).glob("*.yaml")
    }
    return dict(sorted(paths.items()))


def _composed(group: str, paths: Mapping[str, Path]) -> list[Choice]:
    """Composes choices side by side in a field that takes any names, in the time of one."""
    places = [f"choice{number}" for number in range(len(paths))]
    words = [f"+{group}@check.{place}={name}" for place, name in zip(places, paths, strict=True)]
    nodes = compose("config", overrides=["metric=[]", "check=[]", *words]).check
    return [
        Choice(group, name, path, nodes[place])
        for place, (name, path) in zip(places, paths.items(), strict=True)
    ]


def find_choice(group: str, name: str) -> Choice:
    """Finds one choice of a group.

    Raises:
        EvalHarnessError: There is no such group or choice.
    """
    paths = _paths(group)
    if name in paths:
        return _composed(group, {name: paths[name]})[0]
    near = difflib.get_close_matches(name, paths, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise EvalHarnessError(
        "no such choice", where=f"{group}={name}", hint=f"{hint}choices: {', '.join(paths)}"
    )


def _with_bases(path: Path) -> Iterator[Path]:
    """Yields the files that a file rests on, and at last the file."""
    content = OmegaConf.load(path)
    defaults = content.get("defaults", ()) if isinstance(content, DictConfig) else ()
    for entry in defaults:
        base = str(entry).partition("@")[0]
        if isinstance(entry, str) and base != "_self_":
            yield from _with_bases(path.parent / f"{base}.yaml")
    yield path


def _checkpoints(system: System) -> Iterator[Checkpoint]:
    """What a system would load for the pairs of the statements that it translates."""
    for source, target in _PAIRS:
        if system.supports(source, target):
            yield from system.checkpoints(source, target)


def _options(text: str, within: str, *, outside: bool = True) -> Iterator[Option]:
    """The options of a file's YAML; those under the key `within` as if they stood outside it.

    Those that stand outside it are among them unless `outside` says otherwise.
    """
    lines = text.splitlines()
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    head = len(_comments_above(lines))
    for key, value in _pairs(node):
        pairs = [(key, value)] if outside else []
        if key.value == within:
            pairs = _pairs(value)
        for inner, content in pairs:
            above = _comments_above(lines[head : inner.start_mark.line][::-1])[::-1]
            beside = "" if _is_block(content) else _comment_after(lines, content)
            default = _in_one_line(text, content)
            yield Option(inner.value, default, " ".join(filter(None, [*above, beside])))


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def _in_one_line(text: str, node: yaml.Node) -> str:
    """A value as it stands in the file, or, where it stands on several lines, in YAML's flow."""
    if not _is_block(node):
        return " ".join(text[node.start_mark.index : node.end_mark.index].split())
    # JSON is YAML in its flow.
    return json.dumps(yaml.safe_load(yaml.serialize(node)), ensure_ascii=False)


def _comment_after(lines: list[str], node: yaml.Node) -> str:
    rest = lines[node.end_mark.line][node.end_mark.column :].strip()
    return rest.removeprefix("#").strip() if rest.startswith("#") else ""


def _comments_above(lines: list[str]) -> list[str]:
    """The comments that lines begin with, up to the first that is none."""
    comments = []
    for line in lines:
        if not line.lstrip().startswith("#"):
            break
        comments.append(line.lstrip().removeprefix("#").strip())
    return comments
