"""The way to a server, as the environment says: through which proxy, by which certificates."""

from __future__ import annotations

import importlib.util
import os
import ssl
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from evalharness.errors import EvalHarnessError

_SOCKS = ("socks5", "socks5h")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass(frozen=True)
class Route:
    """The way to one server.

    Attributes:
        host: The server.
        proxy: The proxy's address, without credentials; empty for none.
        variable: The environment variable that names the proxy.
        credentials: The proxy's user and password.
    """

    host: str
    proxy: str = ""
    variable: str = ""
    credentials: tuple[bytes, bytes] | None = field(default=None, repr=False)

    def explain(self, detail: str) -> str:
        """Returns what is known of an error, after the proxy that the request went through."""
        if not self.proxy:
            return detail
        way_out = f"; NO_PROXY={self.host} leaves it out" if _is_loopback(self.host) else ""
        through = f"through the proxy {self.proxy} of {self.variable}{way_out}"
        return f"{through}: {detail}" if detail else through


def route_to(address: str) -> Route:
    """Returns the way to an address: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`.

    Raises:
        EvalHarnessError: The variable that applies does not name a proxy that can be used.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    proxies = getproxies()
    if proxy_bypass(host) or proxy_bypass(parts.netloc) or _in_network(host, proxies.get("no", "")):
        return Route(host)
    for kind in (parts.scheme, "all"):
        if proxy := proxies.get(kind):
            return _through(proxy, _variable(kind), host)
    return Route(host)


def proxy_secrets() -> Sequence[str]:
    """Returns the passwords of all proxies, also in the spelling that a proxy is sent."""
    found = []
    for kind, proxy in getproxies().items():
        if kind != "no" and "@" in proxy:
            user, _, password = proxy.rpartition("@")[0].rpartition("//")[2].partition(":")
            whole = f"{unquote(user)}:{unquote(password)}"
            found += [password, unquote(password), b64encode(whole.encode()).decode()]
    return [secret for secret in found if secret]


def certificates(*first: str) -> ssl.SSLContext:
    """Returns the certificates that servers are checked against: the environment's, or the usual.

    Args:
        first: Environment variables that go before those that all programs share.

    Raises:
        EvalHarnessError: A variable names what holds no certificates.
    """
    import httpcore

    for variable in (*first, *_CERTIFICATES):
        if not (value := os.environ.get(variable)):
            continue
        path = Path(value)
        try:
            if path.is_dir():
                return ssl.create_default_context(capath=path)
            return ssl.create_default_context(cafile=path)
        except ssl.SSLError:  # which is an OSError too
            reason = "holds no certificates in PEM"
        except OSError as error:
            reason = str(error.strerror)
        raise EvalHarnessError(
            f"{value}: {reason}",
            where=variable,
            hint="name a file or folder with certificates, or unset the variable",
        )
    return httpcore.default_ssl_context()


def _through(proxy: str, variable: str, host: str) -> Route:
    """Reads a proxy's address; it is not repeated in errors, since it may hold a password."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        known = parts.scheme in ("http", "https", *_SOCKS) and bool(parts.hostname)
        port = parts.port
        name = (parts.hostname or "").encode("idna").decode()
    except ValueError:
        known = False
    if not known:
        raise EvalHarnessError(
            "does not hold the address of a proxy that can be used",
            where=variable,
            hint=f"give one like http://localhost:3128, unset it, or export NO_PROXY={host}",
        )
    if parts.scheme in _SOCKS and importlib.util.find_spec("socksio") is None:
        raise EvalHarnessError(
            "a SOCKS proxy needs the package socksio",
            where=variable,
            hint=f"pip install socksio, unset the variable, or export NO_PROXY={host}",
        )
    usual = {"http": 80, "https": 443}.get(parts.scheme, 1080)
    named = f"[{name}]" if ":" in name else name
    credentials = None
    if parts.username is not None:
        credentials = (
            unquote(parts.username).encode(),
            unquote(parts.password or "").encode(),
        )
    return Route(host, f"{parts.scheme}://{named}:{port or usual}", variable, credentials)


def _variable(kind: str) -> str:
    """The environment variable of a kind of proxy; the lower-case one counts if both are set."""
    name = f"{kind}_proxy"
    found = [known for known in (name, name.upper()) if os.environ.get(known)]
    return found[0] if found else "the system's settings"


def _in_network(host: str, exceptions: str) -> bool:
    """Whether `NO_PROXY` excepts an address by its network, such as `fd07::/64`."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    for entry in exceptions.split(","):
        try:
            if address in ip_network(entry.strip().strip("[]"), strict=False):
                return True
        except ValueError:  # a name, which `proxy_bypass` understands
            continue
    return False


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
