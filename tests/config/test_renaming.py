"""Old names of options are refused, and the error holds what to type."""

from __future__ import annotations

import pytest

from ..conftest import CommandLine

RENAMED = {
    "leaderboard leaderboard.format=csv": "leaderboard.format: has a new name; write format=csv",
    "leaderboard +leaderboard.format=csv": "write format=csv",
    "compare compare.format=json": "write format=json",
    "compare compare.pair=tr-en": "write select.pair=tr-en",
    "compare compare.testset=news": "write select.testset=news",
    "gate gate.format=json": "write format=json",
}


@pytest.mark.parametrize("typed", RENAMED)
def test_an_old_name_is_refused_with_the_new_one(typed: str, evalharness: CommandLine, tmp_path):
    asked = evalharness(*typed.split())
    assert (asked.code, asked.err.count("\n")) == (2, 1)
    assert RENAMED[typed] in asked.err
    assert list(tmp_path.iterdir()) == []
