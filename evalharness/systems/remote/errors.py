"""How a request fails: why, in words that can be counted, and whether it may pass."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

TIMED_OUT: Final = "timed out"
DROPPED: Final = "connection dropped"
UNREADABLE: Final = "unreadable answer"
QUOTA_USED_UP: Final = "quota used up"

LONGEST_WAIT: Final = 600.0
"""Seconds that a server may ask everyone to wait before it is asked again."""

_PAYMENT_REQUIRED, _TOO_MANY_REQUESTS = 402, 429
_MAY_PASS = (408, 409, 425, _TOO_MANY_REQUESTS)  # and all of 500 and above
_LONGEST_DETAIL = 300
_STOP_THE_RUN = (401, _PAYMENT_REQUIRED, 403, 404, 407)


class RequestError(Exception):
    """A request that failed.

    Attributes:
        reason: Why, in a few words that many requests share; no secrets.
        detail: What the server or the client said; it may hold secrets until it is scrubbed.
        status: The status, of HTTP or inside the answer, if there is one.
        body: What the server said, parsed, if it was JSON.
        may_pass: Whether the same request may succeed a little later.
        wait: How many seconds the server asks everyone to wait.
        unreachable: Whether no connection could be made at all.
        stops_the_run: Whether no other request would fare better: a wrong key, a wrong address.
        exhausted: Whether every later request will be refused too: the quota is used up.
    """

    def __init__(
        self,
        reason: str,
        detail: str = "",
        *,
        status: int | None = None,
        body: Any = None,
        may_pass: bool = False,
        wait: float | None = None,
        unreachable: bool = False,
        stops_the_run: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
        self.status = status
        self.body = body
        self.may_pass = may_pass
        self.wait = wait
        self.unreachable = unreachable
        self.stops_the_run = stops_the_run or unreachable
        self.exhausted = status == _PAYMENT_REQUIRED

    def exhaust(self, reason: str = QUOTA_USED_UP) -> RequestError:
        """Says that a quota is used up: no waiting mends that, and nothing more is asked."""
        self.reason, self.may_pass, self.wait = reason, False, None
        self.stops_the_run = self.exhausted = True
        return self


def refused(
    status: int, headers: Mapping[str, str], detail: str = "", body: Any = None
) -> RequestError:
    """Returns what an answer without success means.

    Args:
        status: The HTTP status.
        headers: Its headers, by name in any case.
        detail: What the body says, for people.
        body: The body, parsed, if it was JSON.
    """
    redirect = 300 <= status < 400
    return RequestError(
        f"HTTP {status}",
        detail,
        status=status,
        body=body,
        may_pass=status in _MAY_PASS or status >= 500,
        wait=retry_after(headers),
        stops_the_run=redirect or status in _STOP_THE_RUN,
    )


def within_bounds(error: RequestError) -> RequestError:
    """Returns an error that asks for no wait that is useless, and for none beyond `LONGEST_WAIT`.

    Whoever asks for a longer one is asked nothing more: what came is kept for the next run.
    """
    if not error.may_pass:
        error.wait = None
    if error.wait is None or error.wait <= LONGEST_WAIT:
        return error
    asks = f"the server asks to wait {error.wait / 60:.4g} minutes"
    error.detail = f"{asks}: {error.detail}" if error.detail else asks
    return error.exhaust(f"{error.reason} and a wait of more than {LONGEST_WAIT / 60:g} minutes")


def timed_out(detail: str = "") -> RequestError:
    """Returns the error of a request whose answer did not come in time."""
    return RequestError(TIMED_OUT, detail, may_pass=True)


def dropped(detail: str = "") -> RequestError:
    """Returns the error of a connection that ended before the answer did."""
    return RequestError(DROPPED, detail, may_pass=True)


def unreachable(detail: str = "") -> RequestError:
    """Returns the error of a server that no connection could be made to."""
    return RequestError("unreachable", detail, may_pass=True, unreachable=True)


def unreadable(detail: str = "") -> RequestError:
    """Returns the error of an answer that does not follow the protocol: a web page, half a body."""
    return RequestError(UNREADABLE, detail, may_pass=True)


def error_of(error: RequestError) -> Mapping[str, Any]:
    """Returns the object `error` of what a service says in JSON; empty if there is none."""
    found = error.body.get("error") if isinstance(error.body, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Returns the seconds of `Retry-After` (RFC 9110, 10.2.3): a number, or a date to come."""
    value = {name.lower(): value for name, value in headers.items()}.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    return seconds if seconds >= 0 else None


def shortened(text: str) -> str:
    """Returns a text on one line, without what a terminal would obey or cannot show."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(shown.split())
    return line if len(line) <= _LONGEST_DETAIL else f"{line[:_LONGEST_DETAIL]} ..."
