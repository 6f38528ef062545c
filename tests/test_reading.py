"""Files of strangers: what never ends, never begins, or unpacks into more than there is."""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evalharness.errors import EvalHarnessError
from evalharness.reading import (
    DEEPEST,
    MOST_JSON_BYTES,
    MOST_TEXT_BYTES,
    MOST_YAML_BYTES,
    copy_stream,
    open_file,
    parse_json,
    read_file,
    read_json,
    read_json_lines,
    read_yaml,
)
from evalharness.results.arrays import read_arrays, read_table
from evalharness.testsets.provenance import read_provenance

from .conftest import CommandLine, write_small
from .finished import BLEU, bitext, finished

READERS = [read_file, read_json, read_json_lines, read_yaml]


@pytest.fixture(autouse=True)
def an_end() -> Iterator[None]:
    """Ends a test that waits for ever, which is what it tests."""

    def stop(*_: object) -> None:
        raise TimeoutError("waits for ever")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(90)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "fifo")
    return tmp_path / "fifo"


@pytest.mark.parametrize("read", READERS)
def test_only_regular_files_are_read(read: Callable[[Path], Any], fifo: Path):
    for path, kind in ((fifo, "a FIFO"), (Path("/dev/null"), "a device")):
        with pytest.raises(OSError, match=f"{kind}, not a regular file"):
            read(path)
    with pytest.raises(IsADirectoryError):
        read(fifo.parent)
    link = fifo.parent / "link"
    link.symlink_to(fifo)
    with pytest.raises(OSError, match="a FIFO"):
        read(link)


@pytest.mark.parametrize(
    ("read", "most", "message"),
    [
        (read_file, MOST_TEXT_BYTES, "larger than 4 GiB"),
        (read_json_lines, MOST_TEXT_BYTES, "larger than 4 GiB"),
        (read_json, MOST_JSON_BYTES, "larger than 16 MiB"),
        (read_yaml, MOST_YAML_BYTES, "larger than 1 MiB"),
    ],
)
def test_a_file_of_any_size_is_refused_before_it_is_read(
    read: Callable[[Path], Any], most: int, message: str, tmp_path: Path
):
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(most + 1)
    tracemalloc.start()
    with pytest.raises(OSError, match=message):
        read(path)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_a_stream_without_an_end_is_read_up_to_the_bound(tmp_path: Path):
    with Path("/dev/zero").open("rb") as endless, pytest.raises(OSError, match="larger than 3 MiB"):
        copy_stream(endless, tmp_path / "stdin", 3 * 2**20)
    assert (tmp_path / "stdin").stat().st_size == 3 * 2**20


def test_a_file_without_a_size_is_read_up_to_the_bound():
    path = Path("/proc/self/status")  # its size is 0
    if not path.exists():
        pytest.skip("needs /proc")
    assert read_file(path).startswith(b"Name:")
    with pytest.raises(OSError, match="larger than 10 bytes"):
        read_file(path, 10)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("ab"), inner),
)


@given(JSON)
def test_json_is_what_json_says(value: Any):
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize("depth", [DEEPEST + 1, 200_000])
@pytest.mark.parametrize("ends", ["[]", '{"a":}'])
def test_values_that_lie_too_deep_are_refused(depth: int, ends: str, tmp_path: Path):
    start, end = ends[:-1], ends[-1]
    within = (start * DEEPEST + "0" + end * DEEPEST).encode()
    assert parse_json(within) == json.loads(within)
    path = tmp_path / "deep"
    path.write_text(start * depth + "0" + end * depth)
    for read, error in ((read_json, ValueError), (read_json_lines, ValueError)):
        with pytest.raises(error, match=f"more than {DEEPEST} deep"):
            read(path)
    path.write_text("[" * min(depth, 5000) + "]" * min(depth, 5000))
    with pytest.raises(yaml.YAMLError, match=f"more than {DEEPEST} deep"):
        read_yaml(path)


