"""The translation store: what was translated once is there for everybody, whatever happens."""

from __future__ import annotations

import json
import multiprocessing
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.cache.translations import StoredTranslations
from evalharness.errors import EvalHarnessError
from evalharness.systems import Translation

FACTS = {"system": "test", "beams": 4}


text = st.text(st.characters(exclude_categories=["Cs"]))


def text_of(found: StoredTranslations, source: str) -> str | None:
    translation = found.get(source)
    return None if translation is None else translation.text


def keep(store: Path, translations: dict[str, str]) -> None:
    with StoredTranslations(store, FACTS, "tr", "en") as kept:
        for source, translation in translations.items():
            kept.add(source, Translation(translation))


@given(st.dictionaries(text, text))
def test_what_was_kept_comes_back(tmp_path_factory: pytest.TempPathFactory, kept: dict[str, str]):
    store = tmp_path_factory.mktemp("store")
    keep(store, kept)
    found = StoredTranslations(store, FACTS, "tr", "en")
    assert {source: text_of(found, source) for source in kept} == kept
    assert all(source in found for source in kept)
    assert "".join(kept) + "?" not in found


def test_another_fingerprint_or_pair_knows_nothing_of_it(tmp_path: Path):
    keep(tmp_path, {"elma": "apple"})
    for facts, source, target in (
        ({**FACTS, "beams": 5}, "tr", "en"),
        (FACTS, "az", "en"),
        (FACTS, "tr", "de"),
    ):
        assert StoredTranslations(tmp_path, facts, source, target).get("elma") is None
    reordered = dict(reversed(FACTS.items()))
    assert text_of(StoredTranslations(tmp_path, reordered, "tr", "en"), "elma") == "apple"


def test_the_earliest_translation_counts(tmp_path: Path):
    keep(tmp_path, {"elma": "apple"})
    keep(tmp_path, {"elma": "pear"})
    assert text_of(StoredTranslations(tmp_path, FACTS, "tr", "en"), "elma") == "apple"


def test_a_torn_last_line_is_passed_over(tmp_path: Path):
    keep(tmp_path, {"elma": "apple", "deniz": "sea"})
    (path,) = tmp_path.rglob("*.jsonl")
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        found = StoredTranslations(tmp_path, FACTS, "tr", "en")
        assert text_of(found, "elma") in ("apple", None)
        assert found.get("deniz") is None or length >= len(whole) - 1
    assert text_of(StoredTranslations(tmp_path, FACTS, "tr", "en"), "elma") == "apple"


def test_nothing_is_rewritten(tmp_path: Path):
    keep(tmp_path, {"elma": "apple"})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    keep(tmp_path, {"deniz": "sea"})
    assert {path: path.read_bytes() for path in before} == before


def test_reading_alone_writes_nothing(tmp_path: Path):
    assert StoredTranslations(tmp_path / "store", FACTS, "tr", "en").get("elma") is None
    assert not (tmp_path / "store").exists()


def test_a_store_of_a_newer_schema_is_refused(tmp_path: Path):
    keep(tmp_path, {"elma": "apple"})
    (about,) = tmp_path.rglob("about.json")
    about.write_text(json.dumps({**json.loads(about.read_text()), "schema_version": 2}))
    with pytest.raises(EvalHarnessError, match=r"schema_version 2.*store\.dir="):
        StoredTranslations(tmp_path, FACTS, "tr", "en")


def test_a_store_that_is_a_file_is_refused(tmp_path: Path):
    (tmp_path / "store").write_text("")
    with pytest.raises(EvalHarnessError, match="cannot be written"):
        keep(tmp_path / "store", {"elma": "apple"})


def _fill(store: Path, process: int) -> None:
    keep(store, {f"{process}:{n}": f"<{process}:{n}>" for n in range(300)} | {"same": "one"})


