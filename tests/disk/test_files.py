"""Files are written whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from evalharness.disk import check_writable, write_files
from evalharness.errors import EvalHarnessError


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
    told = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout
    assert "cannot be written: File too large; older files are as they were" in told
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "a.txt": b"old a",
        "b.txt": b"old b",
    }


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


def test_what_a_killed_process_left_goes_after_a_day(tmp_path: Path):
    recent, abandoned = tmp_path / ".a.txt.1.tmp", tmp_path / ".a.txt.2.tmp"
    recent.write_text("another process may be writing this")
    abandoned.write_text("half")
    two_days_ago = time.time() - 2 * 86400
    os.utime(abandoned, (two_days_ago, two_days_ago))
    write_files(tmp_path, {"a.txt": b"whole"})
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", recent.name}
