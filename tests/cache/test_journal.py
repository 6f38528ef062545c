"""Journals: what one process has added is there for the others, once and whole."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.cache.journal import Journal
from evalharness.errors import EvalHarnessError

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=6,
)


def journal(folder: Path, **options) -> Journal:
    return Journal(folder, {"holds": "lines"}, lambda value: value, **options)


def lines(reader: Journal) -> list:
    return [value for _, value in reader.others()]


@given(st.lists(JSON, max_size=5))
def test_what_one_adds_another_reads_in_order(
    tmp_path_factory: pytest.TempPathFactory, values: list
):
    folder = tmp_path_factory.mktemp("journal")
    ours = journal(folder)
    for value in values:
        ours.add(value)
    assert lines(journal(folder)) == values
    ours.close()


def test_a_line_is_there_for_others_as_soon_as_it_is_added_and_only_once(tmp_path: Path):
    ours, theirs = journal(tmp_path), journal(tmp_path)
    for n in range(3):
        ours.add(n)
        assert lines(theirs) == [n]
    assert lines(theirs) == []


def test_nobody_reads_what_it_has_added_itself(tmp_path: Path):
    ours, theirs = journal(tmp_path), journal(tmp_path)
    ours.add("ours")
    theirs.add("theirs")
    assert lines(ours) == ["theirs"]
    assert lines(theirs) == ["ours"]
    ours.close()
    ours.add("ours again, in another file")
    assert lines(ours) == []


def test_a_line_counts_from_the_moment_that_it_has_an_end(tmp_path: Path):
    reader = journal(tmp_path)
    path = tmp_path / "0.jsonl"
    path.write_bytes(b'"first"\n"sec')
    assert lines(reader) == ["first"]
    with path.open("ab") as file:
        file.write(b'ond"\n"thi')
    assert lines(reader) == ["second"]
    assert path.read_bytes() == b'"first"\n"second"\n"thi'  # nothing is mended in place


def test_a_damaged_line_costs_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "0.jsonl").write_bytes(b'1\n{"half\n\xff\xfe\n' + b"[" * 100_000 + b"\n2\n")
    assert lines(journal(tmp_path)) == [1, 2]
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / '0.jsonl'}: passed over a damaged line"
    ] * 3


def test_a_folder_that_another_removes_meanwhile_is_an_empty_one(tmp_path: Path):
    reader = journal(tmp_path / "journal")
    assert lines(reader) == []
    assert not (tmp_path / "journal").exists()  # whoever reads makes nothing


def test_one_that_does_not_read_sees_nothing(tmp_path: Path):
    journal(tmp_path).add(1)
    assert lines(journal(tmp_path, read=False)) == []


def add(folder: Path, name: str, count: int) -> None:
    ours = journal(folder)
    for n in range(count):
        ours.add([name, n])
    ours.close()


def test_processes_that_add_at_once_lose_nothing_and_keep_their_order(tmp_path: Path):
    processes = [
        multiprocessing.get_context("spawn").Process(target=add, args=(tmp_path, name, 200))
        for name in "ab"
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    found = lines(journal(tmp_path))
    assert len(found) == 400
    for name in "ab":
        assert [n for who, n in found if who == name] == list(range(200))


def test_a_journal_says_what_it_holds_and_refuses_a_later_schema(tmp_path: Path):
    journal(tmp_path).add(1)
    about = tmp_path / "about.json"
    assert json.loads(about.read_text()) == {"schema_version": 1, "holds": "lines"}
    about.write_text('{"schema_version": 2}')
    with pytest.raises(EvalHarnessError, match="another version of evalharness"):
        journal(tmp_path)
