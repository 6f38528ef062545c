r"""Only \n ends a line."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.errors import EvalHarnessError
from evalharness.textfiles import read_lines

ODD = "\u2028\u2029\x0b\x0c\x1c\x1d\x1e\x85"
line = st.text(st.characters(exclude_characters="\n\r\ufeff", exclude_categories=["Cs"]))
odd_line = st.text(st.sampled_from("ab" + ODD))


@given(st.lists(line | odd_line), st.booleans())
def test_lines_come_back_as_they_were_joined(lines: list[str], final_newline: bool):
    text = "".join(f"{line}\n" for line in lines)
    if lines and lines[-1] and not final_newline:
        text = text[:-1]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lines.txt"
        path.write_bytes(text.encode())
        assert read_lines(path) == lines


def test_a_byte_order_mark_is_dropped(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    path = tmp_path / "bom.txt"
    path.write_text("bir\niki\n", encoding="utf-8-sig")
    assert read_lines(path) == ["bir", "iki"]
    assert "byte-order mark" in caplog.text


@pytest.mark.parametrize(("bad", "line", "byte"), [(b"\xff", 3, 8), (b"\xc3", 3, 8)])
def test_bytes_that_are_no_utf8_are_located(tmp_path: Path, bad: bytes, line: int, byte: int):
    path = tmp_path / "bad.txt"
    path.write_bytes(b"bir\niki\n" + bad + b"\n")
    with pytest.raises(EvalHarnessError, match=rf"line {line}: not UTF-8 \(byte {byte}:"):
        read_lines(path)


def test_a_folder_is_no_file(tmp_path: Path):
    with pytest.raises(EvalHarnessError, match="cannot be read"):
        read_lines(tmp_path)
