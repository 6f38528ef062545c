"""Proxies and certificates, as the environment names them."""

from __future__ import annotations

import importlib.util
import logging
from base64 import b64encode

import pytest

from evalharness.errors import EvalHarnessError
from evalharness.systems import Failure

from ...conftest import CommandLine
from .raw_server import http, serving_bytes
from .test_hostile import answered, every, made, system, texts_of

pytestmark = pytest.mark.usefixtures("keys")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of what this machine says."""
    for kind in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{kind}_proxy", raising=False)
        monkeypatch.delenv(f"{kind}_PROXY".upper(), raising=False)
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)


def echoing(name: str):
    return lambda body: answered(name, body, texts_of(name, body))


@every
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", "ftp://localhost:21"),
        ("all_proxy", "http://u:secret-word@:3128"),
        ("HTTP_PROXY", "http://u:secret-word@localhost:port"),
        ("http_proxy", "http://[::1"),
    ],
)
def test_a_proxy_that_is_none_is_told_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, variable: str, value: str
):
    monkeypatch.setenv(variable, value)
    with pytest.raises(EvalHarnessError) as shown:
        made(name, echoing(name))
    assert str(shown.value).startswith(f"{variable}: ")
    assert "secret-word" not in str(shown.value)


@every
@pytest.mark.skipif(importlib.util.find_spec("socksio") is not None, reason="socksio is there")
def test_a_socks_proxy_is_told_what_it_lacks(monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv("ALL_PROXY", "socks5://localhost:1080")
    with pytest.raises(EvalHarnessError, match=r"ALL_PROXY: a SOCKS proxy needs.*socksio"):
        made(name, echoing(name))


@every
def test_a_server_that_is_excepted_is_asked_directly(monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv("ALL_PROXY", "socks5://localhost:1080")
    for exceptions in ("localhost,fd07::/64,127.0.0.1", "fd07::/64, 127.0.0.0/8", "*"):
        monkeypatch.setenv("NO_PROXY", exceptions)
        assert not any(isinstance(text, Failure) for text in made(name, echoing(name)))


@every
def test_an_error_names_the_proxy_and_not_its_password(
    monkeypatch: pytest.MonkeyPatch, name: str, caplog: pytest.LogCaptureFixture
):
    with serving_bytes(b"") as gone:
        address = gone.url.removeprefix("http://")
    monkeypatch.setenv("HTTP_PROXY", f"http://us%65r:secret-word@{address}")
    with pytest.raises(EvalHarnessError, match="cannot be reached") as shown:
        made(name, echoing(name))
    assert f"the proxy http://{address} of HTTP_PROXY" in str(shown.value)
    assert "NO_PROXY=127.0.0.1" in str(shown.value)
    credentials = b64encode(b"user:secret-word").decode()
    echo = f'{{"error": "Proxy-Authorization: Basic {credentials}, secret-word"}}'
    with serving_bytes(http(echo.encode(), "422 No")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("//", "//us%65r:secret-word@"))
        caplog.set_level(logging.DEBUG)
        assert isinstance(made(name, echoing(name))[0], Failure)
        assert f"Proxy-Authorization: Basic {credentials}".encode() in proxy.heads[0]
        assert f"the proxy {proxy.url} of HTTP_PROXY" in caplog.text
        assert "Basic ***, ***" in caplog.text
    assert not [word for word in ("secret-word", credentials) if word in caplog.text]


@every
def test_a_proxy_is_asked_for_the_whole_address(monkeypatch: pytest.MonkeyPatch, name: str):
    with serving_bytes(echoing(name)) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url.removeprefix("http://"))
        chosen = system(name, proxy, base_url="http://translate.invalid/x")
        assert len(list(chosen.translate(["elma"], "tr", "en"))) == 1
        assert proxy.heads[0].startswith(b"POST http://translate.invalid/x")
        assert b"\nHost: translate.invalid\r" in proxy.heads[0]


@every
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
def test_certificates_that_are_not_there_are_told_by_their_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, variable: str
):
    monkeypatch.setenv(variable, "/nonexistent")
    with serving_bytes(b"") as server:
        safe = system(name, server, base_url="https://127.0.0.1:9")
        with pytest.raises(EvalHarnessError, match=f"^{variable}: /nonexistent: No such file"):
            list(safe.translate(["elma"], "tr", "en"))
    assert len(made(name, echoing(name))) == 1  # which needs none


def test_what_holds_no_certificates_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_CA_BUNDLE", __file__)
    with serving_bytes(b"") as server:
        safe = system("amazon", server, base_url="https://127.0.0.1:9")
        with pytest.raises(EvalHarnessError, match=r"^AWS_CA_BUNDLE: .*no certificates in PEM"):
            list(safe.translate(["elma"], "tr", "en"))


def test_it_is_one_line_on_the_terminal(
    evalharness: CommandLine, small: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ALL_PROXY", "nonsense://x")
    shown = evalharness("model=ollama", "model.model=m", *small)
    assert shown.code == 2
    errors = [line for line in shown.err.splitlines() if not line.startswith("INFO")]
    assert len(errors) == 1
    assert "ALL_PROXY" in errors[0]
