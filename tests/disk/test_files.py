"""Files are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from evalharness.disk import check_writable, locked, write_files
from evalharness.errors import EvalHarnessError

from ..conftest import files_below


def test_a_full_disk_leaves_the_old_files_intact(tmp_path: Path):
    write_files(tmp_path, {"a.txt": b"old a", "b.txt": b"old b"})
    # No file of this process may grow beyond 1000 bytes: the second write fails half-way.
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from evalharness.errors import EvalHarnessError\n"
        "from evalharness.disk import write_files\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_files(Path(sys.argv[1]), {'a.txt': b'new a', 'b.txt': b'x' * 5000})\n"
        "except EvalHarnessError as error: print(error)\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout
    assert "cannot be written: File too large; older files are as they were" in shown
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "a.txt": b"old a",
        "b.txt": b"old b",
    }


@pytest.mark.sweep
def test_the_marker_goes_before_anything_changes_and_comes_back_last(tmp_path: Path):
    """As a kill at every step would find it: seen by a reader that never stops looking."""
    write_files(tmp_path, {"data": b"0", "marker": b"0"})
    seen, writing = [], True

    def look() -> None:
        while writing:
            try:
                marker = (tmp_path / "marker").read_bytes()
                data = (tmp_path / "data").read_bytes()
                again = (tmp_path / "marker").read_bytes()
            except FileNotFoundError:
                continue
            if marker == again:
                seen.append((marker, data))

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(200):
        content = str(number).encode()
        write_files(tmp_path, {"data": content, "marker": content})
    writing = False
    reader.join()
    assert len(seen) > 100
    assert [pair for pair in seen if pair[0] != pair[1]] == []


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(EvalHarnessError, match="cannot be written"):
        write_files(tmp_path / "file", {"a": b""})
    with pytest.raises(EvalHarnessError, match="cannot be written to"):
        check_writable(tmp_path / "file", "results_dir")
    assert (tmp_path / "file").read_text() == "x"


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets a call of the system answer with an error, as those of some network shares do."""

    def install(module: ModuleType, name: str, code: int, when: Callable[..., object]) -> None:
        real = getattr(module, name)

        def call(*arguments: Any) -> Any:
            if when(*arguments):
                raise OSError(code, os.strerror(code))
            return real(*arguments)

        monkeypatch.setattr(module, name, call)

    return install


def is_folder(handle: int) -> bool:
    return stat.S_ISDIR(os.fstat(handle).st_mode)


def is_file(handle: int) -> bool:
    return not is_folder(handle)


@pytest.mark.parametrize("kind", [is_folder, is_file])
@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
def test_a_share_that_cannot_sync_is_written_to(
    tmp_path: Path, refuse: Callable[..., None], code: int, kind: Callable[..., object]
):
    refuse(os, "fsync", code, kind)
    write_files(tmp_path, {"a.txt": b"a", "b.txt": b"b"})
    assert files_below(tmp_path) == {"a.txt": b"a", "b.txt": b"b"}


def test_a_folder_that_nobody_may_open_is_written_to(tmp_path: Path, refuse: Callable[..., None]):
    refuse(os, "open", errno.EACCES, lambda path, *_: path == tmp_path)
    write_files(tmp_path, {"a.txt": b"a"})
    assert files_below(tmp_path) == {"a.txt": b"a"}


