"""The map in a journal: several processes agree on the value of every key."""

from __future__ import annotations

import json
from pathlib import Path

from evalharness.cache.journal_map import JournalMap, hashed


def opened(folder: Path, **options) -> JournalMap[str, int]:
    return JournalMap(
        folder,
        {"holds": "lengths"},
        key=hashed,
        write=lambda key, value: {"key": key, "length": value},
        parse=lambda line: (line["key"], line["length"]),
        **options,
    )


def test_all_who_read_take_the_earliest_value_in_whatever_order_they_read(tmp_path: Path):
    first, second = opened(tmp_path), opened(tmp_path)
    first.add("elma", 4)
    second.add("elma", 5)
    second.refresh()
    assert [store.get("elma") for store in (first, second, opened(tmp_path))] == [4, 4, 4]
    entry = opened(tmp_path).entry("elma")
    assert entry is not None
    assert json.loads((tmp_path / entry.file).read_text()) == {"key": hashed("elma"), "length": 4}


def test_what_stood_in_a_file_that_is_gone_is_taken_from_another(tmp_path: Path):
    first, second = opened(tmp_path), opened(tmp_path)
    first.add("elma", 4)
    first.add("deniz", 5)
    second.add("elma", 6)
    second.refresh()
    entry = second.entry("elma")
    assert entry is not None
    second.forget(entry.file)
    assert (second.get("elma"), second.get("deniz")) == (6, None)


def test_one_that_does_not_read_knows_what_it_adds_itself(tmp_path: Path):
    opened(tmp_path).add("elma", 4)
    alone = opened(tmp_path, read=False)
    assert "elma" not in alone
    alone.add("elma", 7)
    assert alone.get("elma") == 7


def test_nothing_is_tentative_outside_a_batch(tmp_path: Path):
    with opened(tmp_path) as store:
        store.add("elma", 4)
        store.begin_batch()
        store.add("deniz", 5)
        store.take_back()
        store.add("su", 2)
        store.take_back()
    left = opened(tmp_path)
    assert [left.get(text) for text in ("elma", "deniz", "su")] == [4, None, 2]