def test_lines_are_counted_and_measured_before_they_are_kept(tmp_path: Path):
    path = tmp_path / "lines.jsonl"
    path.write_text('{"a": "\u2028"}\n\n[1]\n', encoding="utf-8")
    assert read_json_lines(path) == [{"a": "\u2028"}, [1]]
    with pytest.raises(ValueError, match="more than 1 lines"):
        read_json_lines(path, 1)
    path.write_bytes(b" " * (MOST_JSON_BYTES + 1) + b"1")
    with pytest.raises(ValueError, match="larger than 16 MiB"):
        read_json_lines(path)


def bomb(levels: int, last: str = "made_by") -> str:
    """Each line stands for four times the one before."""
    lines = ["a: &a0 [x, x, x, x]"]
    for n in range(1, levels):
        lines.append(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]")
    return "\n".join([*lines, f"{last}: *a{levels - 1}", ""])


MERGES = "a: &a {x: 1}\nb: &b {<<: [*a, *a, *a]}\n" + "".join(
    f"b{n}: &b{n} {{<<: [{', '.join([f'*b{n - 1}' if n else '*b'] * 9)}]}}\n" for n in range(7)
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (bomb(9), "more than 100000 values"),
        (MERGES, "more than 100000 values"),
        ("a: &a [*a]\n", "lies in itself"),
        ("a: " + "1:" * 20_000 + "1\n", "a number of more than 1000 characters"),
        ("".join(f"a{n}: &a{n} [{f'*a{n - 1}' if n else ''}]\n" for n in range(70)), "deep"),
        ("made_on: 2026-13-45\n", "month"),
        ("!!python/object/apply:os.mkdir [marker]\n", "could not determine a constructor"),
    ],
)
def test_yaml_that_unpacks_or_runs_is_refused(content: str, message: str, tmp_path: Path):
    path = tmp_path / "file.yaml"
    path.write_text(content)
    with pytest.raises(yaml.YAMLError, match=message):
        read_yaml(path)
    (tmp_path / "provenance.yaml").write_text(content)
    with pytest.raises(EvalHarnessError, match=f"not valid YAML: .*{message}"):
        read_provenance(tmp_path)
    assert not Path("marker").exists()


def test_yaml_that_says_things_twice_is_read(tmp_path: Path):
    path = tmp_path / "file.yaml"
    path.write_text("a: &a {x: [1, 2]}\nb: *a\nc: {<<: *a, y: 1.5}\nd: 2026-01-02\n")
    assert read_yaml(path) == yaml.safe_load(path.read_text())
    path.write_text("")
    assert read_yaml(path) is None


def saved(path: Path, packing: int = zipfile.ZIP_DEFLATED, **arrays: np.ndarray) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array)
            archive.writestr(f"{name}.npy", buffer.getvalue())
    return path


def test_an_array_is_not_unpacked_before_its_header_is_right(tmp_path: Path):
    path = saved(tmp_path / "bomb.npz", BLEU=np.zeros((4_000_000, 1)))
    assert path.stat().st_size < 10**5
    tracemalloc.start()
    with pytest.raises(ValueError, match="not a row of numbers for each of 3"):
        read_table(path, "BLEU", 3)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_an_array_larger_than_is_read_is_refused_whatever_the_run_says(tmp_path: Path):
    header = io.BytesIO()
    facts = {"descr": "<f8", "fortran_order": False, "shape": (3, 50_000_000)}
    np.lib.format.write_array_header_1_0(header, facts)
    with zipfile.ZipFile(tmp_path / "lies.npz", "w") as archive:
        archive.writestr("BLEU.npy", header.getvalue())
    with pytest.raises(ValueError, match="more than the 1073741824"):
        read_table(tmp_path / "lies.npz", "BLEU", 3)


def test_many_arrays_are_no_larger_than_one_may_be(tmp_path: Path):
    path = saved(tmp_path / "many.npz", BLEU=np.zeros((3, 1)))
    header = io.BytesIO()
    facts = {"descr": "<f8", "fortran_order": False, "shape": (2**27,)}
    np.lib.format.write_array_header_1_0(header, facts)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("other.npy", header.getvalue())
    with pytest.raises(ValueError, match="other: 1073741824 bytes, more than the 1073741824"):
        read_arrays(path, ["BLEU"], 3)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_numpys_own_packing_is_unpacked(packing: int, tmp_path: Path):
    path = saved(tmp_path / "other.npz", packing, BLEU=np.zeros((3, 2)))
    with pytest.raises(ValueError, match="packed in another way"):
        read_table(path, "BLEU", 3)


