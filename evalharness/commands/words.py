"""The words of a command line that Hydra reads: put in order, and what was meant by others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from evalharness import resources
from evalharness.config import GROUPS, check_choices, option_hints, spelled
from evalharness.errors import EvalHarnessError

_HELP = ("--help", "-h")
_CHOICE = re.compile(rf"(?P<group>{'|'.join(GROUPS)})=\[?(?P<names>[\w.,-]+)\]?")
_SHOWN = re.compile(rf"\w+|({'|'.join(GROUPS)})=[\w.-]+")
_FILES = re.compile(r"\+{0,2}(?P<key>[^=~+/]*\.[^=]*)=glob\((?P<pattern>.*)\)")
# Hydra's own options that a value follows; after the last two it may be missing.
_WITH_VALUE = (
    *("-c", "--cfg", "-p", "--package", "-cp", "--config-path", "-cn", "--config-name"),
    *("-cd", "--config-dir", "--experimental-rerun"),
)
_OWN = ("-cd", "--config-dir")
_INFO = ("-i", "--info")


def choices_to_explain(given: Sequence[str]) -> list[str]:
    """Returns the words that `list` takes where `--help` stands beside choices: `model=chat`.

    They are none where it does not; a folder with choices of the user's own is among them.
    """
    if not set(_HELP) & set(given):
        return []
    found = [match for word in given if (match := _CHOICE.fullmatch(word))]
    chosen = [f"{match['group']}={name}" for match in found for name in match["names"].split(",")]
    own = [
        word
        for before, word in zip(["", *given], given, strict=False)
        if before in _OWN or word.partition("=")[0] in _OWN
    ]
    return [*chosen, *own] if chosen else []


def asked_of_list(given: Sequence[str]) -> tuple[list[str], list[str]]:
    """Parts the words after `list`: what is shown (`model`, `model=chat`), and the other words."""
    shown: list[str] = []
    others: list[str] = []
    for before, word in zip(["", *given], given, strict=False):
        is_shown = before not in _WITH_VALUE and _SHOWN.fullmatch(word)
        (shown if is_shown else others).append(word)
    return shown, others


def readable(command: str, given: Sequence[str]) -> list[str]:
    """Puts options last, where argparse finds them, and quotes what Hydra would read otherwise.

    Args:
        command: The command.
        given: The words after it.

    Raises:
        EvalHarnessError: A word is neither an option nor `key=value`; the error says what was
            probably meant.
    """
    overrides: list[str] = []
    options: list[str] = []
    own: Path | None = None
    words = list(given)
    _check_options(words)
    while words:
        word = words.pop(0)
        if not word.startswith("-"):
            overrides.append(word)
            continue
        options.append(word)
        name, _, value = word.partition("=")
        if words and not value and (name in _WITH_VALUE or (name in _INFO and "=" not in words[0])):
            value = words.pop(0)
            options.append(value)
        if name == "--experimental-rerun":
            raise EvalHarnessError("reads a pickle, which can run anything: refused", where=name)
        if name in _OWN:
            own = Path(value).absolute()
            check_choices(own)
    _check_overrides(command, overrides)

    def hints_of(key: str) -> Sequence[Any]:
        return option_hints(command, key, own)

    return [*(spelled(word, hints_of) for word in overrides), *options]


def _check_options(words: Sequence[str]) -> None:
    """Refuses options that Hydra does not have: `--limit=5` is meant as `limit=5`."""
    from hydra._internal.utils import get_args_parser

    def refuse(message: str) -> NoReturn:
        raise EvalHarnessError(message, hint="see python -m evalharness --help")

    parser: Any = get_args_parser()
    parser.error = refuse
    _, unknown = parser.parse_known_args(words)
    for word in (word for word in unknown if word.startswith("-")):
        following = words[words.index(word) + 1 :][:1]
        raise EvalHarnessError("no such option", where=word, hint=_without_dashes(word, following))


def _without_dashes(option: str, following: Sequence[str]) -> str:
    key, assigned, value = option.lstrip("-").partition("=")
    if not option.startswith("--") or not key:
        return "see python -m evalharness --help"
    if not assigned:
        value = "..." if not following or following[0].startswith("-") else following[0]
    return f"options have no dashes here: write {key.replace('-', '_')}={value}"


def _check_overrides(command: str, words: Sequence[str]) -> None:
    for word in words:
        if found := _FILES.fullmatch(word):
            raise EvalHarnessError(
                "in a sweep, glob() goes over the choices of a group, and not over files",
                where=word,
                hint=f"let the shell list them: -m {found['key']}="
                f"$(ls {found['pattern']} | paste -sd,), or score them all:"
                f" evalharness score -i {found['pattern']}",
            )
    stray = [word for word in words if "=" not in word and not word.startswith("~")]
    if stray:
        raise EvalHarnessError(
            "options look like key=value", where=" ".join(stray), hint=_meant(command, stray)
        )


def _meant(command: str, stray: Sequence[str]) -> str:
    """What was probably meant by words that are no options."""
    if command == "compare":
        return f"write 'runs=[{','.join(stray)}]'"
    if command == "gate" and len(stray) <= 2:
        names = ("candidate",) if len(stray) == 1 else ("baseline", "candidate")
        pairs = zip(names, stray, strict=True)
        return f"write {' '.join(f'{name}={word}' for name, word in pairs)}"
    if meant := " ".join(f"{group}={word}" for word in stray for group in groups_with(word)):
        return f"write {meant}"
    if all(Path(word).is_file() for word in stray):
        return f"outputs are scored with: evalharness score -i {' '.join(stray)}"
    return "see python -m evalharness --help"


def groups_with(name: str) -> Iterator[str]:
    """Yields the groups that have a choice of this name."""
    for group in GROUPS:
        if name in {path.stem for path in (resources.folder("conf") / group).glob("*.yaml")}:
            yield group
