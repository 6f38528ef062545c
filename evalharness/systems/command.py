"""Any program that reads a segment per line and writes a translation per line."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from omegaconf import MISSING

from evalharness.errors import EvalHarnessError
from evalharness.systems.base import (
    Facts,
    System,
    Translation,
    languages_in_words,
    translates_between,
)

_LAST_LINES = 3
_LONGEST_TAIL = 4000  # bytes of stderr that are looked at
_FIELD = re.compile(r"\{(source|target)\}")


@dataclass(frozen=True)
class CommandSystem(System):
    """A program, started without a shell.

    Attributes:
        command: The program and its arguments, in which `{source}` and `{target}` (BCP-47 codes)
            are filled in.
        name: Name in tables and folders; empty for the program's.
        version: Whatever else tells its outputs apart, such as the release of the model it loads.
        languages: The languages it reads and writes; `None` for all.
        segments_per_start: How many segments the program is given before it is started again.
    """

    command: list[str] = MISSING
    name: str = ""
    version: str = ""
    languages: list[str] | None = None
    segments_per_start: int = 1000

    def __post_init__(self) -> None:
        if not self.command or not self.command[0]:
            raise EvalHarnessError(
                "no program", where="command", mend="'model.command=[PROGRAM,ARGUMENT,...]'"
            )
        if self.segments_per_start < 1:
            raise EvalHarnessError(
                f"{self.segments_per_start} is less than 1", where="segments_per_start"
            )
        if not self.name:
            called = re.sub(r"[^A-Za-z0-9._+-]+", "-", Path(self.command[0]).stem)
            object.__setattr__(self, "name", called.strip("-._+") or "command")

    def unavailable(self) -> str | None:
        """Says that the program is not there."""
        if shutil.which(self.command[0]) is None:
            return f"no program {self.command[0]!r}; install it, or give its path in model.command="
        return None

    def supports(self, source: str, target: str) -> bool:
        """Whether both languages are among `languages`."""
        return translates_between(self.languages, source, target)

    def supported(self) -> str:
        """Its languages."""
        return languages_in_words(self.languages)

    def fingerprint(self, source: str, target: str) -> Facts:
        """The arguments; of the program, and of arguments that are files, the content.

        What these read in turn is not seen: `version` tells it apart.
        """
        program, *arguments = self._filled(source, target)
        return {
            "system": "CommandSystem",
            "program": self._digest(shutil.which(program) or program),
            "arguments": [self._digest(argument) for argument in arguments],
            "version": self.version,
        }

    def batches(self, texts: Sequence[str], source: str, target: str) -> Sequence[Sequence[int]]:
        """As many as the program is given at a time."""
        each = self.segments_per_start
        return [range(len(texts))[at : at + each] for at in range(0, len(texts), each)]

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation]]:
        """Starts the program and gives it the texts, a line each.

        Nothing is yielded before it has ended: if it swallows or adds a line somewhere, every later
        line is another segment's, and the count at the end is all that tells.

        Raises:
            EvalHarnessError: It exits non-zero, after the whole lines that it wrote until then were
                yielded; or it writes another number of lines, and none is.
        """
        ended = self._run([_line(text) for text in texts], source, target)
        count = len(ended.lines)
        if count > len(texts) or (count < len(texts) and not ended.exit_code):
            raise self._error(ended, len(texts))
        yield from enumerate(Translation(line) for line in ended.lines)
        if ended.exit_code:
            raise self._error(ended, len(texts))

    def _run(self, lines: Sequence[str], source: str, target: str) -> _Ended:
        with tempfile.TemporaryFile() as errors:
            try:
                process = subprocess.Popen(
                    self._filled(source, target),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    start_new_session=True,  # so that what it starts ends with it
                )
            except OSError as error:
                raise EvalHarnessError(
                    f"cannot be started: {error.strerror}",
                    where=f"model.command: {self.command[0]}",
                ) from error
            try:
                output, _ = process.communicate("".join(f"{line}\n" for line in lines).encode())
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            errors.seek(max(0, errors.seek(0, os.SEEK_END) - _LONGEST_TAIL))
            said = errors.read().decode(errors="replace")
        return self._ended(process.returncode, output, said)

    def _ended(self, exit_code: int, output: bytes, said: str) -> _Ended:
        *whole, rest = output.split(b"\n")
        if rest and not exit_code:  # the last line needs no end
            whole.append(rest)
        try:
            lines = [line.removesuffix(b"\r").decode() for line in whole]
        except UnicodeDecodeError as error:
            raise EvalHarnessError(
                f"does not write UTF-8: {error.reason} at byte {error.start}", where=self.name
            ) from error
        return _Ended(exit_code, lines, said)

    def _error(self, ended: _Ended, wanted: int) -> EvalHarnessError:
        count = f"{len(ended.lines)} lines for {wanted} segments"
        what = f"wrote {count}: nobody knows which is whose, none is kept"
        if ended.exit_code:
            kept = "kept" if len(ended.lines) <= wanted else "none is kept"
            what = f"{_how(ended.exit_code)} and wrote {count} ({kept})"
        said = [line.strip() for line in ended.said.splitlines() if line.strip()][-_LAST_LINES:]
        told = f"; its last words: {' | '.join(said)}" if said else "; it said nothing on stderr"
        return EvalHarnessError(what + told, where=self._where)

    def _filled(self, source: str, target: str) -> list[str]:
        values = {"source": source, "target": target}
        return [_FIELD.sub(lambda match: values[match[1]], word) for word in self.command]

    def _digest(self, argument: str) -> Facts | str:
        """A file's name and digest, wherever it lies; any other argument as it is.

        The file may be the value of an option: `--config=config.yml`.
        """
        option, given, value = argument.rpartition("=")
        path = Path(argument if Path(argument).is_file() else value)
        if not path.is_file():
            return argument
        if path not in self._digests:
            digest = hashlib.sha256()
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
            self._digests[path] = digest.hexdigest()
        prefix = option + given if str(path) != argument else ""
        return {"file": prefix + path.name, "sha256": self._digests[path]}

    @property
    def _where(self) -> str:
        return f"{self.name} ({self.command[0]})"

    @cached_property
    def _digests(self) -> dict[Path, str]:
        return {}


class _Ended(NamedTuple):
    """How a program ended.

    Attributes:
        exit_code: Its exit code; minus the signal that ended it.
        lines: The whole lines that it wrote.
        said: The end of what it wrote on stderr.
    """

    exit_code: int
    lines: list[str]
    said: str


def _line(text: str) -> str:
    """A text without whatever a program could take for the end of a line."""
    return " ".join(text.splitlines())


def _how(exit_code: int) -> str:
    if exit_code > 0:
        return f"exited with {exit_code}"
    try:
        return f"was ended by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"was ended by signal {-exit_code}"