def test_an_array_of_objects_is_refused(tmp_path: Path):
    path = saved(tmp_path / "pickle.npz", BLEU=np.array([[{}], [{}]], dtype=object))
    with pytest.raises(ValueError, match="not a row of numbers"):
        read_table(path, "BLEU", 2)


def test_what_numpy_saved_is_read(tmp_path: Path):
    table = np.arange(6, dtype=np.float64).reshape(3, 2)
    np.savez_compressed(tmp_path / "right.npz", BLEU=table, other=np.asfortranarray(table))
    assert (read_table(tmp_path / "right.npz", "BLEU", 3) == table).all()
    assert (read_table(tmp_path / "right.npz", "other", 3) == table).all()


INPUTS = [
    "testset.source=fifo",
    "testset.references=[fifo]",
    "testset.documents=fifo",
    "model.path=fifo",
]


@pytest.mark.parametrize("option", INPUTS)
def test_no_input_keeps_a_command_waiting(option: str, fifo: Path, evalharness: CommandLine):
    small = write_small(fifo.parent)
    shown = evalharness("model=file", "model.path=ref.txt", *small, "metric=[bleu]", option)
    assert (shown.code, shown.err.count("\n")) == (2, 1)
    assert "fifo: cannot be read: a FIFO, not a regular file; write what it gives" in shown.err


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    text = bitext(["red apple tree", "blue sea today", "yellow sun here"])
    texts = [segment.references[0] for segment in text.segments]
    finished(tmp_path / "results", "b", text, texts[::-1], BLEU)
    return tmp_path / "results" / finished(tmp_path / "results", "a", text, texts, BLEU).folder


@pytest.mark.parametrize("name", ["run.json", "scores.json", "segments.jsonl", "statistics.npz"])
def test_no_file_of_a_run_keeps_a_command_waiting(
    name: str, run_folder: Path, evalharness: CommandLine
):
    (run_folder / name).unlink()
    os.mkfifo(run_folder / name)
    shown = evalharness("compare", f"runs=['{run_folder}',b]")
    assert shown.code in (0, 2)  # statistics are computed again from the hypotheses
    assert "not a regular file" in shown.err or "not a run folder" in shown.err


FORGED = {
    "resamples": (lambda run: run["bootstrap"].update(resamples=10**9), "1000000000 resamples"),
    "digest": (lambda run: run["testset"].update(digest="=1+1"), "'=1+1' is no digest"),
    "depth": (lambda run: run.update(notes=json.loads("[" * 70 + "]" * 70)), "more than 64 deep"),
}


@pytest.mark.parametrize("case", FORGED)
def test_numbers_and_names_of_a_run_folder_are_bounded(
    case: str, run_folder: Path, evalharness: CommandLine
):
    forge, message = FORGED[case]
    run = json.loads((run_folder / "run.json").read_bytes())
    forge(run)
    (run_folder / "run.json").write_text(json.dumps(run))
    shown = evalharness("compare", f"runs=['{run_folder}',b]")
    assert (shown.code, shown.err.count("\n")) == (2, 1)
    assert message in shown.err


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "a\nb", "../x", ""])
def test_a_metric_has_a_name(name: str, run_folder: Path, evalharness: CommandLine):
    scores = json.loads((run_folder / "scores.json").read_bytes())
    scores["scores"][0]["metric"] = name
    (run_folder / "scores.json").write_text(json.dumps(scores))
    shown = evalharness("compare", f"runs=['{run_folder}',b]")
    assert (shown.code, shown.err.count("\n")) == (2, 1)
    assert "is no name" in shown.err


@pytest.mark.filterwarnings("error")
def test_a_file_that_is_refused_is_closed(fifo: Path):
    with pytest.raises(OSError, match="FIFO"):
        open_file(fifo)
    gc.collect()  # a file that is still open warns, which is an error here
