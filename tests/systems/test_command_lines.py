"""Which line is whose: what is kept before a program has ended, and what is taken back."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evalharness.errors import EvalHarnessError
from evalharness.systems import CommandSystem, TakenBackError, Translation
from evalharness.systems.command import program as running

from ..conftest import CommandLine, text_testset
from .test_command import SHOUT, program, translated

TEXTS = [f"cümle {n} burada" for n in range(100)]

# Answers line by line, and notes which it answered. It stops at the fiftieth, until told otherwise.
SLOW_AT_50 = """
import os, sys, time
for number, line in enumerate(sys.stdin):
    if number == 50 and not os.path.exists('goes_on'):
        open('stopped', 'w')
        time.sleep(60)
    open('answered', 'a').write(line)
    print(line.strip().upper(), flush=True)
if os.path.exists('adds'):
    print('Done.')
"""


@pytest.fixture
def hundred(tmp_path: Path) -> list[str]:
    """The overrides for a hundred lines and `SLOW_AT_50`."""
    for name in ("src.txt", "ref.txt"):
        (tmp_path / name).write_text("".join(f"{text}\n" for text in TEXTS), encoding="utf-8")
    command = ",".join(program(tmp_path, SLOW_AT_50))
    return [*text_testset("src.txt", "ref.txt"), "model=command", f"model.command=[{command}]"]


def end_at_50(folder: Path, arguments: list[str], how: signal.Signals) -> None:
    (folder / "stopped").unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "evalharness", *arguments, "metric=[chrf]"],
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while not (folder / "stopped").exists() and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(how)
    process.wait(20)


def answered(folder: Path) -> list[str]:
    return (folder / "answered").read_text("utf-8").splitlines()


def test_what_was_answered_before_an_interruption_is_not_asked_again(
    evalharness: CommandLine, hundred: list[str], tmp_path: Path
):
    for how in (signal.SIGKILL, signal.SIGINT):
        end_at_50(tmp_path, hundred, how)
    asked = answered(tmp_path)
    (tmp_path / "goes_on").touch()
    outcome = evalharness(*hundred, "metric=[chrf]")
    assert outcome.code == 0
    (run,) = (tmp_path / "results/runs").glob("*/*")
    rows = [json.loads(row) for row in (run / "segments.jsonl").read_text("utf-8").splitlines()]
    assert [row["hypothesis"] for row in rows] == [text.upper() for text in TEXTS]
    from_store = json.loads((run / "run.json").read_text())["counts"]["from_store"]
    assert from_store >= 40
    last = answered(tmp_path)[len(asked) :]
    assert len(last) == 100 - from_store
    assert set(answered(tmp_path)) == set(TEXTS)


@pytest.mark.sweep
def test_a_program_that_turns_out_wrong_takes_back_what_it_wrote_before_an_interruption(
    evalharness: CommandLine, hundred: list[str], tmp_path: Path
):
    end_at_50(tmp_path, hundred, signal.SIGKILL)
    (tmp_path / "adds").touch()
    (tmp_path / "goes_on").touch()
    outcome = evalharness(*hundred, "metric=[chrf]")
    assert outcome.code == 2
    assert "they cannot be matched to the segments, and none is kept" in outcome.err
    (tmp_path / "adds").unlink()
    before = len(answered(tmp_path))
    assert evalharness(*hundred, "metric=[chrf]").code == 0
    assert answered(tmp_path)[before:] == TEXTS


@pytest.mark.parametrize("printed", [0, 1, 2, 4])
def test_another_number_of_lines_is_an_error_and_nothing_is_served(
    evalharness: CommandLine, small: list[str], tmp_path: Path, printed: int
):
    code = (
        "import sys\nsys.stdin.read()\n"
        f"print(*'abcd'[:{printed}], sep='\\n', end='')\nsys.stderr.write('odd\\n')"
    )
    command = ",".join(program(tmp_path, code))
    shown = evalharness(*small, "model=command", f"model.command=[{command}]")
    assert shown.code == 2
    assert f"wrote {printed} lines for 3 segments" in shown.err
    assert "its last words: odd" in shown.err
    assert not list((tmp_path / "results").rglob("*.jsonl"))


WRONG = {
    "a line too many, at once": "print(line, end='\\n\\n' if number == 40 else '')",
    "a line too few": "print(line, end='') if number != 40 else None",
    "a line at the end": "print(line, end='')\n    if number == 99: print('Done.')",
    "lines without an end": "while True: print(line, end='')",
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_a_program_that_is_out_of_line_somewhere_is_found_out(tmp_path: Path, body: str):
    code = (
        "import functools, sys\nprint = functools.partial(print, flush=True)\n"
        f"for number, line in enumerate(sys.stdin):\n    {body}\n"
    )
    with pytest.raises(TakenBackError, match="none is kept"):
        translated(program(tmp_path, code), TEXTS)


def test_a_line_before_anything_was_read_is_no_answer(tmp_path: Path):
    code = f"import time\nprint('Loading ...', flush=True)\ntime.sleep(0.5)\n{SHOUT}"
    with pytest.raises(TakenBackError, match="wrote line 1 before it had read that segment"):
        translated(program(tmp_path, code), TEXTS)


HELD_BACK = {
    "until the end": "print(*[line.upper() for line in sys.stdin], sep='', end='')",
    "sixteen at a time": (
        "import itertools\n"
        "while batch := list(itertools.islice(sys.stdin, 16)):\n"
        "    print(*[line.upper() for line in batch], sep='', end='', flush=True)"
    ),
    "one": (
        "held = sys.stdin.readline()\n"
        "for line in sys.stdin: print(held.upper(), end='', flush=True); held = line\n"
        "print(held.upper(), end='')"
    ),
}


@pytest.mark.parametrize("code", HELD_BACK.values(), ids=HELD_BACK)
def test_a_program_may_hold_back_what_it_answers(tmp_path: Path, code: str):
    texts = [f"{n} " + "x" * 5000 for n in range(100)]
    expected = [text.upper() for text in texts]
    assert translated(program(tmp_path, f"import sys\n{code}\n"), texts) == expected


def test_what_is_said_on_stderr_blocks_nothing_and_is_bounded(tmp_path: Path):
    code = f"import sys\nfor n in range(300): sys.stderr.write('x' * 10000 + '\\n')\n{SHOUT}"
    assert translated(program(tmp_path, code), TEXTS) == [text.upper() for text in TEXTS]
    with pytest.raises(EvalHarnessError) as shown:
        translated(program(tmp_path, f"{code}sys.exit(1)"), TEXTS)
    assert len(str(shown.value)) < 10_000


def test_a_line_has_a_bound_which_is_told(tmp_path: Path):
    code = "import sys\nsys.stdin.readline()\nwhile True: sys.stdout.write('x' * 65536)\n"
    with pytest.raises(TakenBackError, match="a line of more than 1 MiB"):
        translated(program(tmp_path, code), TEXTS)


def test_a_program_may_close_its_input_early(tmp_path: Path):
    code = "import os, sys\nlines = sys.stdin.readline()\nos.close(0)\nprint(lines, end='')\n"
    with pytest.raises(TakenBackError, match="wrote 1 lines for 3000 segments"):
        translated(program(tmp_path, code), [f"{n} " + "x" * 100 for n in range(3000)])


def test_a_program_that_has_closed_its_output_and_does_not_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(running, "_SECONDS_TO_END", 0.2)
    code = f"import os, time\n{SHOUT}os.close(1)\ntime.sleep(60)\n"
    assert translated(program(tmp_path, code), ["elma"]) == ["ELMA"]


def test_an_answer_is_known_before_the_input_ends(tmp_path: Path):
    made = CommandSystem(command=program(tmp_path, SHOUT)).translate(TEXTS * 100, "tr", "en")
    assert next(made) == (0, Translation(TEXTS[0].upper()))
    made.close()  # type: ignore[attr-defined]
