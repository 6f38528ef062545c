"""The one way in which all systems ask a server: proxies, certificates, bounds and errors.

Nothing is followed, tried again or remembered here: a redirect is an error that says where to, so
that no key goes anywhere but to the address that was given.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from evalharness.systems.remote.answers import Response, checked, collect, parse
from evalharness.systems.remote.errors import (
    RequestError,
    dropped,
    timed_out,
    unreachable,
)
from evalharness.systems.remote.route import Route, certificates, route_to

if TYPE_CHECKING:
    import ssl

    import httpcore

    from evalharness.systems.remote.clock import Clock

LONGEST = 10
"""How many times the seconds of silence a whole request may take."""

_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "Content-Type": "application/json",
    "User-Agent": "evalharness",
}
_PATH = "/:@!$&'()*+,;=~%"  # what a path has besides letters, digits, `-`, `.` and `_`


class _Connection(NamedTuple):
    """What a thread asks through.

    One pool that many threads share looks through all its connections, under a lock, for every
    request: with 32 threads that takes longer than the request itself.
    """

    pool: httpcore.ConnectionPool
    clock: Clock


def compact(body: object) -> str:
    """Returns JSON without spaces, in which letters stand for themselves."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class Http:
    """A client that all threads share; keys go into its headers, never into an address."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        timeout: float,
        certificate_variables: tuple[str, ...] = (),
    ) -> None:
        """Opens nothing yet.

        Args:
            base_url: The server's address.
            headers: Sent with every request.
            timeout: Seconds that the server may be silent; a request takes at most `LONGEST` times
                as many.
            certificate_variables: Environment variables that name certificates before the usual.

        Raises:
            EvalHarnessError: What the environment says about proxies or certificates is wrong.
        """
        quiet("httpcore")
        self._base, self._headers, self._timeout = _plain(base_url), dict(headers), timeout
        self._route = route_to(self._base)
        safe = any(address.startswith("https:") for address in (self._base, self._route.proxy))
        self._certificates = certificates(*certificate_variables) if safe else None
        self._local = threading.local()
        self._connections: list[_Connection] = []

    def close(self) -> None:
        """Closes the connections."""
        for connection in self._connections:
            connection.pool.close()

    def post(
        self,
        path: str,
        body: object,
        *,
        params: Mapping[str, str] | None = None,
        write: Callable[[object], str] = compact,
        read: Callable[[bytes], Any] = parse,
    ) -> Any:
        """Sends a body as JSON and returns the answer's, parsed.

        Args:
            path: Below the server's address.
            body: What is sent.
            params: The address's query; no secrets.
            write: Makes JSON of the body.
            read: Parses the answer's.

        Raises:
            RequestError: There was no answer, or none that says success in JSON.
        """
        query = f"?{urlencode(params)}" if params else ""
        url = f"{self._base}{path}{query}"
        response = self.exchange("POST", url, self._headers, write(body).encode())
        try:
            return checked(response, read)
        except RequestError as error:
            raise self.explained(error) from None

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Sends a request and returns its answer, whatever its status.

        Args:
            method: Of HTTP.
            url: The whole address, at the server.
            headers: Besides the usual ones, or instead of them.
            body: What is sent.

        Raises:
            RequestError: There was no answer, or one that is too large or damaged.
        """
        pool, clock = self._connection()
        clock.start(self._timeout * LONGEST)
        seconds = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout)
        try:
            with pool.stream(
                method,
                url,
                headers=list({**_HEADERS, **headers}.items()),
                content=body,
                extensions={"timeout": seconds},
            ) as answer:
                named = {
                    name.decode("latin-1").lower(): value.decode("latin-1")
                    for name, value in answer.headers
                }
                encoding = named.get("content-encoding", "").strip().lower()
                return Response(answer.status, named, collect(answer.iter_stream(), encoding), url)
        except RequestError as error:
            raise self.explained(error) from None
        except Exception as error:
            raise self.explained(self._transport_error(error, clock)) from None

    def explained(self, error: RequestError) -> RequestError:
        """Returns an error that names the proxy, if the request went through one."""
        error.detail = self._route.explain(error.detail)
        return error

    def _transport_error(self, error: Exception, clock: Clock) -> RequestError:
        import httpcore

        if isinstance(error, (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.ProxyError)):
            return unreachable(str(error) or "no connection in time")
        if isinstance(error, httpcore.TimeoutException):
            if clock.is_over():
                whole = self._timeout * LONGEST
                why = f"{LONGEST} times model.timeout"
                return RequestError(f"no whole answer within {whole:g} s", why)
            return timed_out(f"the server was silent for {self._timeout:g} s (model.timeout)")
        if isinstance(error, (httpcore.NetworkError, httpcore.RemoteProtocolError)):
            return dropped(str(error))
        raise error

    def _connection(self) -> _Connection:
        """Returns what the thread that asks has, made when it first asks."""
        found: _Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = _connect(self._route, self._certificates)
            self._connections.append(found)
        return found


def quiet(*loggers: str) -> None:
    """Keeps clients from logging every request, and what is in it."""
    for name in loggers:
        logging.getLogger(name).setLevel(logging.WARNING)


def _connect(route: Route, context: ssl.SSLContext | None) -> _Connection:
    import httpcore

    from evalharness.systems.remote.clock import Clock, TimedNetwork

    clock = Clock()
    proxy = None
    if route.proxy:
        safe = context if route.proxy.startswith("https:") else None
        proxy = httpcore.Proxy(route.proxy, auth=route.credentials, ssl_context=safe)
    pool = httpcore.ConnectionPool(
        ssl_context=context, proxy=proxy, max_connections=1, network_backend=TimedNetwork(clock)
    )
    return _Connection(pool, clock)


def _plain(address: str) -> str:
    """Writes an address in ASCII, without a slash at its end."""
    parts = urlsplit(address)
    host = (parts.hostname or "").encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, host + port, quote(parts.path.rstrip("/"), _PATH), "", ""))
