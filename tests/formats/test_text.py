r"""Only \n ends a line."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.errors import EvalHarnessError
from evalharness.formats.text import TextFile, is_blank, read_text

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
        assert read_text(path).lines == lines


def read(tmp_path: Path, content: bytes) -> TextFile:
    (tmp_path / "a.txt").write_bytes(content)
    file = read_text(tmp_path / "a.txt")
    return TextFile(file.lines, tuple(note.removeprefix(f"{tmp_path}/") for note in file.notes))


def test_what_is_dropped_is_noted_with_the_files_name(tmp_path: Path):
    assert read(tmp_path, b"bir\n") == TextFile(["bir"])
    assert read(tmp_path, b"\xef\xbb\xbfbir\niki\r\n\xc3\xbc\xc3\xa7\r\n") == TextFile(
        ["bir", "iki", "\u00fc\u00e7"],
        (
            "a.txt: the byte-order mark at the beginning was dropped (sacreBLEU would score it)",
            "a.txt: 2 of 3 lines end in \\r\\n; the \\r was dropped",
        ),
    )


def test_byte_order_marks_inside_stay_and_are_noted(tmp_path: Path):
    mark = "\ufeff".encode()
    file = read(tmp_path, mark + b"bir\n" + mark + b"iki\n\xc3\xbc\xc3\xa7" + mark + b"d\n")
    assert file.lines == ["bir", "\ufeffiki", "\u00fc\u00e7\ufeffd"]
    assert ": lines 2, 3;" in file.notes[1]


@pytest.mark.parametrize("content", [b"bir\riki\r", b"bir\riki", b"bir\r"])
def test_a_file_whose_lines_end_in_cr_alone_is_refused_and_can_be_mended_as_said(
    tmp_path: Path, content: bytes
):
    with pytest.raises(EvalHarnessError, match=r"a\.txt: its lines end in \\r alone") as caught:
        read(tmp_path, content)
    assert caught.value.hint is not None
    subprocess.run(
        ["bash", "-c", caught.value.hint.removeprefix("convert it: ")], check=True, cwd=tmp_path
    )
    mended = content.decode().removesuffix("\r").split("\r")
    assert read_text(tmp_path / "NEW.txt") == TextFile(mended)


def test_a_stray_cr_stays_in_its_line(tmp_path: Path):
    assert read(tmp_path, b"bi\rr\niki") == TextFile(["bi\rr", "iki"])


def test_utf16_without_a_mark_is_refused_and_a_stray_nul_is_text(tmp_path: Path):
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le"):
        with pytest.raises(EvalHarnessError, match=r"UTF-16, or no text; convert the file"):
            read(tmp_path, "one\ntwo\n".encode(encoding))
    assert read(tmp_path, b"one\0two\n").lines == ["one\0two"]


# Unicode's property Default_Ignorable_Code_Point, White_Space, and controls.
UNSEEN = (
    "\u200b\u200c\u200d\ufeff\u2060\u200e\u202a\u2066\u2069"
    "\u00ad\u061c\u180e\u034f\ufe0f\u3164\U000e0041"
)


@given(st.text(st.sampled_from(UNSEEN + ODD + " \t\u3000\x00\x7f")))
def test_a_text_in_which_nothing_can_be_seen_is_blank(unseen: str):
    assert is_blank(unseen)
    # A letter; an Arabic number sign, which is a format character that is drawn; half an emoji.
    for seen in ("a", "\u0600", "\u06dd", "\U0001f468", "\u0301"):
        assert not is_blank(f"{unseen}{seen}{unseen}")


@pytest.mark.parametrize(("bad", "line", "byte"), [(b"\xff", 3, 8), (b"\xc3", 3, 8)])
def test_bytes_that_are_no_utf8_are_located(tmp_path: Path, bad: bytes, line: int, byte: int):
    path = tmp_path / "bad.txt"
    path.write_bytes(b"bir\niki\n" + bad + b"\n")
    with pytest.raises(EvalHarnessError, match=rf"line {line}: not UTF-8 \(byte {byte}:"):
        read_text(path)


def test_a_folder_is_no_file(tmp_path: Path):
    with pytest.raises(EvalHarnessError, match="cannot be read"):
        read_text(tmp_path)