@pytest.mark.sweep
def test_many_processes_at_once_lose_nothing(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_fill, args=(tmp_path, n)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    found = StoredTranslations(tmp_path, FACTS, "tr", "en")
    for process in range(4):
        assert all(text_of(found, f"{process}:{n}") == f"<{process}:{n}>" for n in range(300))
    assert text_of(found, "same") == "one"


WRITER = """
import sys, time
from pathlib import Path
from evalharness.cache.translations import (StoredTranslations)
from evalharness.systems import Translation
with StoredTranslations(Path(sys.argv[1]), {"system": "test", "beams": 4}, "tr", "en") as kept:
    for n in range(10**6):
        if f"text {n}" not in kept:
            kept.add(f"text {n}", Translation(f"translation {n}" * 20))
            print(n, flush=True)
"""


@pytest.mark.sweep
def test_what_was_kept_before_a_kill_is_there_after_it(tmp_path: Path):
    moments = random.Random(3)
    reported: set[int] = set()
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(moments.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        numbers = [
            int(first),
            *(int(line) for line in process.stdout.read().split("\n")[:-1] if line),
        ]
        process.wait()
        assert not reported.intersection(numbers), "translated again"
        reported.update(numbers)
        found = StoredTranslations(tmp_path, FACTS, "tr", "en")
        assert all(text_of(found, f"text {n}") == f"translation {n}" * 20 for n in reported)


def test_all_that_is_known_of_a_translation_comes_back(tmp_path: Path):
    seen = {"truncated": True, "unfinished": True, "removed": ["reasoning block"]}
    whole = Translation("apple", seen, "<think>x</think>apple", 7, 3)
    with StoredTranslations(tmp_path, FACTS, "tr", "en") as kept:
        kept.add("elma", whole)
        kept.add("armut", Translation("pear", input_tokens=0))
        kept.add("deniz", Translation("sea"))
    found = StoredTranslations(tmp_path, FACTS, "tr", "en")
    assert found.get("elma") == whole
    assert found.get("armut") == Translation("pear", input_tokens=0)
    (path,) = tmp_path.rglob("*.jsonl")
    assert path.read_text().splitlines()[-1] == '{"source": "deniz", "text": "sea"}'


def test_lines_of_before_are_read(tmp_path: Path):
    keep(tmp_path, {"a": "b"})
    (path,) = tmp_path.rglob("*.jsonl")
    line = '{"source": "elma", "text": "apple", "truncated": false, "unfinished": true}\n'
    path.with_name("0.jsonl").write_text(line)
    found = StoredTranslations(tmp_path, FACTS, "tr", "en").get("elma")
    assert found == Translation("apple", {"unfinished": True})


@pytest.mark.parametrize(
    "line",
    [
        '{"source": "elma", "text": "Hello \\ud83d"}',
        '{"source": "elma", "text": "x", "input_tokens": 1e999}',
        '{"source": "elma", "text": "x", "input_tokens": NaN}',
        '{"source": "elma", "text": "x", "removed": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"source": "elma", "text": "x", "input_tokens": ' + "9" * 5000 + "}",
        '["elma", "x"]',
    ],
)
def test_a_line_that_nobody_can_use_is_passed_over_and_its_text_is_missing(
    tmp_path: Path, line: str, caplog: pytest.LogCaptureFixture
):
    keep(tmp_path, {"deniz": "sea"})
    (path,) = tmp_path.rglob("*.jsonl")
    path.with_name("0.jsonl").write_text(f"{line}\n")
    found = StoredTranslations(tmp_path, FACTS, "tr", "en")
    assert found.get("elma") is None
    assert text_of(found, "deniz") == "sea"
    assert "0.jsonl: passed over a damaged line" in caplog.text


def test_half_a_character_is_refused_in_one_line(tmp_path: Path):
    with pytest.raises(EvalHarnessError, match=r"half of a surrogate pair.*Hello \\ud83d"):
        keep(tmp_path, {"elma": "Hello \ud83d"})
    keep(tmp_path, {"elma": "apple"})
    assert text_of(StoredTranslations(tmp_path, FACTS, "tr", "en"), "elma") == "apple"


def test_a_full_disk_is_told_with_the_folder_and_loses_nothing(tmp_path: Path):
    keep(tmp_path, {"elma": "apple"})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(EvalHarnessError, match=r"tr-en: cannot be written: File too large"):
            keep(tmp_path, {"deniz": "sea" * 100})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert text_of(StoredTranslations(tmp_path, FACTS, "tr", "en"), "elma") == "apple"


def test_what_a_killed_process_left_beside_a_journal_goes(tmp_path: Path):
    keep(tmp_path, {"elma": "apple"})
    (about,) = tmp_path.rglob("about.json")
    left = about.with_name(".about.json.0123abcd.tmp")
    left.write_text("{")
    keep(tmp_path, {"deniz": "sea"})
    assert about.exists()
    assert not left.exists()


@pytest.mark.parametrize("content", ['{"schema_version": ', "[" * 100_000, '["\\ud83d"]'])
def test_a_damaged_description_is_written_anew(tmp_path: Path, content: str):
    keep(tmp_path, {"elma": "apple"})
    (about,) = tmp_path.rglob("about.json")
    before = about.read_text()
    about.write_text(content)
    keep(tmp_path, {"deniz": "sea"})
    assert about.read_text() == before
    assert text_of(StoredTranslations(tmp_path, FACTS, "tr", "en"), "elma") == "apple"


def test_what_another_process_translated_too_counts_once_the_earlier_is_taken_back(tmp_path: Path):
    first, second = (StoredTranslations(tmp_path, FACTS, "tr", "en") for _ in range(2))
    with first, second:
        for store, translation in ((first, "river"), (second, "lake")):
            store.begin_batch()
            store.add("göl", Translation(translation))
        second.settle()
        second.refresh()
        assert text_of(second, "göl") == "river"
        first.take_back()
        second.refresh()
        assert text_of(second, "göl") == "lake"
        first.refresh()
        assert text_of(first, "göl") == "lake"


def test_a_batch_counts_until_it_is_taken_back_and_for_ever_once_it_is_settled(tmp_path: Path):
    keep(tmp_path, {"elma": "apple"})
    with StoredTranslations(tmp_path, FACTS, "tr", "en") as killed:
        killed.begin_batch()
        killed.add("deniz", Translation("sky"))  # ends before the batch does
    writer, reader = (StoredTranslations(tmp_path, FACTS, "tr", "en") for _ in range(2))
    with writer, reader:
        writer.begin_batch()
        writer.add("güneş", Translation("sun"))
        writer.settle()
        writer.begin_batch()
        writer.add("göl", Translation("river"))
        reader.refresh()
        assert [text_of(reader, source) for source in ("deniz", "göl")] == ["sky", "river"]
        writer.take_back()
        reader.refresh()
        writer.add("göl", Translation("lake"))
        for found in (writer, reader):
            assert [text_of(found, source) for source in ("elma", "güneş")] == ["apple", "sun"]
            assert "deniz" not in found
        assert "göl" not in reader
    fresh = StoredTranslations(tmp_path, FACTS, "tr", "en")
    sources = ("elma", "güneş", "deniz", "göl")
    assert [text_of(fresh, source) for source in sources] == ["apple", "sun", None, "lake"]


def test_what_another_process_takes_back_counts_again_once_its_own_process_settles_it(
    tmp_path: Path,
):
    with (
        StoredTranslations(tmp_path, FACTS, "tr", "en") as working,
        StoredTranslations(tmp_path, FACTS, "tr", "en") as wrong,
    ):
        working.begin_batch()
        working.add("elma", Translation("apple"))
        wrong.refresh()
        wrong.take_back()
        assert "elma" not in wrong
        working.settle()
    assert text_of(StoredTranslations(tmp_path, FACTS, "tr", "en"), "elma") == "apple"
