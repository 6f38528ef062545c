"""The command line: python -m evalharness [command] [Hydra overrides], and its exit codes."""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.experimental.callback import Callback
from hydra.types import RunMode
from omegaconf import DictConfig

from evalharness import resources
from evalharness.config import (
    SCHEMAS,
    check_letters,
    explained,
    first_line,
    option_hints,
    register_schemas,
    settle,
    spelled,
)
from evalharness.errors import EvalHarnessError
from evalharness.interruption import exit_code, interruptible
from evalharness.secrecy import forget
from evalharness.streams import dependable_streams
from evalharness.terminal import error_line, error_lines

FINE, WRONG_INPUT = 0, 2

_DEBUG = re.compile(r"\+{0,2}debug=(true|1|yes|on)", re.IGNORECASE)

_CHOICE = re.compile(r"\w+|(model|testset|metric)=[\w.-]+")
# Hydra's own options that a value follows; after the last two it may be missing.
_WITH_VALUE = (
    *("-c", "--cfg", "-p", "--package", "-cp", "--config-path", "-cn", "--config-name"),
    *("-cd", "--config-dir", "--experimental-rerun"),
)
_INFO = ("-i", "--info")

Command = Callable[[DictConfig], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command.

    Args:
        arguments: The command line without the program; `None` for this process's.

    Returns:
        The exit code: 0 fine; 1 the answer is no; 2 wrong usage or input, said in one line on
        stderr, or results that could not be printed; 130 after Ctrl-C, 143 after SIGTERM, 129
        after SIGHUP.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    forget()
    with dependable_streams() as not_printed, interruptible():
        code = _outcome(given)
        if error := not_printed():
            error_line(f"evalharness: error: standard output: {error.strerror}")
            code = max(code, WRONG_INPUT)
    return code


def _outcome(given: list[str]) -> int:
    debug = any(_DEBUG.fullmatch(word) for word in given)
    name = given.pop(0) if given and given[0].isidentifier() else "run"
    try:
        return _run_command(name, given)
    except SystemExit as end:  # of argparse: after --help, and for wrong options
        return end.code if isinstance(end.code, int) else FINE
    except KeyboardInterrupt as error:
        goes_on = "; the same command goes on from where it stopped" if name in _RESUMED else ""
        sys.stderr.write(f"evalharness: interrupted{goes_on}\n")
        return exit_code(error)
    except Exception as error:
        line = explained(error)
        if debug or line is None:
            error_lines(traceback.format_exc().rstrip())
        if line is None:
            sys.stderr.write("evalharness: this is a defect of evalharness; please report it\n")
        error_line(f"evalharness: error: {line or repr(error)}")
        return WRONG_INPUT


class Sweep(Callback):
    """Notes a sweep's folder for its jobs, and its end: Hydra would swallow an error here."""

    finished: ClassVar[list[Path]] = []

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Names the folder, and removes the reports of an earlier sweep there."""
        from evalharness.import_path import protect_new_processes
        from evalharness.sweep import SWEEP_DIR

        protect_new_processes()
        os.environ[SWEEP_DIR] = str(Path(config.hydra.sweep.dir).resolve())
        for report in Path(os.environ[SWEEP_DIR]).glob("job.*.json"):
            report.unlink()

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Notes that every job has run."""
        from evalharness.sweep import SWEEP_DIR

        self.finished.append(Path(os.environ[SWEEP_DIR]))


def _run_command(name: str, given: list[str]) -> int:
    if name == "score" and "--version" not in given:
        from evalharness.commands.score import score

        return score(given)
    if name not in _COMMANDS:
        raise EvalHarnessError(
            f"unknown command {name!r}",
            mend=f"commands: {', '.join(_COMMANDS)}; options look like key=value",
        )
    if "--version" in given:
        sys.stdout.write(f"evalharness {metadata.version('evalharness')}\n")
        return FINE
    for word in given:
        check_letters(word, where=word)
    register_schemas()
    outcomes: list[int | Exception] = []

    def task(config: DictConfig) -> None:
        if name in _SWEPT and HydraConfig.get().mode == RunMode.MULTIRUN:
            from evalharness.import_path import forget_protection
            from evalharness.sweep import run_job

            forget_protection()
            run_job(config, name)
            return
        try:
            settle(config, SCHEMAS[name])
            outcomes.append(_COMMANDS[name]()(config))
        except Exception as error:  # raised below: Hydra would print lines of its own about it
            outcomes.append(error)

    words = _readable(name, given)
    if name == "list":
        words = _showing(words)
    sys.argv = ["evalharness", *words]
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra raises what it would else print with a traceback
    try:
        hydra.main(
            version_base="1.3",
            config_path=str(resources.folder("conf")),
            config_name="config" if name in _SWEPT else name,
        )(task)()
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()[-40:]
        raise EvalHarnessError(
            f"a configuration file is not UTF-8, after {before!r}", where="--config-dir"
        ) from error
    except ValueError as error:  # how Hydra refuses some command lines, such as model=null
        raise EvalHarnessError(
            first_line(error), mend="see python -m evalharness --help"
        ) from error
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    codes = [code for code in outcomes if isinstance(code, int)]
    while Sweep.finished:
        from evalharness.sweep import summarize

        codes.append(summarize(Sweep.finished.pop()))
    return max(codes, default=FINE)


def _showing(words: Sequence[str]) -> list[str]:
    """Makes an override of the groups and choices that `list` is to show; values stay theirs."""
    options = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
    shown = [word for word in words[:options] if _CHOICE.fullmatch(word)]
    others = [word for word in words[:options] if word not in shown]
    return [*others, f"show={json.dumps(shown)}", *words[options:]]


def _run() -> Command:
    from evalharness.run import run

    return run


def _fetch() -> Command:
    from evalharness.fetch import fetch

    return fetch


def _compare() -> Command:
    from evalharness.compare import compare

    return compare


def _gate() -> Command:
    from evalharness.gate import gate

    return gate


def _leaderboard() -> Command:
    from evalharness.leaderboard import leaderboard

    return leaderboard


def _list() -> Command:
    from evalharness.choices import list_choices

    return list_choices


# What each command needs is imported when it runs: --help is quick, and loads no scorer.
_COMMANDS: Mapping[str, Callable[[], Command]] = {
    "run": _run,
    "fetch": _fetch,
    "leaderboard": _leaderboard,
    "compare": _compare,
    "gate": _gate,
    "list": _list,
}
# The commands about one system on one test set, whose jobs report on disk when they are swept.
_SWEPT = ("run", "fetch")
# The commands whose work is kept as it is done.
_RESUMED = ("run", "fetch", "score")


def _readable(command: str, given: Sequence[str]) -> list[str]:
    """Puts options last, where argparse finds them, and quotes what Hydra would read otherwise."""
    overrides: list[str] = []
    options: list[str] = []
    own: Path | None = None
    words = list(given)
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
        if name in ("-cd", "--config-dir"):
            own = Path(value).absolute()

    def hints_of(key: str) -> Sequence[Any]:
        return option_hints(command, key, own)

    return [*(spelled(word, hints_of) for word in overrides), *options]
