"""Whatever ends the process from outside: `finally` clauses run, and the exit code says which."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evalharness.interruption import Terminated, interruptible

# A suite that was started with nohup or in the background ignores these signals, and so would this.
MAIN = (
    "import signal, sys\n"
    "for name in ('SIGTERM', 'SIGHUP'): signal.signal(getattr(signal, name), signal.SIG_DFL)\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from evalharness.cli import main\n"
    "sys.exit(main())\n"
)
WAITS = "import pathlib, sys, time\npathlib.Path('started').touch()\ntime.sleep(60)\n"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_an_interrupted_run_says_that_the_same_command_goes_on(
    number: signal.Signals, code: int, small: list[str], tmp_path: Path
):
    (tmp_path / "waits.py").write_text(WAITS)
    program = ["model=command", f"model.command=[{sys.executable},waits.py]", "model.name=waits"]
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, *program, *small, "metric=[chrf]"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "started").exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(number)
    _, err = process.communicate()
    assert process.returncode == code
    assert "interrupted; the same command goes on from where it stopped\n" in err
    assert "Traceback" not in err


@pytest.fixture(params=["SIGTERM", "SIGHUP"])
def ending(request: pytest.FixtureRequest):
    """A signal that ends processes, as a new process meets it."""
    number = getattr(signal, request.param)
    before = signal.signal(number, signal.SIG_DFL)
    yield number
    signal.signal(number, before)


def test_what_is_to_be_tidied_is_tidied_and_the_handler_is_as_before(ending: signal.Signals):
    tidied = False
    with pytest.raises(Terminated), interruptible():
        try:
            os.kill(os.getpid(), ending)
            time.sleep(10)
        finally:
            tidied = True
    assert tidied
    assert signal.getsignal(ending) == signal.SIG_DFL


def test_a_signal_that_nohup_ignores_stays_ignored(ending: signal.Signals):
    signal.signal(ending, signal.SIG_IGN)
    with interruptible():
        os.kill(os.getpid(), ending)
        assert signal.getsignal(ending) == signal.SIG_IGN
