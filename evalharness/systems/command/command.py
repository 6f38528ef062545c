"""Any program that reads a segment per line and writes a translation per line."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from omegaconf import MISSING

from evalharness.errors import EvalHarnessError
from evalharness.hub import sha256_of
from evalharness.secrecy import hold, scrub
from evalharness.systems.command.environment import environment
from evalharness.systems.remote.keys import check_variable
from evalharness.systems.system import (
    System,
    TakenBackError,
    languages_in_words,
    translates_between,
)
from evalharness.values.outputs import Fact, Facts, Failure, Translation

if TYPE_CHECKING:  # what they need of Unix is not there where no program can be run
    from evalharness.systems.command.exchange import Pace
    from evalharness.systems.command.program import Program

_LAST_LINES = 3
_LONGEST_WORDS = 4000
_SECONDS_OF_LAST_WORDS = 0.5
_PASS = "{pass}"
_FIELD = re.compile(r"\{(source|target|pass)\}")


@dataclass(frozen=True)
class CommandSystem(System):
    """A program, started without a shell.

    Attributes:
        command: The program and its arguments, in which `{source}` and `{target}` (BCP-47 codes)
            are filled in, and `{pass}`: 1, or which pass it is with `model.repeats`.
        name: Name in tables and folders; empty for the program's.
        version: Whatever else tells its outputs apart, such as the release of the model it loads.
        languages: The languages it reads and writes; `None` for all.
        segments_per_start: How many segments the program is given before it is started again.
        env: Names of environment variables that it gets beside the ordinary ones; see
            `environment`. They are part of the fingerprint, their values are not: a digest of a
            password can be guessed. Where a value changes outputs, `version` tells them apart.
        draws: Whether it draws its translations, so that another time gives others.
    """

    command: list[str] = MISSING
    name: str = ""
    version: str = ""
    languages: list[str] | None = None
    segments_per_start: int = 1000
    env: list[str] = field(default_factory=list)
    draws: bool = False

    def __post_init__(self) -> None:
        if not self.command or not self.command[0]:
            raise EvalHarnessError(
                "no program", where="command", hint="'model.command=[PROGRAM,ARGUMENT,...]'"
            )
        if self.segments_per_start < 1:
            raise EvalHarnessError(
                f"{self.segments_per_start} is less than 1", where="segments_per_start"
            )
        for name in self.env:
            check_variable(name, "env")
        try:
            "".join([*self.command, self.version]).encode()
        except UnicodeEncodeError as error:
            raise EvalHarnessError("not UTF-8", where="command or version") from error
        if not self.name:
            called = re.sub(r"[^A-Za-z0-9._+-]+", "-", Path(self.command[0]).stem)
            object.__setattr__(self, "name", called.strip("-._+") or "command")

    def missing_requirement(self) -> str | None:
        """Says that the program is not there."""
        if sys.platform == "win32":
            return "programs need Unix's pipes and process groups; use WSL"
        if shutil.which(self.command[0]) is None:
            return f"no program {self.command[0]!r}; install it, or give its path in model.command="
        return None

    def private(self) -> bool:
        """What a program made that was given variables of the user's own, such as a key."""
        return bool(self.env)

    def missing_to_translate(self) -> str | None:
        """The variables of `env` that are not set."""
        absent = [name for name in self.env if name not in os.environ]
        if not absent:
            return None
        return f"the environment has no {', '.join(absent)} (model.env); export what it needs"

    def samples(self) -> bool:
        """What `draws` says."""
        return self.draws

    def in_pass(self, number: int) -> CommandSystem:
        """The same program, with the pass filled in."""
        filled = [word.replace(_PASS, str(number)) for word in self.command]
        return replace(self, command=filled)

    def supports(self, source: str, target: str) -> bool:
        """Whether both languages are among `languages`."""
        return translates_between(self.languages, source, target)

    def supported(self) -> str:
        """Its languages."""
        return languages_in_words(self.languages)

    def fingerprint(self, source: str, target: str) -> Facts:
        """The arguments; of the program, and of arguments that are files, the content.

        What these read in turn is not seen: `version` tells it apart. Where the pass is filled in,
        the arguments are told as they were written, too: with the number itself in its place, all
        passes would be the same.
        """
        program, *arguments = self._filled(source, target)
        facts: dict[str, Fact] = {
            "system": "CommandSystem",
            "program": self._digest(shutil.which(program) or program),
            "arguments": [self._digest(argument) for argument in arguments],
            "version": self.version,
        }
        if written := [word for word in self.command if _PASS in word]:
            facts["by_pass"] = written
        return {**facts, "env": sorted(self.env)} if self.env else facts

    def batches(self, texts: Sequence[str], source: str, target: str) -> Sequence[Sequence[int]]:
        """As many as the program is given at a time."""
        each = self.segments_per_start
        return [range(len(texts))[at : at + each] for at in range(0, len(texts), each)]

    def tentative(self) -> bool:
        """Its answers hold once their count is right at the end."""
        return True

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | Failure]]:
        """Starts the program once; see `translate_batches`."""
        for position, (_, made) in enumerate(self.translate_batches(iter([texts]), source, target)):
            yield position, made

    def translate_batches(
        self, batches: Iterator[Sequence[str]], source: str, target: str
    ) -> Iterator[tuple[str, Translation | Failure]]:
        """Starts the program for each batch and gives it the texts, a line each.

        An answer is yielded as soon as it is known whose it is; `Exchange` says how that is known.

        Raises:
            TakenBackError: It wrote another number of lines, or what cannot be lines of answers:
                nothing of this start counts.
            EvalHarnessError: It exits non-zero, after the whole lines that it wrote until then were
                yielded; or it cannot be started.
        """
        from evalharness.systems.command.exchange import Pace
        from evalharness.systems.command.program import started
        from evalharness.systems.command.watcher import watcher

        pace = Pace()
        command, variables = self._filled(source, target), environment(self.env)
        with watcher() as watch:
            for texts in batches:
                with started(command, variables, watch) as program:
                    answers = self._answers(program, texts, pace)
                    # Answers come first, so that they are asked for once more than there are texts:
                    # they check the count and the exit code at their end.
                    for answer, text in zip(answers, texts, strict=False):
                        yield text, answer

    def _answers(
        self, program: Program, texts: Sequence[str], pace: Pace
    ) -> Iterator[Translation | Failure]:
        from evalharness.systems.command.exchange import Exchange
        from evalharness.systems.command.program import MisbehavedError

        lines = [f"{_line(text)}\n".encode(errors="replace") for text in texts]
        exchange = Exchange(program, lines, pace)
        try:
            yield from map(_translation, exchange.answers())
        except MisbehavedError as error:
            program.hear_out(_SECONDS_OF_LAST_WORDS)
            what = f"{error}: they cannot be matched to the segments, and none is kept"
            if code := program.exit_code():
                what += f"; it {_how(code)}"
            raise TakenBackError(what + self._words(program), where=self._where) from error
        if code := program.exit_code():
            what = f"{_how(code)} and wrote {exchange.answered} lines for {len(texts)} segments"
            raise EvalHarnessError(f"{what} (kept){self._words(program)}", where=self._where)

    def _words(self, program: Program) -> str:
        for name in self.env:
            hold(os.environ.get(name, ""))
        words = scrub(program.last_words())[-_LONGEST_WORDS:]
        last = [line.strip() for line in words.splitlines() if line.strip()][-_LAST_LINES:]
        return f"; its last words: {' | '.join(last)}" if last else "; it said nothing on stderr"

    def _filled(self, source: str, target: str) -> list[str]:
        values = {"source": source, "target": target, "pass": "1"}
        return [_FIELD.sub(lambda match: values[match[1]], word) for word in self.command]

    def _digest(self, argument: str) -> Facts | str:
        """A file's name and digest, wherever it lies; any other argument as it is.

        The file may be the value of an option: `--config=config.yml`.
        """
        option, given, value = argument.rpartition("=")
        path = Path(argument if _is_file(argument) else value)
        if not _is_file(path):
            return argument
        if path not in self._digests:
            self._digests[path] = sha256_of(path)
        prefix = option + given if str(path) != argument else ""
        return {"file": prefix + path.name, "sha256": self._digests[path]}

    @property
    def _where(self) -> str:
        return f"{self.name} ({self.command[0]})"

    @cached_property
    def _digests(self) -> dict[Path, str]:
        return {}


def _is_file(argument: str | Path) -> bool:
    try:
        return Path(argument).is_file()
    except OSError:  # such as a script of one line, longer than any name
        return False


def _line(text: str) -> str:
    """A text without whatever a program could take for the end of a line."""
    return " ".join(text.splitlines())


def _translation(answer: bytes) -> Translation | Failure:
    try:
        return Translation(answer.removesuffix(b"\r").decode())
    except UnicodeDecodeError as error:
        return Failure(f"wrote a line that is not UTF-8 ({error.reason})")


def _how(exit_code: int) -> str:
    if exit_code > 0:
        return f"exited with {exit_code}"
    try:
        return f"was ended by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"was ended by signal {-exit_code}"
