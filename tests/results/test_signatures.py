"""Which signatures say the same, but for the versions of packages."""

from __future__ import annotations

import pytest

from evalharness.results import without_versions

SAME = [
    ("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.4.3", "version:2.5.1"),
    ("nrefs:1|tok:ja-mecab-0.996-IPA|version:2.4.3", "tok:ja-mecab-1.0.10-IPA"),
    ("nrefs:1|tok:ko-mecab-0.996/ko-0.9.2-KO|version:2.4.3", "tok:ko-mecab-1.0.2-KO"),
    ("nrefs:1|case:mixed|tok:13a", "nrefs:1|tok:13a|case:mixed"),
]


@pytest.mark.parametrize(("then", "parts"), SAME)
def test_versions_and_the_order_of_parts_say_nothing(then: str, parts: str):
    changed = {part.partition(":")[0] for part in parts.split("|")}
    kept = [part for part in then.split("|") if part.partition(":")[0] not in changed]
    now = "|".join([*kept, parts])
    assert now != then
    assert without_versions(now) == without_versions(then)


@pytest.mark.parametrize("other", ["tok:char", "tok:ko-mecab-0.996-KO", "tok:ja-mecab-0.996-NEO"])
def test_another_tokenizer_is_another_signature(other: str):
    assert without_versions(other) != without_versions("tok:ja-mecab-0.996-IPA")
