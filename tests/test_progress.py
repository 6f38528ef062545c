"""How fast work goes: true where it begins late, and where a batch is counted at its end."""

from __future__ import annotations

import pytest

from evalharness.terminal import Speed


def test_the_time_before_the_first_answers_does_not_count():
    speed = Speed(100.0)
    shown = [speed.after(130 + line / 20, line + 1) for line in range(200)]  # loads 30 s, then 20/s
    assert shown[:20] == [None] * 20
    assert shown[-1] == pytest.approx(20, rel=0.05)


def test_a_batch_that_is_counted_at_its_end_took_the_time_before():
    speed = Speed(0.0)
    shown = {}
    for batch in (1, 2, 3):  # 1000 in 30 s
        for item in range(1000):
            done = 1000 * (batch - 1) + item + 1
            shown[done] = speed.after(30.0 * batch + item * 1e-5, done)
    assert set(list(shown.values())[:1000]) == {None}
    assert list(shown.values())[1000:] == pytest.approx([1000 / 30] * 2000, rel=0.01)


def test_a_slow_system_is_known_from_its_second_answer_on():
    speed = Speed(0.0)
    assert [speed.after(5.0 * count, count) for count in (1, 2, 3, 4)] == [None, 0.2, 0.2, 0.2]