def test_a_message_says_what_became_of_the_older_files(
    tmp_path: Path, refuse: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    old, new = {"data": b"old", "marker": b"old"}, {"data": b"new", "marker": b"new"}
    write_files(tmp_path, old)
    refuse(os, "fsync", errno.EIO, is_file)
    with pytest.raises(EvalHarnessError) as caught:
        write_files(tmp_path, new)
    monkeypatch.undo()
    assert "Input/output error; older files are as they were" in str(caught.value)
    assert files_below(tmp_path) == old

    refuse(os, "fsync", errno.EIO, is_folder)
    with pytest.raises(EvalHarnessError) as caught:
        write_files(tmp_path, new)
    monkeypatch.undo()
    assert "was written, but may not outlast a power cut: Input/output" in str(caught.value)
    assert files_below(tmp_path) == new

    refuse(os, "replace", errno.EBUSY, lambda _, path: path.name == "marker")
    with pytest.raises(EvalHarnessError) as caught:
        write_files(tmp_path, old)
    assert "what is there is incomplete; run the same command again" in str(caught.value)
    assert files_below(tmp_path) == {"data": b"old"}


def test_a_share_that_renames_onto_nothing_is_written_to(
    tmp_path: Path, refuse: Callable[..., None]
):
    write_files(tmp_path, {"a.txt": b"old a", "b.txt": b"old b"})
    refuse(os, "replace", errno.EEXIST, lambda _, path: path.exists())
    write_files(tmp_path, {"a.txt": b"new a", "b.txt": b"new b"})
    assert files_below(tmp_path) == {"a.txt": b"new a", "b.txt": b"new b"}


ENDLESS_WRITER = """
import sys
from pathlib import Path
from evalharness.disk import write_files
while True:
    write_files(Path(sys.argv[1]), {"big[1].txt": b"x" * 5_000_000})
"""


def test_what_a_killed_process_left_goes_with_the_next_writer_and_what_a_living_one_writes_stays(
    tmp_path: Path,
):
    others = {f".big[1].txt.{name}.tmp": b"of another program" for name in ("x", "old")}
    for name, content in others.items():
        (tmp_path / name).write_bytes(content)
    process = subprocess.Popen([sys.executable, "-c", ENDLESS_WRITER, str(tmp_path)])

    def begun() -> list[Path]:
        found = [path for path in tmp_path.glob(".big*.tmp") if path.name not in others]
        with contextlib.suppress(FileNotFoundError):
            return [path for path in found if path.stat().st_size]
        return []

    halfway: list[Path] = []
    while not halfway:
        process.send_signal(signal.SIGCONT)
        while not begun():
            assert process.poll() is None
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        halfway = begun()
    write_files(tmp_path, {"big[1].txt": b"mine"})
    assert all(path.exists() for path in halfway)
    process.kill()
    process.wait()
    assert all(path.exists() for path in halfway)
    write_files(tmp_path, {"big[1].txt": b"mine"})
    assert files_below(tmp_path) == {"big[1].txt": b"mine", **others}


def test_without_locks_what_was_left_goes_after_a_day(tmp_path: Path, refuse: Callable[..., None]):
    refuse(fcntl, "flock", errno.ENOLCK, lambda *_: True)
    recent, abandoned = tmp_path / ".a.txt.00000001.tmp", tmp_path / ".a.txt.00000002.tmp"
    recent.write_text("another process may be writing this")
    abandoned.write_text("half")
    two_days_ago = time.time() - 2 * 86400
    os.utime(abandoned, (two_days_ago, two_days_ago))
    write_files(tmp_path, {"a.txt": b"whole"})
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", recent.name}


LOCKS_AND_DIES = """
import errno, fcntl, os, signal, sys
from pathlib import Path
from evalharness.disk import locked
def flock(*_): raise OSError(errno.ENOLCK, "No locks available")
fcntl.flock = flock
with locked(Path(sys.argv[1])):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_without_locks_a_file_stands_in_which_a_killed_process_does_not_keep(
    tmp_path: Path, refuse: Callable[..., None]
):
    refuse(fcntl, "flock", errno.ENOLCK, lambda *_: True)
    died = subprocess.run([sys.executable, "-c", LOCKS_AND_DIES, str(tmp_path)])
    assert died.returncode == -signal.SIGKILL
    (left,) = tmp_path.glob(".lock.*")
    with locked(tmp_path):
        assert str(os.getpid()) in left.read_text()
    assert not left.exists()


def test_what_is_no_regular_file_is_not_replaced(tmp_path: Path):
    """`gate.junit=/dev/null` and `-sl /dev/stdout` would replace the device."""
    fifo, link = tmp_path / "fifo", tmp_path / "link"
    os.mkfifo(fifo)
    link.symlink_to(fifo)
    for path in (fifo, link):
        with pytest.raises(EvalHarnessError, match=f"{path.name}: is no regular file; older files"):
            write_files(tmp_path, {path.name: b"x"})
    assert stat.S_ISFIFO(fifo.lstat().st_mode)
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fifo", "link"]
