"""The list command: every system, test set, metric and check, and what it needs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from omegaconf import DictConfig

from evalharness.commands.choices import Choice, find_choice, find_choices
from evalharness.config import GROUPS
from evalharness.render import show
from evalharness.values import Cell, Column, Page, Row, Table

_END = re.compile("[.;:] ")  # of the first thing that a description says
_MORE = "list model shows a group in full, list model=NAME one choice"


def list_choices(config: DictConfig) -> int:
    """Prints the choices: a line each, a group's in full, or one choice with its options.

    Raises:
        EvalHarnessError: There is no such group or choice.
    """
    asked = list(config.show)
    tables = [_group(find_choices(group), brief=True) for group in GROUPS if not asked]
    for word in asked:
        group, _, name = word.partition("=")
        if name:
            choice = find_choice(group, name)
            tables += [_group([choice]), _options(choice)]
        else:
            tables.append(_group(find_choices(group)))
    page = Page(
        tuple(tables),
        () if asked else (_MORE,),
        title="evalharness: choices",
        csv="options" if asked and all("=" in word for word in asked) else "choices",
    )
    show(page, config.format)
    return 0


def _group(choices: Sequence[Choice], *, brief: bool = False) -> Table:
    """Choices of one group; `brief` shows people what each is, not all that is to be said of it."""
    group = choices[0].group
    columns = (
        Column("group", "group", people=False),
        Column("choice", f"{group}="),
        Column("description", "what it is", wraps=True),
        Column("state", "here, now", wraps=True),
    )
    return Table("choices", "", columns, tuple(_row(choice, brief=brief) for choice in choices))


def _row(choice: Choice, *, brief: bool) -> Row:
    description, (state, mark) = choice.description, choice.state
    what, here = description, state
    if brief:
        what = _END.split(description, maxsplit=1)[0].rstrip(".")
        here = state.partition("; ")[0].removeprefix("the environment variable ")
    return Row(
        {
            "group": Cell(choice.group),
            "choice": Cell(choice.name),
            "description": Cell(description, text=what),
            "state": Cell(state, text=here, mark=mark),
        }
    )


def _options(choice: Choice) -> Table:
    columns = (
        Column("group", "group", people=False),
        Column("choice", "choice", people=False),
        Column("option", f"{choice.prefix}KEY=", wraps=True),
        Column("default", "default", wraps=True),
        Column("meaning", "what it means", wraps=True),
    )
    common = {"group": Cell(choice.group), "choice": Cell(choice.name)}
    rows = [
        Row(
            {
                **common,
                "option": Cell(option.key),
                "default": Cell(
                    option.default, text="(required)" if option.default == "???" else None
                ),
                "meaning": Cell(option.meaning),
            }
        )
        for option in choice.options
    ]
    return Table("options", "options and their defaults", columns, tuple(rows))
