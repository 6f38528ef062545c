"""A program ends with the harness, however that ends, and so does what it has started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .test_command import SHOUT, program, translated

# Two processes that never end by themselves; they say who they are when both are there.
ENDLESS = """
import os, subprocess, sys, time
child = subprocess.Popen(['sleep', '60'])
with open(f'{os.getpid()}.tmp', 'w') as file: file.write(f'{os.getpid()} {child.pid}')
os.rename(f'{os.getpid()}.tmp', f'{os.getpid()}.pids')
time.sleep(60)
"""

# A harness without its command line: a program in each of two threads, and a process forked
# while they ran.
TWO_AND_A_FORK = """
import os, sys, threading, time
from evalharness.systems import CommandSystem
def run(): list(CommandSystem(command=sys.argv[1:]).translate(['x'], 'tr', 'en'))
for _ in range(2): threading.Thread(target=run).start()
while len([name for name in os.listdir() if name.endswith('.pids')]) < 2: time.sleep(0.02)
fork = os.fork()
if fork == 0: time.sleep(60)
open('forked.tmp', 'w').write(str(fork))
os.rename('forked.tmp', 'forked')
"""

WORKER = """
import multiprocessing, sys
from evalharness.systems import CommandSystem
def run(command): list(CommandSystem(command=command).translate(['x'], 'tr', 'en'))
if __name__ == '__main__':
    multiprocessing.get_context('spawn').Process(target=run, args=(sys.argv[1:],)).start()
"""


def wait_until(what: object, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process is there and is no zombie, which nobody may have waited for."""
    done = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], check=False, capture_output=True, text=True
    )
    return bool(done.stdout.strip()) and not done.stdout.strip().startswith("Z")


def pids(folder: Path) -> list[int]:
    return [int(pid) for path in folder.glob("*.pids") for pid in path.read_text().split()]


@pytest.mark.sample
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_to_the_harness_ends_the_program_and_its_children(
    tmp_path: Path, small: list[str], how: signal.Signals
):
    command = f"model.command=[{','.join(program(tmp_path, ENDLESS))}]"
    process = subprocess.Popen(
        [sys.executable, "-m", "evalharness", *small, "model=command", command],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: pids(tmp_path))
    started = pids(tmp_path)
    before = time.monotonic()
    process.send_signal(how)
    _, shown = process.communicate(timeout=10)
    if how == signal.SIGINT:
        assert time.monotonic() - before < 1.5
        assert process.returncode == 130
        assert b"interrupted" in shown
    wait_until(lambda: not any(map(alive, started)), 5)
    assert len(started) == 2


def test_several_programs_end_also_when_a_forked_process_lives_on(tmp_path: Path):
    command = program(tmp_path, ENDLESS)
    process = subprocess.Popen([sys.executable, "-c", TWO_AND_A_FORK, *command], cwd=tmp_path)
    wait_until((tmp_path / "forked").exists)
    fork, started = int((tmp_path / "forked").read_text()), pids(tmp_path)
    try:
        assert len(started) == 4
        assert all(map(alive, started))
        process.kill()
        process.wait()
        wait_until(lambda: not any(map(alive, started)), 5)
        assert alive(fork)
    finally:
        os.kill(fork, signal.SIGKILL)


@pytest.mark.sweep
def test_the_program_of_a_worker_ends_when_the_process_that_it_works_for_is_killed(
    tmp_path: Path,
):
    (tmp_path / "worker.py").write_text(WORKER)
    command = program(tmp_path, ENDLESS)
    process = subprocess.Popen(
        [sys.executable, "worker.py", *command], cwd=tmp_path, stderr=subprocess.DEVNULL
    )
    wait_until(lambda: pids(tmp_path))
    process.kill()
    process.wait()
    wait_until(lambda: not any(map(alive, pids(tmp_path))), 10)


def test_what_a_program_has_left_behind_ends_with_it_and_nothing_of_ours_remains(tmp_path: Path):
    code = (
        "import os, subprocess, sys\n"
        f"left = subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL)\n"
        f"open('left.pids', 'w').write(str(left.pid))\n{SHOUT}"
    )
    script = (
        "import os, sys\nfrom evalharness.systems import CommandSystem\n"
        "print(list(CommandSystem(command=sys.argv[1:]).translate(['x'], 'tr', 'en')))\n"
        "try: print(os.waitpid(-1, os.WNOHANG))\n"
        "except ChildProcessError: print('no child is left')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *program(tmp_path, code)],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert "'X'" in done.stdout
    assert "no child is left" in done.stdout
    (left,) = pids(tmp_path)
    wait_until(lambda: not alive(left), 5)


def test_a_watcher_that_was_killed_is_no_reason_to_stop(tmp_path: Path):
    code = (
        "import os, subprocess, sys\n"
        "for line in sys.stdin:\n"
        "    listed = subprocess.run(['ps', '-eo', 'pid=,ppid=,args='], capture_output=True)\n"
        "    for words in map(bytes.split, listed.stdout.splitlines()):\n"
        "        if int(words[1]) == os.getppid() and words[2:4] == [b'/bin/sh', b'-c']:\n"
        "            os.kill(int(words[0]), 9)\n"
        "    print(line.strip(), flush=True)\n"
    )
    command = program(tmp_path, code)
    assert translated(command, ["elma", "deniz"]) == ["elma", "deniz"]
