"""JSON over HTTP for the servers that have no client of their own here."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from evalharness.systems.remote.errors import (
    RequestError,
    dropped,
    refused,
    timed_out,
    unreachable,
    unreadable,
)


class Http:
    """A client that all threads share; keys go into its headers, never into an address."""

    def __init__(self, base_url: str, headers: Mapping[str, str], timeout: float) -> None:
        """Opens nothing yet.

        Args:
            base_url: The server's address.
            headers: Sent with every request.
            timeout: Seconds that the server may be silent.
        """
        import httpx

        quiet("httpx", "httpcore")
        bounds = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        self._client = httpx.Client(
            base_url=base_url, headers=dict(headers), timeout=timeout, limits=bounds
        )

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def post(
        self, path: str, body: object, *, params: Mapping[str, str | list[str]] | None = None
    ) -> Any:
        """Sends a body as JSON and returns the answer's, parsed.

        Args:
            path: Below the server's address.
            body: What is sent.
            params: The address's query; no secrets.

        Raises:
            RequestError: There was no answer, or none that says success in JSON.
        """
        return self._request("POST", path, json=body, params=params)

    def get(self, path: str, *, params: Mapping[str, str | list[str]] | None = None) -> Any:
        """Returns what the server has at a path, parsed as JSON.

        Raises:
            RequestError: Likewise.
        """
        return self._request("GET", path, params=params)

    def _request(self, method: str, path: str, **content: Any) -> Any:
        import httpx

        try:
            response = self._client.request(method, path, **content)
        except httpx.HTTPError as error:
            raise transport_error(error) from None
        if not response.is_success:
            raise refused(response.status_code, response.headers, response.text)
        try:
            return response.json()
        except ValueError:
            raise unreadable(response.text) from None


def transport_error(error: BaseException) -> RequestError:
    """Returns what an exception of httpx, or of httpx2, means: they have the same names."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & {"ConnectError", "ConnectTimeout"}:
        return unreachable(str(error))
    if "TimeoutException" in kinds:
        return timed_out()
    if kinds & {"NetworkError", "RemoteProtocolError"}:
        return dropped(str(error))
    if "DecodingError" in kinds:
        return unreadable(str(error))
    return RequestError(type(error).__name__, str(error))


def quiet(*loggers: str) -> None:
    """Keeps clients from logging every request, and what is in it."""
    for name in loggers:
        logging.getLogger(name).setLevel(logging.WARNING)
