"""How fast a server is asked, and how long it is left alone."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from evalharness.systems.remote import fill_requests
from evalharness.systems.remote.errors import refused, retry_after
from evalharness.systems.remote.limits import Limits, Throttle


@pytest.mark.parametrize(
    ("status", "may_pass", "stops"),
    [
        (400, False, False),
        (401, False, True),
        (403, False, True),
        (404, False, True),
        (402, False, True),
        (307, False, True),
        (408, True, False),
        (409, True, False),
        (413, False, False),
        (422, False, False),
        (429, True, False),
        (500, True, False),
        (503, True, False),
        (529, True, False),
    ],
)
def test_which_answers_may_pass_and_which_stop_the_run(status: int, may_pass: bool, stops: bool):
    error = refused(status, {})
    assert (error.reason, error.may_pass) == (f"HTTP {status}", may_pass)
    assert error.stops_the_run == stops


def test_retry_after_is_seconds_or_a_date():
    assert retry_after({"Retry-After": "120"}) == 120
    assert retry_after({"retry-after": " 0.5 "}) == 0.5
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert retry_after({"RETRY-AFTER": soon}) == pytest.approx(30, abs=2)
    for nothing in ("", "soon", "-3", "nan", "Wed, 21 Oct 2015 07:28:00 GMT"):
        assert retry_after({"Retry-After": nothing}) is None
    assert retry_after({}) is None
    assert retry_after({"Retry-After": "1e300"}) == 1e300


def began(throttle: Throttle, times: int, tokens: int = 0) -> list[float]:
    """When requests began, in seconds."""
    stop, start = threading.Event(), time.monotonic()
    found = []
    for _ in range(times):
        throttle.wait(tokens, stop)
        found.append(time.monotonic() - start)
    return found


def test_requests_and_tokens_are_spread_over_the_minute():
    assert began(Throttle(Limits()), 1000)[-1] < 0.5
    assert began(Throttle(Limits(requests_per_minute=600)), 4)[-1] >= 0.3
    assert began(Throttle(Limits(tokens_per_minute=6000)), 4, tokens=10)[-1] >= 0.3
    throttle = Throttle(Limits(tokens_per_minute=6000))
    throttle.wait(0, threading.Event())
    throttle.spent(20)  # more than was thought
    assert began(throttle, 1)[0] >= 0.15


def test_a_hold_holds_everybody_and_the_longest_counts():
    throttle = Throttle(Limits())
    throttle.hold(0.3)
    throttle.hold(0.1)
    assert began(throttle, 1)[0] >= 0.29


def test_nobody_waits_once_all_is_stopped():
    throttle, stop = Throttle(Limits()), threading.Event()
    throttle.hold(60)
    threading.Timer(0.1, stop.set).start()
    start = time.monotonic()
    throttle.wait(0, stop)
    assert time.monotonic() - start < 1


def test_requests_are_filled_up_to_what_a_server_takes():
    assert fill_requests([1] * 5, 2, 100) == [[0, 1], [2, 3], [4]]
    assert fill_requests([4, 4, 4, 20, 1], 50, 10) == [[0, 1], [2], [3], [4]]
    assert fill_requests([], 5, 5) == []
