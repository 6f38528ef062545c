"""The command line: python -m evalharness [command] [Hydra overrides], and its exit codes."""

from __future__ import annotations

import difflib
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
from evalharness.commands.words import (
    asked_of_list,
    choices_to_explain,
    groups_with,
    readable,
)
from evalharness.config import (
    SCHEMAS,
    check_letters,
    explained,
    first_line,
    refuse_renamed,
    register_schemas,
    settle,
)
from evalharness.errors import EvalHarnessError
from evalharness.interruption import exit_code, interruptible
from evalharness.secrecy import forget
from evalharness.streams import dependable_streams
from evalharness.terminal import error_line, error_lines

FINE, WRONG_INPUT = 0, 2

_DEBUG = re.compile(r"\+{0,2}debug=(true|1|yes|on)", re.IGNORECASE)

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
        kept = name in _RESUMED and "results_dir=null" not in given
        goes_on = "; the same command goes on from where it stopped" if kept else ""
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
        from evalharness.commands.sweep import SWEEP_DIR
        from evalharness.import_path import protect_new_processes

        protect_new_processes()
        os.environ[SWEEP_DIR] = str(Path(config.hydra.sweep.dir).resolve())
        for report in Path(os.environ[SWEEP_DIR]).glob("job.*.json"):
            report.unlink()

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Notes that every job has run."""
        from evalharness.commands.sweep import SWEEP_DIR

        self.finished.append(Path(os.environ[SWEEP_DIR]))


def _run_command(name: str, given: list[str]) -> int:
    if name not in (*_COMMANDS, "score"):
        raise _unknown_command(name)
    if "--version" in given:
        sys.stdout.write(f"evalharness {metadata.version('evalharness')}\n")
        return FINE
    for word in given:
        check_letters(word, where=word)
    refuse_renamed(given)
    if name == "score":
        from evalharness.commands.score import score

        return score(given)
    if choices := choices_to_explain(given):
        name, given = "list", choices
    codes = _composed(name, given)
    while Sweep.finished:
        from evalharness.commands.sweep import summarize

        codes.append(summarize(Sweep.finished.pop()))
    return max(codes, default=FINE)


def _composed(name: str, given: list[str]) -> list[int]:
    """Has Hydra compose the configuration, and runs the command, or the jobs of a sweep of it.

    Returns:
        The command's exit code; none of a sweep, whose jobs report on disk.
    """
    register_schemas()
    outcomes: list[int | Exception] = []

    def task(config: DictConfig) -> None:
        if name in _SWEPT and HydraConfig.get().mode == RunMode.MULTIRUN:
            from evalharness.commands.sweep import run_job
            from evalharness.import_path import forget_protection

            forget_protection()
            run_job(config, name)
            return
        try:
            settle(config, SCHEMAS[name])
            outcomes.append(_COMMANDS[name]()(config))
        except Exception as error:  # raised below: Hydra would print lines of its own about it
            outcomes.append(error)

    if name == "list":
        shown, given = asked_of_list(given)
        given.append(f"show={json.dumps(shown)}")
    sys.argv = ["evalharness", *readable(name, given)]
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
            first_line(error), hint="see python -m evalharness --help"
        ) from error
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    return [code for code in outcomes if isinstance(code, int)]


def _unknown_command(name: str) -> EvalHarnessError:
    known = ["score", *_COMMANDS]
    near = difflib.get_close_matches(name, known, 1)
    meant = near or [f"{group}={name}" for group in groups_with(name)]
    hint = f"did you mean {meant[0]}? " if meant else ""
    return EvalHarnessError(
        f"unknown command {name!r}",
        hint=f"{hint}commands: {', '.join(known)}; options look like key=value",
    )


def _run() -> Command:
    from evalharness.commands.run import run

    return run


def _fetch() -> Command:
    from evalharness.commands.fetch import fetch

    return fetch


def _compare() -> Command:
    from evalharness.commands.compare import compare

    return compare


def _gate() -> Command:
    from evalharness.commands.gate import gate

    return gate


def _leaderboard() -> Command:
    from evalharness.commands.leaderboard import leaderboard

    return leaderboard


def _list() -> Command:
    from evalharness.commands.list import list_choices

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
