"""Programs: a segment per line in, a translation per line out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evalharness.errors import EvalHarnessError
from evalharness.systems import CommandSystem, Translation

from ..conftest import CommandLine

SHOUT = "import sys\nfor line in sys.stdin: print(line.rstrip('\\n').upper(), flush=True)\n"


def program(folder: Path, code: str, *arguments: str) -> list[str]:
    path = folder / "program.py"
    path.write_text(code, encoding="utf-8")
    return [sys.executable, str(path), *arguments]


def translated(command: list[str], texts: list[str]) -> list[str]:
    made = dict(CommandSystem(command=command).translate(texts, "tr", "en"))
    assert all(isinstance(of, Translation) for of in made.values())
    return [made[position].text for position in range(len(texts))]


def test_each_line_is_a_segments_whatever_a_segment_holds(tmp_path: Path):
    texts = ["elma", "", " a\tb ", "iki\u2028satır\rda\nbir", "$(rm -rf x) `y` ; z"]
    assert translated(["cat"], texts) == ["elma", "", " a\tb ", "iki satır da bir", texts[4]]


def test_a_thousand_long_lines_do_not_block_a_program_that_writes_while_it_reads(tmp_path: Path):
    texts = [f"{n} " + "x" * 5000 for n in range(1000)]
    assert translated(program(tmp_path, SHOUT), texts) == [text.upper() for text in texts]


def test_places_for_the_languages_are_filled_in_and_nothing_is_expanded(tmp_path: Path):
    code = "import sys\nfor line in sys.stdin: print(*sys.argv[1:])\n"
    arguments = ["--from={source}", "{target}", "$HOME", "*", "{text}"]
    assert translated(program(tmp_path, code, *arguments), ["x"]) == ["--from=tr en $HOME * {text}"]


def test_the_last_line_needs_no_end_and_windows_ends_are_none(tmp_path: Path):
    code = "import sys\nsys.stdin.read()\nsys.stdout.buffer.write(b'one\\r\\ntwo')\n"
    assert translated(program(tmp_path, code), ["bir", "iki"]) == ["one", "two"]


@pytest.mark.parametrize("printed", [0, 1, 2, 4])
def test_another_number_of_lines_is_an_error_and_nothing_is_kept(
    evalharness: CommandLine, small: list[str], tmp_path: Path, printed: int
):
    code = f"import sys\nprint(*'abcd'[:{printed}], sep='\\n', end='')\nsys.stderr.write('odd\\n')"
    command = ",".join(program(tmp_path, code))
    told = evalharness(*small, "model=command", f"model.command=[{command}]")
    assert told.code == 2
    assert f"wrote {printed} lines for 3 segments" in told.err
    assert "its last words: odd" in told.err
    assert not list((tmp_path / "results").rglob("*.jsonl"))


def test_a_program_that_dies_is_told_with_its_last_words_and_what_it_wrote_is_kept(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    code = (
        "import sys, os\n"
        "for number, line in enumerate(sys.stdin):\n"
        "    if number == 2 and not os.path.exists('mended'):\n"
        "        sys.stdout.write('half a li')\n"
        "        sys.stdout.flush()\n"
        "        sys.exit('loading\\n\\nmodel.npz: no such file\\nAborted')\n"
        "    print(line.strip().upper(), flush=True)\n"
    )
    arguments = [*small, "model=command", f"model.command=[{','.join(program(tmp_path, code))}]"]
    told = evalharness(*arguments)
    assert told.code == 2
    assert told.err.count("\n") == 2  # what runs, and the error
    assert "exited with 1 and wrote 2 lines for 3 segments (kept)" in told.err
    assert "loading | model.npz: no such file | Aborted" in told.err
    (path,) = (tmp_path / "results/store").rglob("*.jsonl")
    kept = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert all(line["text"] == line["source"].upper() for line in kept)
    assert len(kept) == 2
    (tmp_path / "mended").touch()
    assert evalharness(*arguments).code == 0
    (run,) = (tmp_path / "results").glob("runs/*/*/run.json")
    assert json.loads(run.read_text())["counts"]["from_store"] == 2


def test_a_program_that_is_killed_is_told_so(tmp_path: Path):
    code = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
    with pytest.raises(EvalHarnessError, match=r"was ended by SIGKILL.*nothing on stderr"):
        translated(program(tmp_path, code), ["a"])


def test_a_program_that_reads_nothing_or_writes_no_utf8_is_told(tmp_path: Path):
    with pytest.raises(EvalHarnessError, match="exited with 3 and wrote 0 lines"):
        translated(program(tmp_path, "import sys\nsys.exit(3)"), ["x" * 10**6])
    code = "import sys\nsys.stdout.buffer.write(b'\\xff\\n')"
    with pytest.raises(EvalHarnessError, match="does not write UTF-8"):
        translated(program(tmp_path, code), ["x"])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["model.command=[no-such-program,x]"], "no program 'no-such-program'"),
        (["model.command=[]"], "model.command: no program"),
        (["model.command=cat"], "give a list"),
        (["model.command=[cat]", "model.languages=[de,en]"], "Turkish into English"),
        (["model.command=[cat]", "model.segments_per_start=0"], "less than 1"),
        ([], "model.command: not given"),
    ],
)
def test_bad_commands_get_one_line(
    evalharness: CommandLine, small: list[str], options: list[str], told: str
):
    outcome = evalharness(*small, "model=command", *options)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert told in outcome.err


def test_programs_and_files_are_told_apart_by_what_is_in_them(tmp_path: Path):
    command = program(tmp_path, SHOUT, f"--config={tmp_path}/config.yml", "--beam=4")
    (tmp_path / "config.yml").write_text("beam: 4")

    def facts(command: list[str], **options: str) -> object:
        return CommandSystem(command=command, **options).fingerprint("tr", "en")

    before = facts(command)
    assert str(tmp_path) not in json.dumps(before)
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("program.py", "config.yml"):
        (moved / name).write_bytes((tmp_path / name).read_bytes())
    there = [word.replace(str(tmp_path), str(moved)) for word in command]
    assert facts(there) == before
    assert facts([*command[:-1], "--beam=5"]) != before
    assert facts(command, version="2") != before
    assert facts(command, name="x") == before
    (moved / "config.yml").write_text("beam: 5")
    assert facts(there) != before
    (tmp_path / "program.py").write_text(SHOUT + "#")
    assert facts(command) != before


def test_an_interrupt_ends_the_program_too(tmp_path: Path, small: list[str]):
    code = (
        "import os, sys, time\n"
        "open('pid.tmp', 'w').write(str(os.getpid()))\n"
        "os.rename('pid.tmp', 'pid')\n"
        "time.sleep(60)\n"
    )
    command = ",".join(program(tmp_path, code))
    running = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "evalharness",
            *small,
            "model=command",
            f"model.command=[{command}]",
        ],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
    )
    until = time.monotonic() + 30
    while not (tmp_path / "pid").exists() and time.monotonic() < until:
        time.sleep(0.02)
    before = time.monotonic()
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=10)
    assert time.monotonic() - before < 1.5
    assert running.returncode == 130
    assert b"interrupted" in said
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
